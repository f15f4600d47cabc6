// The gate. Every limit becomes one check with the number that it was held against, whether it passed or not; the
// verdict is their conjunction. A percentage and an absolute limit are one limit, the greater of the two: that is what
// "fails only when both are passed" comes to.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "budget/measure.h"
#include "core/byte_format.h"
#include "rules/matcher.h"

namespace imgslim {
namespace budget {
namespace {

constexpr std::uint64_t million = 1'000'000;
constexpr auto most = std::numeric_limits<std::uint64_t>::max();

/// whole · parts / 1,000,000 rounded down, without overflow.
std::uint64_t share_of(std::uint64_t whole, std::uint64_t parts_per_million) {
  const auto millions = whole / million, rest = whole % million;
  if (parts_per_million > most / million || (millions > 0 && parts_per_million > most / 2 / millions)) return most;
  return millions * parts_per_million + rest * parts_per_million / million;
}

std::uint64_t added(std::uint64_t a, std::uint64_t b) { return a > most - b ? most : a + b; }

std::string written(std::uint64_t number, const std::string& unit) {
  return unit == "count" ? std::to_string(number) : format_bytes(number, Units::si);
}

/// Both numbers, exact when they would look alike.
std::pair<std::string, std::string> written_apart(std::uint64_t a, std::uint64_t b, const std::string& unit) {
  auto left = written(a, unit), right = written(b, unit);
  if (left == right && a != b && unit == "bytes") return {std::to_string(a) + " B", std::to_string(b) + " B"};
  return {left, right};
}

std::string percent_text(std::uint64_t change, std::uint64_t before) {
  if (before == 0) return {};
  const auto tenths =
      static_cast<std::uint64_t>(std::round(static_cast<double>(change) / static_cast<double>(before) * 1000));
  return " (+" + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %)";
}

/// "unpacked", "path /usr/lib/**", "layer 3 (RUN make)".
std::string title(const VerdictCheck& check) {
  return check.subject.empty() ? check.name : check.name + " " + check.subject;
}

std::string growth_message(const VerdictCheck& check, const std::string& baseline_name) {
  const auto before = *check.baseline;
  const auto allowed = check.limit - before;
  if (check.value <= before)
    return check.subject + " did not grow: " + written(check.value, check.unit) + ", " + written(before, check.unit) +
           " in " + baseline_name;
  const auto grown = check.value - before;
  const auto [shown, limit] = written_apart(grown, allowed, check.unit);
  return check.subject + " grew by " + shown + percent_text(grown, before) + " over " + baseline_name +
         (check.passed ? ", within " : ", more than ") + limit;
}

std::string limit_message(const VerdictCheck& check) {
  const auto [value, limit] = written_apart(check.value, check.limit, check.unit);
  return title(check) + " " + value + (check.passed ? ", within " : " > ") + limit;
}

/// A limit that cannot be held against anything.
void set_unknown(VerdictCheck& check, const BudgetLimit& limit, const JudgeInputs& inputs) {
  if (limit.name == "growth" && !inputs.baseline) {
    check.message = "growth of " + limit.subject + " is not judged: no baseline was given (--baseline)";
    return;
  }
  check.passed = false;
  const bool memory = limit.name == "rss" || limit.name == "sharing-lost" || limit.subject == "rss";
  check.message = title(check) + " is not known" +
                  (memory ? ": no program of the image is known, name one with --cmd" : " of this image");
}

bool has_ended(const std::string& until, const std::string& today) {
  return !until.empty() && !today.empty() && until < today;
}

void apply_waivers(VerdictCheck& check, const BudgetLimit& limit, const Budgets& budgets) {
  if (check.passed) return;
  for (const auto& waiver : budgets.waivers) {
    if (waiver.name != limit.name || (!waiver.subject.empty() && waiver.subject != limit.subject)) continue;
    if (has_ended(waiver.until, budgets.today)) {
      check.message += "; its waiver ended on " + waiver.until;
      continue;
    }
    check.waived = waiver.reason + (waiver.until.empty() ? "" : " (until " + waiver.until + ")");
    return;
  }
}

VerdictCheck check_limit(const Report& report, const BudgetLimit& limit, const Budgets& budgets,
                         const JudgeInputs& inputs) {
  const auto measured = measure(report, limit, inputs);
  VerdictCheck check;
  check.name = limit.name;
  check.subject = measured.subject;
  check.unit = measured.unit;
  check.source = limit.source;
  check.value = measured.value.value_or(0);
  check.limit = limit.max;
  if (limit.parts_per_million) check.limit = std::max(check.limit, share_of(measured.whole, *limit.parts_per_million));
  const bool is_growth = limit.name == "growth";
  if (!measured.value || (is_growth && !measured.baseline)) {
    set_unknown(check, limit, inputs);
  } else {
    if (is_growth) {
      check.baseline = measured.baseline;
      check.limit = added(check.limit, *measured.baseline);
    }
    check.passed = check.value <= check.limit;
    check.message = is_growth ? growth_message(check, inputs.baseline_name) : limit_message(check);
    if (measured.estimated) check.message += "; the archive holds layers uncompressed, so this is an estimate";
  }
  apply_waivers(check, limit, budgets);
  return check;
}

int rank(std::string_view severity) {
  return severity == "error" ? 4 : severity == "warning" ? 3 : severity == "info" ? 2 : severity == "style" ? 1 : 5;
}

bool covers(const Waiver& waiver, const ReportFinding& finding) {
  const bool same = waiver.rule == finding.rule ||
                    std::find(finding.aliases.begin(), finding.aliases.end(), waiver.rule) != finding.aliases.end();
  if (!same || waiver.path.empty()) return same;
  const rules::GlobSet glob({waiver.path});
  const auto& where = finding.location;
  return (where.file && !glob.matches(*where.file).empty()) || (where.path && !glob.matches(*where.path).empty());
}

/// Why a finding is accepted, "" when it is not.
std::string accepted(const ReportFinding& finding, const Budgets& budgets) {
  for (const auto& waiver : budgets.finding_waivers)
    if (covers(waiver, finding) && !has_ended(waiver.until, budgets.today)) return waiver.reason;
  return {};
}

VerdictCheck findings_row(const std::string& subject, std::uint64_t value, const Budgets& budgets) {
  VerdictCheck check;
  check.name = "findings";
  check.subject = subject;
  check.unit = "count";
  check.value = value;
  check.passed = value == 0;
  check.source = budgets.fail_on_source;
  return check;
}

std::string counted(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " finding" : " findings"); }

/// One check on all findings that count, and one for each rule that is accepted.
void check_findings(const Report& report, const Budgets& budgets, std::vector<VerdictCheck>& checks) {
  if (budgets.fail_on == "none" || !report.findings) return;
  std::uint64_t counting = 0;
  std::map<std::string, std::uint64_t> rules;
  std::map<std::pair<std::string, std::string>, std::uint64_t> waived;
  for (const auto& finding : *report.findings) {
    if (rank(finding.severity) < rank(budgets.fail_on)) continue;
    if (auto reason = accepted(finding, budgets); !reason.empty()) {
      ++waived[{finding.rule, std::move(reason)}];
      continue;
    }
    ++counting;
    ++rules[finding.rule];
  }
  auto all = findings_row(budgets.fail_on, counting, budgets);
  all.message = counted(counting) + " of severity " + budgets.fail_on + (budgets.fail_on == "error" ? "" : " or above");
  const char* separator = ": ";
  for (const auto& [rule, count] : rules) {
    all.message += separator + rule + (count > 1 ? " x " + std::to_string(count) : "");
    separator = ", ";
  }
  checks.push_back(std::move(all));
  for (const auto& [key, count] : waived) {
    auto row = findings_row(key.first, count, budgets);
    row.waived = key.second;
    row.message = counted(count) + " of " + key.first;
    checks.push_back(std::move(row));
  }
}

VerdictCheck incomplete() {
  VerdictCheck check;
  check.name = "complete";
  check.unit = "count";
  check.value = 1;
  check.passed = false;
  check.source = "imgslim";
  check.message = "something of the image was left out, as the notes say: what is missing cannot pass";
  return check;
}

}  // namespace
}  // namespace budget

Verdict judge(const Report& report, const Budgets& budgets, const JudgeInputs& inputs) {
  Verdict verdict;
  for (const auto& limit : budgets.limits)
    verdict.checks.push_back(budget::check_limit(report, limit, budgets, inputs));
  budget::check_findings(report, budgets, verdict.checks);
  if (!report.complete) verdict.checks.push_back(budget::incomplete());
  verdict.passed = std::all_of(verdict.checks.begin(), verdict.checks.end(),
                               [](const VerdictCheck& check) { return check.passed || check.waived; });
  if (!verdict.passed) verdict.message = budgets.message;
  return verdict;
}

}  // namespace imgslim
