#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/lint.h"
#include "rules/facts.h"

/// Comments that suppress findings: hadolint's and imgslim's pragmas, BuildKit's `# check=`.
namespace imgslim::rules {

/// One comment that suppresses something, or tries to.
struct Pragma {
  enum class Reach : std::uint8_t { instruction, stage, file } reach = Reach::instruction;
  enum class Tool : std::uint8_t { hadolint, buildkit, imgslim } tool = Tool::hadolint;
  std::vector<std::string> rules;
  bool all = false;                          ///< every rule of the tool
  std::string reason;                        ///< imgslim's reason="…"
  std::uint32_t comment = 0;                 ///< index in File::comments; meaningless for a directive
  std::uint32_t line = 0;                    ///< of the comment
  std::optional<std::uint32_t> instruction;  ///< index, for reach instruction and stage
};

struct Suppression {
  std::vector<Pragma> pragmas;
  bool check_errors = false;              ///< `# check=error=true`
  std::vector<std::string> experimental;  ///< BuildKit's rules that the file turns on, perhaps "all"
};

/// The build argument BUILDKIT_DOCKERFILE_CHECK stands in for the file's `# check=` directive.
[[nodiscard]] Suppression read_suppression(const Facts& facts, const LintOptions& options);

/// The rules of `hadolint [global|stage] ignore=…`; nothing when the comment is none, or holds an id that hadolint does
/// not read.
struct HadolintIgnore {
  Pragma::Reach reach = Pragma::Reach::instruction;
  std::vector<std::string> rules;
};
[[nodiscard]] std::optional<HadolintIgnore> read_hadolint_ignore(std::string_view comment);

/// The shell of `hadolint shell=…`.
[[nodiscard]] std::optional<std::string> read_hadolint_shell(std::string_view comment);

/// An id without a vendor's name before it: "hadolint/DL3009" is "DL3009".
[[nodiscard]] std::string_view bare_rule_id(std::string_view id);

/// Whether two ids are the same in any case of letters, vendors aside.
[[nodiscard]] bool same_rule(std::string_view a, std::string_view b);

}  // namespace imgslim::rules
