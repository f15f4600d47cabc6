#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "json/parse.h"

namespace imgslim::image {

/// What a step of BuildKit's graph does, as far as it shapes a chain of layers.
enum class StepKind { source, exec, file, merge, other };

/// One output of a step, "stepN:M".
struct StepOutput {
  std::string step;
  std::int64_t output = 0;
};

/// The way from the image's last step down to what its first instruction stands on.
struct RootPath {
  struct Stop {
    std::string step;  ///< "stepN"
    StepOutput output;
    StepKind kind = StepKind::other;
  };
  std::vector<Stop> steps;    ///< last instruction first; a source image, when reached, is the last element
  bool from_scratch = false;  ///< it ended at nothing: FROM scratch
};

/// Follows the root file system through the steps of `llbDefinition` (an array of {id, op, inputs}); empty when there
/// is none.
[[nodiscard]] RootPath follow_root(const json::Value& llb_definition);

/// "stepN:M" taken apart; nothing when it is not of this form.
[[nodiscard]] std::optional<StepOutput> parse_step_output(const std::string& text);

}  // namespace imgslim::image
