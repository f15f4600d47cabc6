#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image_rules/claims.h"
#include "image_rules/image_facts.h"
#include "rules/rule.h"

/// How a rule looks at an image: "image" in its file names a check, with its parameters.
namespace imgslim::image_rules {

enum class Basis : std::uint8_t {
  measured,   ///< the very bytes that go when the fix is made
  estimated,  ///< a bound or a model
};

/// What a check found, before it has its place in a Dockerfile. Without claims it is not about bytes.
struct ImageFinding {
  std::string message;                          ///< "" = the rule's, filled in
  std::optional<tree::LayerIndex> layer;        ///< whose instruction is to be changed; none: the image as a whole
  std::optional<tree::LayerIndex> other_layer;  ///< the other side, where two layers undo each other's work
  std::string path;                       ///< clean path of the file that it is about, "" when it is about several
  std::vector<FindingEvidence> evidence;  ///< largest first; only the first ones are shown
  Claims claims;                          ///< what the fix takes out of the layers
  std::uint64_t rss_bytes = 0;            ///< less memory at start
  std::uint64_t added_rss_bytes = 0;      ///< memory at start that the fix costs
  Basis basis = Basis::measured;
  bool as_traced = false;   ///< that something is not used rests on a trace
  std::string alternative;  ///< what the image would stand on ("distroless/cc"), if it is to be built in another way as
                            ///< a whole: its saving holds most other findings'
  std::string keyword;      ///< the last instruction of that name in the stage is to be changed, not the layer's
  std::optional<std::uint32_t> instruction;  ///< this one is: position in File::instructions
  std::string severity;                      ///< "" = the rule's
  std::vector<std::string> keep;             ///< names that the edit has to state, see rules::FixPlace
  std::string advice;                        ///< what to do, in the place of the rule's "fix"; "" = that
};

/// Evidence is cut to so many rows when it is shown.
inline constexpr std::size_t most_evidence_files = 10;

struct CheckContext {
  const ImageFacts& image;
  const rules::Rule& rule;

  /// A member of the rule's "image", null when it is not there.
  [[nodiscard]] const json::Located* parameter(std::string_view name) const { return rule.image->find(name); }
  /// A parameter that is a list of words; a single word counts as a list of one.
  [[nodiscard]] std::vector<std::string> words(std::string_view name) const;
  /// A parameter that is a count of bytes.
  [[nodiscard]] std::uint64_t bytes(std::string_view name, std::uint64_t otherwise) const;
};

/// In the order of layers, then as the check likes, but always the same.
using ImageCheck = std::vector<ImageFinding> (*)(const CheckContext& context);

/// The check of that name; null when there is none. "paths", "runtime" and "memory" are none: those rules are told by
/// path_rules.h, and by the stages of the run-time closure and the memory model.
[[nodiscard]] ImageCheck find_image_check(std::string_view name);

}  // namespace imgslim::image_rules
