// The last block of the page: every budget with its number, and the verdict as the last line, where the eye is when a
// log has run through.
#include <algorithm>

#include "report/escape.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

/// Checks that decide stand last, next to the verdict.
std::vector<const VerdictCheck*> in_order(const Verdict& verdict) {
  std::vector<const VerdictCheck*> rows;
  for (const auto& check : verdict.checks) rows.push_back(&check);
  std::stable_partition(rows.begin(), rows.end(),
                        [](const VerdictCheck* check) { return check->passed || check->waived; });
  return rows;
}

std::string check_text(const VerdictCheck& check) {
  auto text = escape_terminal(check.message);
  if (check.waived) text += "; accepted: " + escape_terminal(*check.waived);
  if (!check.source.empty()) text += " (" + escape_terminal(check.source) + ")";
  return text;
}

}  // namespace

const char* state_of(const VerdictCheck& check) {
  if (check.passed) return "ok";
  return check.waived ? "waived" : "over";
}

void write_verdict(Page& page, const Report& report) {
  if (!report.verdict) return;
  const auto& verdict = *report.verdict;
  constexpr std::size_t state_cells = 8;
  page.blank();
  std::uint64_t over = 0, waived = 0;
  std::string lead = "  BUDGET  ";
  for (const auto* check : in_order(verdict)) {
    const bool counts = !check->passed && !check->waived;
    if (counts) ++over;
    if (check->waived) ++waived;
    page.paragraph({lead + pad_after(state_of(*check), state_cells), counts ? Style::warning : Style::normal},
                   check_text(*check));
    lead.assign(lead.size(), ' ');
  }
  if (verdict.checks.empty()) page.line(lead + "nothing is limited: see imgslim init");
  if (!verdict.message.empty()) page.paragraph({lead}, escape_terminal(verdict.message));
  const auto rest = waived > 0 ? ", " + grouped(waived) + " of them waived" : std::string();
  if (verdict.passed)
    page.line({{"  PASSED  ", Style::heading}, {counted(verdict.checks.size(), "check") + rest}});
  else
    page.line(
        {{"  FAILED  ", Style::warning}, {grouped(over) + " of " + counted(verdict.checks.size(), "check") + rest}});
}

}  // namespace imgslim::report
