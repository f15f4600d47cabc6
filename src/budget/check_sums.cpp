// A report may come from a file that somebody else wrote. Whoever explains its totals by its rows must know that no row
// takes more than there is: then no subtraction below can turn round.
#include <limits>

#include "budget/comparison_parts.h"

namespace imgslim::budget {
namespace {

/// More than any image can have, and small enough that differences have a sign.
constexpr auto most_bytes = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

class Ledger {
 public:
  /// The rows' sum is at most `total`.
  template <typename Rows, typename Value>
  void expect_within(const char* what, const Rows& rows, std::uint64_t total, Value value) {
    std::uint64_t left = total;
    bool within = total <= most_bytes;
    for (const auto& row : rows) {
      const std::uint64_t bytes = value(row);
      within = within && bytes <= left;
      left -= within ? bytes : 0;
    }
    if (!within && problem_.empty()) problem_ = what;
  }
  void expect_sane(const char* what, std::uint64_t number) {
    if (number > most_bytes && problem_.empty()) problem_ = what;
  }
  [[nodiscard]] Status verdict() const {
    if (problem_.empty()) return Done{};
    return input_error("the report contradicts itself: " + problem_ + " come to more than their total");
  }

 private:
  std::string problem_;
};

template <typename T>
auto member(std::uint64_t T::*of) {
  return [of](const T& row) { return row.*of; };
}

void check_memory(const Report& report, Ledger& ledger) {
  if (!report.memory) return;
  const auto& startup = report.memory->startup;
  const std::vector<std::uint64_t> heap{startup.heap_bytes};
  ledger.expect_within("heap bytes", heap, startup.rss_bytes.estimate, [](std::uint64_t bytes) { return bytes; });
  if (startup.heap_bytes <= startup.rss_bytes.estimate)
    ledger.expect_within("resident bytes of objects", startup.objects, startup.rss_bytes.estimate - startup.heap_bytes,
                         [](const MemoryObject& object) { return object.rss_bytes.estimate; });
  for (const auto bytes : {startup.anonymous_bytes, startup.file_shareable_bytes, startup.file_private_bytes,
                           report.memory->sharing.lost_bytes})
    ledger.expect_sane("kinds of resident bytes", bytes);
}

void check_layers(const Report& report, Ledger& ledger) {
  const auto& totals = report.totals;
  ledger.expect_within("payload bytes of layers", report.layers, totals.payload_bytes,
                       member(&ReportLayer::payload_bytes));
  ledger.expect_within("wasted bytes of layers", report.layers, totals.wasted_bytes,
                       member(&ReportLayer::wasted_bytes));
  ledger.expect_within("caused waste of layers", report.layers, totals.wasted_bytes,
                       member(&ReportLayer::caused_waste_bytes));
  ledger.expect_within("compressed bytes of layers", report.layers, totals.compressed_bytes.value_or(most_bytes),
                       [](const ReportLayer& layer) { return layer.compressed_bytes.value_or(0); });
}

}  // namespace

Status check_sums(const Report& report) {
  Ledger ledger;
  const auto& totals = report.totals;
  check_layers(report, ledger);
  ledger.expect_within("visible bytes of packages", report.packages, totals.visible_bytes,
                       member(&ReportPackage::visible_bytes));
  ledger.expect_within("compressed bytes of packages", report.packages, totals.visible_compressed_bytes,
                       member(&ReportPackage::compressed_bytes));
  ledger.expect_within("files of packages", report.packages, totals.files, member(&ReportPackage::files));
  ledger.expect_within("visible bytes of directories", report.paths, totals.visible_bytes,
                       member(&ReportPath::own_visible_bytes));
  ledger.expect_within("visible bytes of kinds", report.classes, totals.visible_bytes,
                       member(&ReportClass::visible_bytes));
  ledger.expect_within("wasted bytes of kinds", report.classes, totals.wasted_bytes,
                       member(&ReportClass::wasted_bytes));
  ledger.expect_within("bytes of waste", report.waste, totals.wasted_bytes, member(&ReportWaste::bytes));
  ledger.expect_within("bytes by fate", report.wasted_by_fate, totals.wasted_bytes,
                       [](const auto& fate) { return fate.second; });
  for (const auto number :
       {totals.payload_bytes, totals.stored_bytes, totals.duplicate_bytes, totals.layers, totals.files,
        totals.compressed_bytes.value_or(0), totals.compressed_bytes_estimate.value_or(0)})
    ledger.expect_sane("totals", number);
  check_memory(report, ledger);
  return ledger.verdict();
}

}  // namespace imgslim::budget
