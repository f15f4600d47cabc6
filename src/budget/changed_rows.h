#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "imgslim/diff.h"

/// What all dimensions of a comparison have in common.
namespace imgslim::budget {

inline constexpr const char* rest_name = "[rest]";

/// A row that is being put together from both sides.
template <typename Row>
struct Seen {
  Row row;
  bool before = false, after = false;
};

/// Whether rows of a section are missing: those cut by --top, or all of them.
[[nodiscard]] inline bool is_cut(const Report& report, const char* section, bool no_rows, std::uint64_t total) {
  return report.omitted.contains(section) || (no_rows && total > 0);
}

/// Which sides of a section have been cut. A row that only the other side has may be among those that are missing.
struct CutSides {
  bool before = false, after = false;
  template <typename Row>
  [[nodiscard]] bool doubt(const Seen<Row>& seen) const {
    return (before && !seen.before) || (after && !seen.after);
  }
};

/// "added" | "removed" | `otherwise`.
template <typename Row>
[[nodiscard]] const char* change_of(const Seen<Row>& seen, const char* otherwise) {
  return !seen.before ? "added" : !seen.after ? "removed" : otherwise;
}

/// Takes what rows account for off a total.
inline void take_off(DiffNumber& rest, const DiffNumber& row) {
  rest.before -= row.before;
  rest.after -= row.after;
}

[[nodiscard]] inline std::uint64_t size_of_change(const DiffNumber& number) {
  return number.after > number.before ? number.after - number.before : number.before - number.after;
}

/// The largest change first; rows of equal changes keep their order, which is that of their names.
template <typename Row>
void sort_by_change(std::vector<Row>& rows, DiffNumber Row::*member) {
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& a, const Row& b) { return size_of_change(a.*member) > size_of_change(b.*member); });
}

}  // namespace imgslim::budget
