#pragma once

#include <string>
#include <string_view>

#include "imports/scan.h"

namespace imgslim::imports {

/// Finds the bodies of here-documents (perlop "<<EOF", Ruby's "Here Document Literals"), whose lines are no code.
/// Linear over a whole file: tags that end nowhere cost a search each, and only few such searches are made.
class HereDocuments {
 public:
  explicit HereDocuments(std::string_view text) : text_(text), markers_(text, "<<") {}

  /// The first byte behind the bodies of all here-documents that the line [begin, end) opens; `end + 1` when it opens
  /// none.
  [[nodiscard]] std::size_t after_line(std::size_t begin, std::size_t end);

 private:
  struct Tag {
    std::string_view word;
    bool indented = false;  // "<<~", "<<-": the end may stand behind blanks
  };
  [[nodiscard]] Tag tag_at(std::size_t at, std::size_t end) const;
  /// Behind the line that ends the body which begins at `at`; npos without such a line.
  [[nodiscard]] std::size_t end_of_body(std::size_t at, const Tag& tag) const;

  std::string_view text_;
  NextOccurrence markers_;
  unsigned failures_left_ = 8;
};

}  // namespace imgslim::imports
