// Unified diffs (POSIX.1-2017, diff -U). Which lines stay is found by Myers' algorithm (An O(ND) Difference Algorithm,
// 1986) between the first and the last line that differ; texts that differ in very many lines are replaced as a block.
#include "report/diff.h"

#include <algorithm>
#include <array>
#include <vector>

namespace imgslim::report {
namespace {

constexpr std::size_t context_lines = 3;
constexpr std::ptrdiff_t most_differences = 1'000;

using Lines = std::vector<std::string_view>;

/// With their line ends.
Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// Lines [before_begin, before_end) become lines [after_begin, after_end).
struct Change {
  std::size_t before_begin, before_end, after_begin, after_end;
};

/// Myers' greedy search: for each number of differences, how far each diagonal gets. Returns those furthest points of
/// every step, the last one reaching the end; nothing when more than the bound differ.
std::vector<std::vector<std::ptrdiff_t>> search(const Lines& a, const Lines& b) {
  const auto n = static_cast<std::ptrdiff_t>(a.size()), m = static_cast<std::ptrdiff_t>(b.size());
  const auto bound = std::min(n + m, most_differences);
  std::vector<std::vector<std::ptrdiff_t>> steps;
  std::vector<std::ptrdiff_t> furthest(static_cast<std::size_t>(2 * bound + 3), 0);
  const auto at = [&](std::ptrdiff_t diagonal) -> std::ptrdiff_t& {
    return furthest[static_cast<std::size_t>(diagonal + bound + 1)];
  };
  for (std::ptrdiff_t d = 0; d <= bound; ++d) {
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      auto x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      while (x < n && x - k < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(x - k)]) ++x;
      at(k) = x;
      if (x < n || x - k < m) continue;
      steps.emplace_back(furthest.begin() + (bound + 1 - d), furthest.begin() + (bound + 2 + d));
      return steps;
    }
    steps.emplace_back(furthest.begin() + (bound + 1 - d), furthest.begin() + (bound + 2 + d));
  }
  return {};
}

/// Walks the search back from the end; single lines, in order.
std::vector<Change> trace(const std::vector<std::vector<std::ptrdiff_t>>& steps, std::size_t n, std::size_t m) {
  std::vector<Change> changes;
  auto x = static_cast<std::ptrdiff_t>(n), y = static_cast<std::ptrdiff_t>(m);
  for (auto d = static_cast<std::ptrdiff_t>(steps.size()) - 1; d > 0; --d) {
    const auto& before = steps[static_cast<std::size_t>(d - 1)];
    const auto reach = [&](std::ptrdiff_t diagonal) {
      return diagonal < -(d - 1) || diagonal > d - 1 ? std::ptrdiff_t{-1}
                                                     : before[static_cast<std::size_t>(diagonal + d - 1)];
    };
    const auto k = x - y;
    const bool down = k == -d || (k != d && reach(k - 1) < reach(k + 1));
    const auto start_x = down ? reach(k + 1) : reach(k - 1);
    const auto start_y = start_x - (down ? k + 1 : k - 1);
    const auto ux = static_cast<std::size_t>(start_x), uy = static_cast<std::size_t>(start_y);
    changes.push_back(down ? Change{ux, ux, uy, uy + 1} : Change{ux, ux + 1, uy, uy});
    x = start_x;
    y = start_y;
  }
  std::reverse(changes.begin(), changes.end());
  return changes;
}

std::vector<Change> joined(const std::vector<Change>& singles) {
  std::vector<Change> changes;
  for (const auto& change : singles) {
    const bool touches = !changes.empty() && changes.back().before_end == change.before_begin &&
                         changes.back().after_end == change.after_begin;
    if (!touches) {
      changes.push_back(change);
      continue;
    }
    changes.back().before_end = change.before_end;
    changes.back().after_end = change.after_end;
  }
  return changes;
}

std::vector<Change> find_changes(const Lines& before, const Lines& after) {
  std::size_t head = 0, tail = 0;
  const auto shorter = std::min(before.size(), after.size());
  while (head < shorter && before[head] == after[head]) ++head;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  const Lines a(before.begin() + static_cast<std::ptrdiff_t>(head), before.end() - static_cast<std::ptrdiff_t>(tail));
  const Lines b(after.begin() + static_cast<std::ptrdiff_t>(head), after.end() - static_cast<std::ptrdiff_t>(tail));
  const auto steps = search(a, b);
  auto changes =
      steps.empty() ? std::vector<Change>{{0, a.size(), 0, b.size()}} : joined(trace(steps, a.size(), b.size()));
  for (auto& change : changes)
    for (auto* line : {&change.before_begin, &change.before_end, &change.after_begin, &change.after_end}) *line += head;
  return changes;
}

void append_line(std::string& out, char sign, std::string_view line) {
  out += sign;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

/// "12,3" as hunk headers have it: an empty range names the line before it.
std::string range(std::size_t begin, std::size_t end) {
  const auto first = begin == end ? begin : begin + 1;
  return std::to_string(first) + (end - begin == 1 ? "" : "," + std::to_string(end - begin));
}

/// Writes changes [first, last], which lie close enough together for one hunk.
void append_hunk(std::string& out, const Lines& before, const Lines& after, const Change* first, const Change* last) {
  const auto lead = std::min(first->before_begin, context_lines);
  const auto trail = std::min(before.size() - last->before_end, context_lines);
  out += "@@ -" + range(first->before_begin - lead, last->before_end + trail) + " +" +
         range(first->after_begin - lead, last->after_end + trail) + " @@\n";
  auto at = first->before_begin - lead;
  for (const auto* change = first; change <= last; ++change) {
    for (; at < change->before_begin; ++at) append_line(out, ' ', before[at]);
    for (; at < change->before_end; ++at) append_line(out, '-', before[at]);
    for (auto line = change->after_begin; line < change->after_end; ++line) append_line(out, '+', after[line]);
  }
  for (; at < last->before_end + trail; ++at) append_line(out, ' ', before[at]);
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const auto old_lines = split(before), new_lines = split(after);
  const auto changes = find_changes(old_lines, new_lines);
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  std::string out = "--- a/" + std::string(name) + "\n+++ b/" + std::string(name) + "\n";
  for (std::size_t first = 0; first < changes.size();) {
    auto last = first;
    while (last + 1 < changes.size() && changes[last + 1].before_begin - changes[last].before_end <= 2 * context_lines)
      ++last;
    append_hunk(out, old_lines, new_lines, &changes[first], &changes[last]);
    first = last + 1;
  }
  return out;
}

}  // namespace imgslim::report
