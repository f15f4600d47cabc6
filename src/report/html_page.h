#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgslim/render.h"

/// Parts of the HTML page. What is Html is markup; text becomes Html through text() and code() alone, which escape it.
namespace imgslim::report {

struct Html {
  std::string markup;
  Html& operator+=(const Html& other) {
    markup += other.markup;
    return *this;
  }
  friend Html operator+(Html left, const Html& right) { return std::move(left += right); }
};

/// For elements and for attribute values in double quotes; nothing that a terminal would not show stays in it.
[[nodiscard]] Html text(std::string_view text);
[[nodiscard]] Html code(std::string_view text);
/// A block of lines as they are: a patch, an instruction.
[[nodiscard]] Html block(std::string_view lines);
/// `summary` with what opens below it.
[[nodiscard]] Html folded(const Html& summary, const Html& content);
[[nodiscard]] Html paragraph(const Html& content);

/// A table of which every cell is markup. Columns whose title begins with '>' hold numbers.
class HtmlTable {
 public:
  explicit HtmlTable(std::vector<std::string> titles) : titles_(std::move(titles)) {}
  void row(std::vector<Html> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] bool is_empty() const { return rows_.empty(); }
  /// `left_out` other rows are told below.
  [[nodiscard]] Html take(std::size_t left_out = 0) &&;

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<Html>> rows_;
};

/// How this page writes sizes and how many rows its lists have.
class HtmlLooks {
 public:
  explicit HtmlLooks(const RenderOptions& options) : options_(options) {}
  [[nodiscard]] Html size(std::uint64_t bytes) const;
  /// A bar for part of whole; readers without pictures have the size beside it.
  [[nodiscard]] static Html bar(std::uint64_t part, std::uint64_t whole);
  [[nodiscard]] std::size_t rows(std::size_t all) const;

 private:
  const RenderOptions& options_;
};

/// <section> with a heading that the page's list of contents leads to. Nothing when there is no content.
struct HtmlSection {
  std::string id, title;
  Html content;
};

[[nodiscard]] Html whole_page(std::string_view title, const Html& head, const std::vector<HtmlSection>& sections,
                              std::string_view version);

}  // namespace imgslim::report
