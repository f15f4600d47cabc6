#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim::dockerfile {

/// Bytes of the file: begin <= end.
struct Span {
  std::uint32_t begin = 0, end = 0;
  [[nodiscard]] std::uint32_t size() const { return end - begin; }
  /// Positions are no part of what a file says: trees compare equal wherever they stand.
  friend bool operator==(const Span&, const Span&) { return true; }
};

/// A place as editors count it. `column` counts bytes; both start at 1.
struct Position {
  std::uint32_t line = 1, column = 1;
  friend bool operator==(const Position&, const Position&) = default;
};

/// Where the lines of a text begin. A line ends at LF; carriage returns before it belong to the end.
class LineIndex {
 public:
  LineIndex() = default;
  explicit LineIndex(std::string_view text);

  [[nodiscard]] Position position(std::uint32_t offset) const;  ///< offsets behind the text count as its end
  /// Behind a last LF there is no line.
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(ends_.size()); }
  /// The line without its end, by number from 1; an empty span at the text's end for lines that are not there.
  [[nodiscard]] Span line(std::uint32_t number) const;

  friend bool operator==(const LineIndex&, const LineIndex&) { return true; }

 private:
  std::vector<std::uint32_t> starts_{0};  ///< one more than lines when the text ends with LF or is empty
  std::vector<std::uint32_t> ends_;
  std::uint32_t size_ = 0;
};

/// Text put together from pieces of the file (continued lines joined, tabs or escapes taken out) that still knows where
/// each byte stands in the file.
class MappedText {
 public:
  MappedText() = default;
  void append(std::string_view piece, std::uint32_t source_begin);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  /// Where byte `at` of the text stands in the file; for at == size, the place behind the last byte.
  [[nodiscard]] std::uint32_t source_of(std::uint32_t at) const;
  /// The bytes of the file from the first to the last of [begin, end), whatever was left out between them included.
  [[nodiscard]] Span source_span(std::uint32_t begin, std::uint32_t end) const;
  /// Bytes [begin, end) of the text, with their places.
  [[nodiscard]] MappedText part(std::uint32_t begin, std::uint32_t end) const;

  friend bool operator==(const MappedText& a, const MappedText& b) { return a.text_ == b.text_; }

 private:
  struct Piece {
    std::uint32_t at = 0, source = 0;
  };
  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace imgslim::dockerfile
