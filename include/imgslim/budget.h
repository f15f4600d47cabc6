#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/lint.h"
#include "imgslim/report.h"
#include "imgslim/result.h"
#include "imgslim/tree_view.h"

/// Budgets: what an image may weigh, and whether it does (docs/gate.md).
namespace imgslim {

/// One limit. A value equal to it passes.
struct BudgetLimit {
  /// unpacked | pull | wasted | wasted-mine | rss | sharing-lost | layers | layer | path | package | growth
  std::string name;
  std::string subject;    ///< path: a glob; package: its name; growth: unpacked, pull, wasted or rss; "" else
  std::uint64_t max = 0;  ///< bytes; a count for layers
  /// Millionths of a whole, of which the limit is when that is more than `max`: for wasted the unpacked bytes, for
  /// wasted-mine those above the base, for growth the baseline's value. Both must be passed to fail.
  std::optional<std::uint64_t> parts_per_million;
  std::string source;  ///< ".imgslim.yaml:6", "--max-size"
  friend bool operator==(const BudgetLimit&, const BudgetLimit&) = default;
};

/// A limit that may be passed for a while.
struct BudgetWaiver {
  std::string name;     ///< of the limits
  std::string subject;  ///< theirs, "" for any
  std::string reason;
  std::string until;  ///< "2027-01-31": the last day; "" for ever
  friend bool operator==(const BudgetWaiver&, const BudgetWaiver&) = default;
};

struct Budgets {
  std::vector<BudgetLimit> limits;
  std::vector<BudgetWaiver> waivers;
  std::vector<Waiver> finding_waivers;  ///< `path` is a glob on the finding's file or on its path in the image
  std::string fail_on = "error";        ///< findings as severe as this fail: error | warning | info | style | none
  std::string fail_on_source = "--fail-on";
  std::string message;  ///< of the project, for whoever is over
  std::string today;    ///< "2026-11-24", for waivers that end; "" = none has
};

/// What else a verdict may rest on; each may be null.
struct JudgeInputs {
  const Report* baseline = nullptr;
  std::string baseline_name;       ///< how messages call it
  const TreeView* tree = nullptr;  ///< path limits count its files; without it the directories of the report
};

/// Holds a report against budgets. Never a pass: an incomplete report, and a limit on what the report does not know.
/// Growth without a baseline is not judged, and says so.
[[nodiscard]] Verdict judge(const Report& report, const Budgets& budgets, const JudgeInputs& inputs);

/// "5MB", "3%" or "5MB|3%" into `limit`. A percentage alone is refused: of a small image it is next to nothing. Errors
/// are usage.
Status parse_limit(std::string_view text, BudgetLimit& limit);

/// A small baseline to commit, `imgslim.lock/1`: totals, and one line for each layer and package. The same report gives
/// the same bytes.
[[nodiscard]] std::string write_lock(const Report& report);

/// Reads what write_lock wrote, as a report that knows only that. The text may be hostile. Errors are input, with
/// place.
Result<Report> parse_lock(std::string_view text);

}  // namespace imgslim
