#include "report/page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "core/byte_format.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr int narrowest = 60;
constexpr std::size_t most_paragraph_lines = 5;

/// SGR sequences of ECMA-48: bold, faint, yellow.
const char* start_of(Style style) {
  switch (style) {
    case Style::normal:
      return "";
    case Style::heading:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::warning:
      return "\x1b[33m";
  }
  return "";
}

std::string_view without_trailing_spaces(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// Whether `word` is the unit of the number that `before` ends with: "MB", "%),".
bool is_unit_of(std::string_view before, std::string_view word) {
  constexpr std::string_view units[] = {"%", "B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"};
  before = without_trailing_spaces(before);
  if (before.empty() || before.back() < '0' || before.back() > '9') return false;
  word = word.substr(0, word.find_first_of(" ,;:.)"));
  return std::find(std::begin(units), std::end(units), word) != std::end(units);
}

}  // namespace

Page::Page(const RenderOptions& options)
    : options_(options), columns_(static_cast<std::size_t>(std::max(options.columns, narrowest))) {}

void Page::line(const std::vector<Span>& spans) {
  std::size_t last = spans.size();
  while (last > 0 && without_trailing_spaces(spans[last - 1].text).empty()) --last;
  std::size_t left = columns_;
  for (std::size_t i = 0; i < last && left > 0; ++i) {
    const auto text = i + 1 == last ? without_trailing_spaces(spans[i].text) : std::string_view(spans[i].text);
    const auto kept = cut_end(text, left, ellipsis());
    left -= display_width(kept);
    const bool styled = options_.color && spans[i].style != Style::normal && !kept.empty();
    if (styled) out_.append(start_of(spans[i].style));
    out_.append(kept);
    if (styled) out_.append("\x1b[0m");
  }
  out_.push_back('\n');
}

void Page::list(const Span& heading, const std::vector<std::string>& pieces) {
  std::vector<std::string> parts = pieces;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) parts[i].append(", ");
  flow(heading, parts);
}

void Page::paragraph(const Span& heading, std::string_view text) {
  const auto margin = display_width(heading.text);
  const auto width = columns_ > margin ? columns_ - margin : 1;
  const auto kept = cut_end(text, most_paragraph_lines * width, ellipsis());
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < kept.size();) {
    const auto end = std::min(kept.find(' ', begin), kept.size() - 1) + 1;
    const auto word = kept.substr(begin, end - begin);
    if (!words.empty() && is_unit_of(words.back(), word))
      words.back() += word;
    else
      words.push_back(word);
    begin = end;
  }
  flow(heading, words);
}

/// Pieces carry their separators; trailing spaces of a line do not count.
void Page::flow(const Span& heading, const std::vector<std::string>& pieces) {
  const auto margin = display_width(heading.text);
  std::vector<Span> current{heading};
  std::size_t used = margin;
  for (const auto& piece : pieces) {
    if (used > margin && used + display_width(without_trailing_spaces(piece)) > columns_) {
      line(current);
      current = {{std::string(margin, ' ')}};
      used = margin;
    }
    current.push_back({piece});
    used += display_width(piece);
  }
  line(current);
}

void Page::blank() { out_.push_back('\n'); }

std::string Page::size(std::uint64_t bytes) const { return format_bytes(bytes, options_.units); }

std::string Page::bar(std::uint64_t part, std::uint64_t whole, std::size_t cells) const {
  if (options_.plain) return {};
  const double share = whole == 0 ? 0 : std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
  const auto filled = static_cast<std::size_t>(std::lround(share * static_cast<double>(cells)));
  std::string out;
  for (std::size_t cell = 0; cell < cells; ++cell)
    out.append(cell < filled ? (options_.unicode ? "█" : "#") : (options_.unicode ? "░" : "."));
  return out;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 0.05) return "<0.1 %";
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.1f %%", share);
  return buffer;
}

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  auto text = grouped(number).append(" ").append(noun);
  if (number == 1) return text;
  const bool after_vowel =
      noun.size() > 1 && std::string_view("aeou").find(noun[noun.size() - 2]) != std::string_view::npos;
  if (noun.ends_with('y') && !after_vowel) return text.replace(text.size() - 1, 1, "ies");
  return text.append("s");
}

}  // namespace imgslim::report
