/// Any text is a Dockerfile to the linter: every place that a finding names is in the text, every format takes whatever
/// comes, the JSON ones stay JSON, and a file that was fixed stays as it is when it is fixed again.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "imgslim/fix.h"
#include "imgslim/render_lint.h"
#include "json/parse.h"

using namespace imgslim;

namespace {

void check_places(const LintSource& source, const LintResult& result) {
  const auto lines = static_cast<std::uint32_t>(std::count(source.text.begin(), source.text.end(), '\n')) + 1;
  for (const auto& finding : result.findings) {
    const auto& at = finding.location;
    IMGSLIM_CHECK(at.line && at.column && at.end_line && at.end_column);
    IMGSLIM_CHECK(*at.line >= 1 && *at.line <= *at.end_line && *at.end_line <= lines);
    IMGSLIM_CHECK(*at.line != *at.end_line || *at.column <= *at.end_column);
    IMGSLIM_CHECK(!finding.rule.empty() && !finding.message.empty());
  }
}

void check_formats(const LintReport& report) {
  Limits limits;
  limits.json_bytes = 1u << 30;
  limits.json_values = 100'000'000;
  for (const auto format : {LintFormat::json, LintFormat::sarif, LintFormat::gitlab, LintFormat::rdjson})
    IMGSLIM_CHECK(json::parse(render_lint(report, format, {}), limits).has_value());
  for (const auto format : {LintFormat::text, LintFormat::gcc, LintFormat::github, LintFormat::checkstyle,
                            LintFormat::junit, LintFormat::markdown}) {
    const auto text = render_lint(report, format, {});
    IMGSLIM_CHECK(text.find('\x1b') == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  LintSource source;
  source.path = "Dockerfile";
  source.text.assign(reinterpret_cast<const char*>(data), size);
  source.has_context = true;
  source.ignore_file = source.text;
  const auto& rules = Ruleset::built_in();
  for (const char* profile : {"slim", "compat"}) {
    LintOptions options;
    options.profile = profile;
    options.label_schema = {{"version", "semver"}, {"license", "spdx"}};
    options.trusted_registries = {"*.example.com"};
    auto result = rules.lint(source, options);
    IMGSLIM_CHECK(result.has_value());
    check_places(source, *result);
    LintReport report;
    report.rules = rules.rules();
    report.files.push_back({source.path, source.text, std::move(*result)});
    check_formats(report);
  }
  const auto fixed = fix_dockerfile(rules, source, {});
  if (!fixed) return 0;
  auto again = source;
  again.text = fixed->text;
  const auto twice = fix_dockerfile(rules, again, {});
  IMGSLIM_CHECK(twice && twice->text == fixed->text);
  return 0;
}
