#include "rules/checks.h"

#include <algorithm>
#include <utility>

#include "rules/copy_checks.h"
#include "rules/label_checks.h"
#include "rules/text_checks.h"
#include "rules/variable_checks.h"

namespace imgslim::rules {
namespace {

constexpr std::pair<std::string_view, Check> checks[] = {
    {"archive.extracted", check_extracted_archives},
    {"comment.definition", check_definition_comments},
    {"comment.hadolint_ignore", check_hadolint_ignores},
    {"continuation.blank", check_blank_continuations},
    {"copy.ignored", check_ignored_copies},
    {"from.default_arguments", check_default_arguments},
    {"healthcheck.missing", check_missing_healthcheck},
    {"keyword.casing", check_keyword_casing},
    {"label.missing", check_missing_labels},
    {"label.superfluous", check_superfluous_labels},
    {"label.value", check_label_values},
    {"parse.problems", check_parse_problems},
    {"pragma.reason", check_ignore_reasons},
    {"registry.trusted", check_registries},
    {"stage.unreachable", check_unreachable_stages},
    {"variable.from", check_from_variables},
    {"variable.undefined", check_undefined_variables},
};

}  // namespace

Check find_check(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(checks), std::end(checks), [&](const auto& check) { return check.first == name; });
  return found == std::end(checks) ? nullptr : found->second;
}

}  // namespace imgslim::rules
