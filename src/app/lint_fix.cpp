#include "app/lint_fix.h"

#include "app/output.h"
#include "dockerfile/parse.h"
#include "report/diff.h"
#include "report/dockerfile_json.h"

namespace imgslim::app {

Result<LintResult> fix_file(const Ruleset& rules, LintSource& source, const LintOptions& options, FixMode mode) {
  if (mode == FixMode::none) return rules.lint(source, options);
  IMGSLIM_TRY(auto fixed, fix_dockerfile(rules, source, options));
  if (mode == FixMode::print) {
    IMGSLIM_TRY_DONE(write_output({}, report::unified_diff(source.path, source.text, fixed.text)));
    return rules.lint(source, options);
  }
  if (source.path == "-") {
    IMGSLIM_TRY_DONE(write_output({}, fixed.text));
  } else if (fixed.text != source.text) {
    IMGSLIM_TRY_DONE(rewrite_file(source.path, fixed.text));
  }
  source.text = std::move(fixed.text);
  return std::move(fixed.left);
}

std::string render_syntax_tree(const LintSource& source) {
  return report::write_dockerfile_json(source.path, dockerfile::parse(source.text));
}

}  // namespace imgslim::app
