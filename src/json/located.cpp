// A recursive-descent reader of RFC 8259 that keeps line and column of every value. nlohmann's parser, which the
// reports are read with, forgets positions as it goes; rule files and configurations are written by hand, and whoever
// writes one needs to know where it is wrong. Nesting is bounded; objects are small enough that their keys are searched
// one by one for duplicates, at most `most_members` of them.
#include "json/located.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace imgslim::json {
namespace {

void append_utf8(std::string& out, std::uint32_t value) {
  const auto byte = [&out](std::uint32_t bits) { out += static_cast<char>(bits); };
  if (value < 0x80) {
    byte(value);
  } else if (value < 0x800) {
    byte(0xc0 | value >> 6), byte(0x80 | (value & 0x3f));
  } else if (value < 0x10000) {
    byte(0xe0 | value >> 12), byte(0x80 | (value >> 6 & 0x3f)), byte(0x80 | (value & 0x3f));
  } else {
    byte(0xf0 | value >> 18), byte(0x80 | (value >> 12 & 0x3f));
    byte(0x80 | (value >> 6 & 0x3f)), byte(0x80 | (value & 0x3f));
  }
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<Located> document() {
    IMGSLIM_TRY(auto value, read(0));
    skip_blanks();
    if (at_ != text_.size()) return error("more text behind the value");
    return value;
  }

 private:
  [[nodiscard]] Error error(std::string_view message) const {
    Located here;
    here.line = line_;
    here.column = column();
    return located_error(file_, here, message);
  }
  [[nodiscard]] std::uint32_t column() const { return static_cast<std::uint32_t>(at_ - line_start_ + 1); }
  [[nodiscard]] bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void skip_blanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  Result<Located> read(unsigned depth) {
    skip_blanks();
    Located value;
    value.line = line_;
    value.column = column();
    if (depth > deepest_document) return error("values nest too deep");
    if (at_ == text_.size()) return error("a value is missing");
    switch (text_[at_]) {
      case '{':
        return object(std::move(value), depth);
      case '[':
        return array(std::move(value), depth);
      case '"': {
        IMGSLIM_TRY(value.text, string());
        value.kind = Located::Kind::string;
        return value;
      }
      default:
        return scalar(std::move(value));
    }
  }

  Result<Located> scalar(Located value) {
    const auto end = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
    const auto word = text_.substr(at_, end - at_);
    if (word == "true" || word == "false") {
      value.kind = Located::Kind::boolean;
      value.truth = word == "true";
    } else if (word != "null") {
      value.kind = Located::Kind::number;
      const auto [rest, code] = std::from_chars(word.data(), word.data() + word.size(), value.number);
      if (code != std::errc() || rest != word.data() + word.size()) return error("this is no JSON value");
    }
    at_ = end;
    return value;
  }

  Result<Located> array(Located value, unsigned depth) {
    value.kind = Located::Kind::array;
    ++at_;
    skip_blanks();
    while (!next_is(']')) {
      IMGSLIM_TRY(auto item, read(depth + 1));
      value.items.push_back(std::move(item));
      IMGSLIM_TRY_DONE(separator(']'));
    }
    ++at_;
    return value;
  }

  Result<Located> object(Located value, unsigned depth) {
    value.kind = Located::Kind::object;
    ++at_;
    skip_blanks();
    while (!next_is('}')) {
      const std::pair place(line_, column());
      if (!next_is('"')) return error("a key in quotes is missing");
      IMGSLIM_TRY(auto key, string());
      if (value.members.size() == most_members) return error("more members than a document may have");
      if (value.find(key)) {
        Located here;
        std::tie(here.line, here.column) = place;
        return located_error(file_, here, "duplicate key \"" + key + "\"");
      }
      skip_blanks();
      if (!next_is(':')) return error("a colon is missing");
      ++at_;
      IMGSLIM_TRY(auto member, read(depth + 1));
      value.members.push_back({std::move(key), std::move(member)});
      value.key_places.push_back(place);
      IMGSLIM_TRY_DONE(separator('}'));
    }
    ++at_;
    return value;
  }

  /// Reads up to the next item, or to the closing bracket.
  Status separator(char closing) {
    skip_blanks();
    if (next_is(closing)) return Done{};
    if (!next_is(',')) return error(std::string("\",\" or \"") + closing + "\" is missing");
    ++at_;
    skip_blanks();
    if (next_is(closing)) return error("a comma with nothing behind it");
    return Done{};
  }

  Result<std::string> string() {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) return error("a control character in a string: write \\n or \\u00XX");
      if (c != '\\') {
        out += c;
        continue;
      }
      ++at_;
      IMGSLIM_TRY_DONE(escape(out));
    }
    return error("a string without its end");
  }

  Status escape(std::string& out) {
    constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
    if (at_ == text_.size()) return error("a string without its end");
    if (const auto known = names.find(text_[at_]); known != std::string_view::npos) {
      out += values[known];
      return Done{};
    }
    if (text_[at_] != 'u') return error("an unknown escape in a string");
    IMGSLIM_TRY(auto value, four_digits());
    if (value >= 0xd800 && value < 0xdc00 && text_.substr(at_ + 1, 2) == "\\u") {
      at_ += 2;
      IMGSLIM_TRY(const auto low, four_digits());
      if (low < 0xdc00 || low > 0xdfff) return error("half of a surrogate pair");
      value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
    }
    if (value >= 0xd800 && value < 0xe000) return error("half of a surrogate pair");
    append_utf8(out, value);
    return Done{};
  }

  /// Of \uXXXX, `at_` on the "u" before and on the last digit after.
  Result<std::uint32_t> four_digits() {
    std::uint32_t value = 0;
    const auto digits = text_.substr(std::min(at_ + 1, text_.size()), 4);
    const auto [rest, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (code != std::errc() || rest != digits.data() + 4) return error("four hexadecimal digits are missing");
    at_ += 4;
    return value;
  }

  std::string_view text_, file_;
  std::size_t at_ = 0, line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

const Located* Located::find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

Result<Located> parse_located(std::string_view text, std::string_view file) { return Reader(text, file).document(); }

Error located_error(std::string_view file, const Located& at, std::string_view message) {
  return usage_error(std::string(file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                     std::string(message));
}

}  // namespace imgslim::json
