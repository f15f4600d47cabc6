#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dockerfile/ast.h"
#include "dockerfile/expand.h"

namespace imgslim::dockerfile {

/// What the command line of a build says.
struct BuildInputs {
  std::map<std::string, std::string, std::less<>> arguments;  ///< --build-arg
  std::vector<std::string> contexts;                          ///< names of --build-context, as written
  std::string target;                                         ///< --target: a name or an index; "" for the last stage
};

/// Where a stage's files come from.
struct ImageSource {
  enum class Kind : std::uint8_t { stage, image, context, scratch } kind = Kind::image;
  std::uint32_t stage = 0;  ///< index, of kind stage
  Expansion name;           ///< as expanded; of an image its reference
};

/// COPY --from, ADD --from and RUN --mount=from=.
struct CopySource {
  std::uint32_t instruction = 0;
  Span span;  ///< of the value
  ImageSource source;
  bool self = false;  ///< names the stage that it is in: BuildKit looks for an image then
};

struct StageFacts {
  ImageSource base;
  std::vector<CopySource> copies;
  bool reachable = false;  ///< from the target
};

/// A variable's state from an instruction on.
struct Variable {
  enum class Source : std::uint8_t { env, argument, global_argument, predefined } source = Source::env;
  Knowledge knowledge = Knowledge::known;
  std::string value;
  std::uint32_t instruction = 0;  ///< that set it; meaningless when predefined
};

/// A word whose variables BuildKit expands: of FROM base and --platform; keys and values of ARG, ENV and LABEL;
/// sources, destination and flags of ADD and COPY (--from aside); EXPOSE, STOPSIGNAL, USER, VOLUME, WORKDIR; values of
/// RUN's mounts (from aside). JSON elements too.
struct ResolvedWord {
  Span span;  ///< as in the tree
  std::uint32_t instruction = 0;
  Expansion expansion;
};

/// What ENV and ARG make of each instruction's words, and how stages hang together. Holds nothing of the File.
class Resolved {
 public:
  [[nodiscard]] const std::vector<StageFacts>& stages() const { return stages_; }  ///< parallel to File::stages
  /// The stage that is built; none without stages or with an unknown target.
  [[nodiscard]] std::optional<std::uint32_t> target() const { return target_; }
  [[nodiscard]] const std::vector<ResolvedWord>& words() const { return words_; }  ///< in order of their spans
  /// The expansion of the tree's word (or flag value) at that place; null where nothing is expanded.
  [[nodiscard]] const Expansion* expansion(Span place) const;
  /// What `name` is for the instruction, before its own assignments; null when undefined.
  [[nodiscard]] const Variable* variable(std::uint32_t instruction, std::string_view name) const;
  /// The same at the end of a stage.
  [[nodiscard]] const Variable* variable_at_end(std::uint32_t stage, std::string_view name) const;
  /// All names that are defined for the instruction, sorted.
  [[nodiscard]] std::vector<std::string> names(std::uint32_t instruction) const;

 private:
  friend class Resolver;
  std::vector<StageFacts> stages_;
  std::optional<std::uint32_t> target_;
  std::vector<ResolvedWord> words_;
};

[[nodiscard]] Resolved resolve(const File& file, const BuildInputs& inputs);

}  // namespace imgslim::dockerfile
