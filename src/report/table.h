#pragma once

#include <string>
#include <vector>

#include "report/page.h"

namespace imgslim::report {

enum class Align { left, right };
/// Whether a column gives way when the page is too narrow; one column of a table does.
enum class Fit { whole, cut };

struct Column {
  Align align = Align::left;
  Fit fit = Fit::whole;
};

/// Rows under the same columns, two spaces in from the margin and two between columns. Columns are as wide as their
/// widest cell; the one that gives way takes what is left.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void row(std::vector<Span> cells) { rows_.push_back(std::move(cells)); }
  void row(const std::vector<std::string>& cells, Style style = Style::normal);
  void heading(const std::vector<std::string>& cells) { row(cells, Style::heading); }
  void blank() { rows_.emplace_back(); }

  void print(Page& page) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(const Page& page) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Span>> rows_;
};

}  // namespace imgslim::report
