// JSON (RFC 8259) just as far as a Dockerfile's arrays need it: the elements' strings with their places in the file,
// and whether the text is JSON at all, for `RUN [ -f x ]` is a command. Values of other types are checked and skipped.
#include "dockerfile/json_array.h"

#include "dockerfile/utf8.h"

namespace imgslim::dockerfile {
namespace {

constexpr unsigned deepest_nesting = 200;
class Reader {
 public:
  explicit Reader(const MappedText& text) : mapped_(text), text_(text.text()) {}

  std::optional<JsonArray> read() {
    skip_blanks();
    JsonArray array;
    if (!take('[') || !read_elements(array)) return std::nullopt;
    skip_blanks();
    if (at_ != text_.size()) return std::nullopt;
    return array;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool read_elements(JsonArray& array) {
    skip_blanks();
    if (take(']')) return true;
    do {
      skip_blanks();
      const auto begin = at_;
      if (peek() == '"') {
        auto value = read_string();
        if (!value) return false;
        array.strings.push_back({std::move(*value), span(begin)});
      } else {
        if (!skip_value(1)) return false;
        array.other_elements.push_back(span(begin));
      }
      skip_blanks();
    } while (take(','));
    return take(']');
  }

  [[nodiscard]] Span span(std::size_t begin) const {
    return mapped_.source_span(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_));
  }

  std::optional<std::string> read_string() {
    if (!take('"')) return std::nullopt;
    std::string value;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return value;
      if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
      if (c != '\\') {
        value += c;
      } else if (!read_escape(value)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool read_escape(std::string& value) {
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (at_ == text_.size()) return false;
    const char c = text_[at_++];
    if (const auto known = letters.find(c); known != std::string_view::npos) {
      value += meanings[known];
      return true;
    }
    if (c != 'u') return false;
    const auto code = read_hex();
    if (!code) return false;
    append_code(value, *code);
    return true;
  }

  void append_code(std::string& value, std::uint32_t code) {
    if (code < 0xD800 || code > 0xDFFF) return append_utf8(value, code);
    const auto behind_first = at_;
    if (code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      if (const auto low = read_hex(); low && *low >= 0xDC00 && *low <= 0xDFFF)
        return append_utf8(value, 0x10000 + ((code - 0xD800) << 10) + (*low - 0xDC00));
    }
    at_ = behind_first;
    append_utf8(value, replacement_character);
  }

  std::optional<std::uint32_t> read_hex() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const auto digit =
          std::string_view("0123456789abcdef").find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == std::string_view::npos) return std::nullopt;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return code;
  }

  bool skip_value(unsigned depth) {
    if (depth > deepest_nesting) return false;
    skip_blanks();
    switch (peek()) {
      case '"':
        return read_string().has_value();
      case '[':
        ++at_;
        return skip_members(']', depth, Members::values);
      case '{':
        ++at_;
        return skip_members('}', depth, Members::pairs);
      default:
        return skip_literal() || skip_number();
    }
  }

  enum class Members { values, pairs };
  bool skip_members(char closing, unsigned depth, Members members) {
    skip_blanks();
    if (take(closing)) return true;
    do {
      skip_blanks();
      if (members == Members::pairs) {
        if (!read_string()) return false;
        skip_blanks();
        if (!take(':')) return false;
      }
      if (!skip_value(depth + 1)) return false;
      skip_blanks();
    } while (take(','));
    return take(closing);
  }

  bool skip_literal() {
    for (const std::string_view literal : {"true", "false", "null"}) {
      if (!text_.substr(at_).starts_with(literal)) continue;
      at_ += literal.size();
      return true;
    }
    return false;
  }

  bool skip_digits() {
    const auto begin = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > begin;
  }

  bool skip_number() {
    take('-');
    if (!take('0') && !skip_digits()) return false;
    if (take('.') && !skip_digits()) return false;
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (!take('+')) take('-');
      return skip_digits();
    }
    return true;
  }

  const MappedText& mapped_;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<JsonArray> parse_json_array(const MappedText& text) { return Reader(text).read(); }

}  // namespace imgslim::dockerfile
