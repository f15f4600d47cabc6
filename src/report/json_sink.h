#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imgslim::report {

/// Writes JSON in the order of the calls. Containers of the first two levels put each member on a line of its own, so
/// that a diff of two reports shows rows, and so does a list of objects in a section; deeper ones stay on their line.
/// Nesting is the caller's to keep.
class JsonSink {
 public:
  enum class Layout { lines, one_line };
  enum class Strings {
    bytes,  ///< append_json_string
    text,   ///< append_json_text
  };
  explicit JsonSink(Layout layout, Strings strings = Strings::bytes) : layout_(layout), strings_(strings) {}

  void open(char bracket);  ///< '{' or '['
  void close();             ///< the innermost container
  void key(std::string_view name);
  void value(std::string_view text);
  void plain(std::string_view text);  ///< append_json_text, whatever the strings are
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::uint64_t number);
  void value(bool truth);
  void ratio(double number);  ///< in [0, 1], at most 6 decimals
  void null();

  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  struct Container {
    char closing;
    bool in_lines;
    bool empty = true;
  };
  [[nodiscard]] bool lists_rows() const;
  void before_member();
  void break_line(std::size_t depth);

  void append(std::string_view text);

  Layout layout_;
  Strings strings_;
  std::string out_;
  std::vector<Container> open_;
  bool after_key_ = false;
};

}  // namespace imgslim::report
