/// Any text can be linted and fixed: findings point into the text, the fixed text parses no worse, and fixing it again
/// changes nothing.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "dockerfile/parse.h"
#include "imgslim/fix.h"

using namespace imgslim;

namespace {

void check_findings(const LintResult& result, const std::string& text) {
  const auto file = dockerfile::parse(text);
  for (const auto& finding : result.findings) {
    const auto& place = finding.location;
    if (place.line) IMGSLIM_CHECK(*place.line >= 1 && *place.line <= file.lines.count() + 1);
    if (!finding.fix) continue;
    for (const auto& edit : finding.fix->edits) IMGSLIM_CHECK(edit.begin <= edit.end && edit.end <= file.source.size());
  }
}

void check_fixing(std::string_view text, const char* profile) {
  LintOptions options;
  options.profile = profile;
  LintSource source;
  source.path = "Dockerfile";
  source.text = text;
  const auto once = fix_dockerfile(Ruleset::built_in(), source, options);
  IMGSLIM_CHECK(once.has_value());
  check_findings(once->left, once->text);
  IMGSLIM_CHECK(dockerfile::parse(once->text).problems.size() <= dockerfile::parse(text).problems.size());
  source.text = once->text;
  const auto twice = fix_dockerfile(Ruleset::built_in(), source, options);
  IMGSLIM_CHECK(twice.has_value() && twice->text == once->text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto* profile : {"compat", "slim"}) check_fixing(text, profile);
  return 0;
}
