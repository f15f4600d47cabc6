// deb-version(7): [epoch:]upstream[-revision]. Epochs are numbers; upstream and revision are compared part by part: a
// run of other characters, then a run of digits as a number, and so on. Among other characters letters come before the
// rest, "~" comes before everything, even before the end.
#include "packages/debian_version.h"

#include <algorithm>

namespace imgslim::packages {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The place of a character outside a number; the end and digits, which end the run, are 0.
int place_of(char c) {
  constexpr int behind_letters = 256;
  if (c == '~') return -1;
  if (is_digit(c)) return 0;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return c;
  return static_cast<unsigned char>(c) + behind_letters;
}

std::string_view take_number(std::string_view& text) {
  const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  auto digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering compare_parts(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a.front())) || (!b.empty() && !is_digit(b.front()))) {
      const int left = a.empty() ? 0 : place_of(a.front()), right = b.empty() ? 0 : place_of(b.front());
      if (left != right) return left <=> right;
      // Equal places are equal characters: both runs go on.
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const auto left = take_number(a), right = take_number(b);
    if (const auto order = compare_numbers(left, right); std::is_neq(order)) return order;
  }
  return std::strong_ordering::equal;
}

struct Version {
  std::string_view epoch, upstream, revision;
};

Version split(std::string_view text) {
  Version version;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    auto epoch = text.substr(0, colon);
    version.epoch = take_number(epoch);
    text.remove_prefix(colon + 1);
  }
  const auto hyphen = text.rfind('-');
  version.upstream = text.substr(0, hyphen);
  if (hyphen != std::string_view::npos) version.revision = text.substr(hyphen + 1);
  return version;
}

}  // namespace

std::strong_ordering compare_debian_versions(std::string_view a, std::string_view b) {
  const auto left = split(a), right = split(b);
  if (const auto order = compare_numbers(left.epoch, right.epoch); std::is_neq(order)) return order;
  if (const auto order = compare_parts(left.upstream, right.upstream); std::is_neq(order)) return order;
  return compare_parts(left.revision, right.revision);
}

}  // namespace imgslim::packages
