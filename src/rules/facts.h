#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dockerfile/ast.h"
#include "dockerfile/resolve.h"
#include "rules/shell_facts.h"

/// What rules know of a Dockerfile: built once, never changed. All views hold references into the File, which outlives
/// them.
namespace imgslim::rules {

/// An image reference in its parts, as written.
struct ImageName {
  std::string registry;  ///< "ghcr.io", "localhost:5000"; "" when not stated
  std::string name;      ///< "library/debian", without registry, tag and digest
  std::string tag, digest;
};

/// Splits "registry/name:tag@digest"; the part before the first "/" is a registry when it holds "." or ":" or is
/// "localhost" (github.com/distribution/reference).
[[nodiscard]] ImageName split_image_name(std::string_view reference);

/// One instruction as rules see it.
struct Step {
  const dockerfile::Instruction* instruction = nullptr;
  std::uint32_t index = 0;             ///< of the instruction in File::instructions; of ONBUILD for what it holds
  std::optional<std::uint32_t> stage;  ///< none above the first FROM
  Script script;                       ///< of what runs one
  std::optional<ImageName> image;      ///< of FROM
};

/// Instructions in order: those of the file, or those that ONBUILD holds.
struct View {
  bool onbuild = false;
  std::vector<Step> steps;
};

struct StageFact {
  std::uint32_t from = 0;  ///< index of its FROM in the view's steps
  std::string name;        ///< of AS, as written; "" when unnamed
  std::string image;       ///< registry aside, without tag and digest, as written
  bool last = false;
  bool base_of_other = false;  ///< a later FROM names its alias
  bool target = false;         ///< is what is built, or a stage that it is built FROM
  bool reachable = false;      ///< is needed for the target in any way
};

/// What the build context's .dockerignore says.
struct IgnoreFile {
  bool exists = false;
  std::vector<std::string> patterns;  ///< as written, comments and blank lines gone
};

struct Facts {
  const dockerfile::File* file = nullptr;
  dockerfile::Resolved resolved;
  View plain, onbuild;
  std::vector<StageFact> stages;           ///< parallel to File::stages
  std::optional<IgnoreFile> ignore_file;   ///< none when there is no build context to look at
  std::vector<std::string> context_files;  ///< names in the context's root, when there is one to look at
  bool has_context = false;

  [[nodiscard]] const StageFact* stage_of(const Step& step) const {
    return step.stage ? &stages[*step.stage] : nullptr;
  }
  /// A word's text after expansion, quotes gone; the word without quotes where nothing is expanded.
  [[nodiscard]] std::string expanded(const dockerfile::Word& word) const;
};

/// The file outlives the result.
[[nodiscard]] Facts make_facts(const dockerfile::File& file, const dockerfile::BuildInputs& inputs);

}  // namespace imgslim::rules
