#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imgslim/lint.h"
#include "imgslim/render.h"

/// Findings on Dockerfiles as text for people and as files for other programs.
namespace imgslim {

struct LintedFile {
  std::string path;
  std::string text;  ///< of the Dockerfile, for the lines that are shown
  LintResult result;
};

/// All that one run of the linter found.
struct LintReport {
  std::vector<LintedFile> files;
  std::vector<RuleInfo> rules;  ///< those that findings may name
};

enum class LintFormat { text, json, sarif, github, azure, gitlab, gcc, checkstyle, junit, rdjson, markdown };

/// By its name, as above.
Result<LintFormat> parse_lint_format(std::string_view name);

/// The same report gives the same bytes. Text of the Dockerfiles passes the escaper of its format.
[[nodiscard]] std::string render_lint(const LintReport& report, LintFormat format, const RenderOptions& options);

/// A rule's page: what it finds, why, how to mend it, a bad and a good example.
[[nodiscard]] std::string render_rule(const RuleInfo& rule);

/// One row a rule: id, severity, profiles, title.
[[nodiscard]] std::string render_rules(const std::vector<RuleInfo>& rules, Format format);

}  // namespace imgslim
