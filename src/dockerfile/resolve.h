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
  enum class Kind : std::uint8_t {
    stage,
    image,
    context,  ///< one of BuildInputs::contexts
    scratch,
  } kind = Kind::image;
  std::uint32_t stage = 0;  ///< index, of kind stage
  Expansion name;           ///< as expanded: an image's reference, a stage's name
};

/// COPY --from=…, RUN --mount=from=….
struct CopySource {
  std::uint32_t instruction = 0;  ///< index in File::instructions
  Span span;                      ///< of the value
  ImageSource source;             ///< a stage may be a later one, or the one that the instruction is in
};

struct StageFacts {
  ImageSource base;  ///< a stage among the earlier ones, or no stage
  std::vector<CopySource> copies;
  bool overridden = false;  ///< its own name is that of a named context, which stands in for it
  bool reachable = false;   ///< from the target
};

/// A variable's state.
struct Variable {
  enum class Source : std::uint8_t {
    env,
    argument,         ///< ARG of the stage, with the value of its default or of --build-arg
    global_argument,  ///< ARG before the first FROM, in FROM or declared again in a stage
    predefined,       ///< TARGETPLATFORM and its like; PATH
  } source = Source::env;
  VariableValue value;
  std::uint32_t instruction = 0;  ///< that set it; 0 when predefined
};

/// A word whose variables BuildKit expands: of FROM base and --platform; keys and values of ARG, ENV and LABEL;
/// sources, destination and flags of ADD and COPY (--from aside); EXPOSE, STOPSIGNAL, USER, VOLUME, WORKDIR; values of
/// RUN's mounts (from aside). JSON elements too. Nothing of ONBUILD.
struct ResolvedWord {
  Span span;  ///< as in the tree
  std::uint32_t instruction = 0;
  Expansion expansion;
};

/// What ENV and ARG make of each instruction's words, and how stages hang together. Holds nothing of the File.
/// Instructions above the first FROM have one scope, so that a fragment without FROM is like a stage.
class Resolved {
 public:
  [[nodiscard]] const std::vector<StageFacts>& stages() const { return stages_; }  ///< parallel to File::stages
  /// The stage that is built; none without stages or with an unknown target.
  [[nodiscard]] std::optional<std::uint32_t> target() const { return target_; }
  [[nodiscard]] const std::vector<ResolvedWord>& words() const { return words_; }  ///< in order of their spans
  /// The expansion of the tree's word (or flag value) that begins there; null where nothing is expanded.
  [[nodiscard]] const Expansion* expansion(Span place) const;
  /// What `name` is for the instruction, before its own assignments; null when undefined.
  [[nodiscard]] const Variable* variable(std::uint32_t instruction, std::string_view name) const;
  /// The same at the end of a stage.
  [[nodiscard]] const Variable* variable_at_end(std::uint32_t stage, std::string_view name) const;
  /// All names that are defined for the instruction, predefined ones left out, sorted.
  [[nodiscard]] std::vector<std::string> names(std::uint32_t instruction) const;

 private:
  friend class Resolver;

  struct Assignment {
    std::uint32_t instruction;
    Variable variable;
  };
  struct Scope {
    std::map<std::string, std::vector<Assignment>, std::less<>> variables;  ///< each in order of instructions
    std::optional<std::uint32_t> parent;                                    ///< index of the stage it is built from
  };
  [[nodiscard]] static const Variable* find(const Scope& scope, std::string_view name, std::uint32_t before);
  [[nodiscard]] const Variable* find_in_chain(std::uint32_t stage, std::string_view name, std::uint32_t before) const;
  [[nodiscard]] std::optional<std::uint32_t> stage_of(std::uint32_t instruction) const;

  std::vector<StageFacts> stages_;
  std::optional<std::uint32_t> target_;
  std::vector<ResolvedWord> words_;
  std::vector<std::uint32_t> first_instructions_;  ///< of each stage: its FROM
  std::vector<Scope> scopes_;                      ///< of each stage
  Scope global_;
};

/// Stages that inherit variables over more than this many stages lose those of the rest.
inline constexpr unsigned deepest_stage_chain = 256;
/// Expansion::work_bytes of one file; what is beyond stays unexpanded.
inline constexpr std::size_t most_expanded_bytes = 16u << 20;

[[nodiscard]] Resolved resolve(const File& file, const BuildInputs& inputs);

/// The instructions that make the target's image, in order: those of the stages it is built from, then its own; the
/// FROM lines are left out.
[[nodiscard]] std::vector<const Instruction*> image_instructions(const File& file, const Resolved& resolved);

}  // namespace imgslim::dockerfile
