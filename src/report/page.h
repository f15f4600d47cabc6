#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/render.h"

namespace imgslim::report {

enum class Style { normal, heading, dim, warning };

/// Which part of a text goes when it is too wide: both ends of a path tell what it is, a sentence starts with what
/// matters.
enum class Cut { end, middle };

/// A run of text in one style; the text has gone through escape_terminal.
struct Span {
  std::string text;
  Style style = Style::normal;
  Cut cut = Cut::end;
};

/// Lines of at most `columns` cells, and how this page writes sizes, bars and what it cuts.
class Page {
 public:
  explicit Page(const RenderOptions& options);

  /// Cuts what does not fit and drops trailing spaces.
  void line(const std::vector<Span>& spans);
  void line(std::string text) { line({Span{std::move(text)}}); }
  /// A heading, then `pieces` joined by ", " over as many lines as they need, all after the heading.
  void list(const Span& heading, const std::vector<std::string>& pieces);
  /// A heading, then the words of `text` over a few lines; what is longer than those ends in an ellipsis.
  void paragraph(const Span& heading, std::string_view text);
  void blank();

  [[nodiscard]] std::string size(std::uint64_t bytes) const;
  /// "█████░░░░░" for part of whole in `cells` cells; "" on a plain page.
  [[nodiscard]] std::string bar(std::uint64_t part, std::uint64_t whole, std::size_t cells) const;
  [[nodiscard]] std::string_view ellipsis() const { return options_.unicode ? "…" : "..."; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  /// Rows of a list: what the user asked for, else `screenful`.
  [[nodiscard]] std::size_t rows(std::size_t screenful) const { return options_.top > 0 ? options_.top : screenful; }
  [[nodiscard]] const RenderOptions& options() const { return options_; }

  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  void flow(const Span& heading, const std::vector<std::string>& pieces);

  const RenderOptions& options_;
  std::size_t columns_;
  std::string out_;
};

/// "3.7 %", "<0.1 %"; "" when whole is 0.
[[nodiscard]] std::string percent(std::uint64_t part, std::uint64_t whole);

/// "11,482".
[[nodiscard]] std::string grouped(std::uint64_t number);

/// "1 file", "2 files".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);

}  // namespace imgslim::report
