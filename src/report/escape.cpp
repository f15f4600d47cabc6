// Escaping by sink. A name in an image may hold any byte but "/" and NUL, an instruction or a label any UTF-8: raw on a
// terminal they move the cursor (ESC), reorder the line (bidirectional overrides, "Trojan Source") or hide in it
// (zero-width characters), and in a CI log some printable words are commands. Each sink gets a form that it shows as it
// is. JSON has one more need: it must give back the very bytes, and JSON strings cannot hold bytes that are not UTF-8;
// so those are written as \xNN, and backslashes are doubled to keep that apart from a name that holds the four
// characters \xNN. The convention holds for every string of a report, keys of `image.labels` included.
//
// What a code point is comes from the Unicode general category as utf8proc knows it.
#include "report/escape.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdio>

namespace imgslim::report {
namespace {

constexpr int combining_marks_kept = 4;

void append_byte_escape(std::string& out, std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    out.append("\\x").push_back(digits[value >> 4]);
    out.push_back(digits[value & 15]);
  }
}

/// Characters that are not shown as themselves in a cell of their own.
bool is_unprintable(std::int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

/// Azure Pipelines runs "##vso[…]" and "##[…]" anywhere in a log line (learn.microsoft.com, logging commands).
bool starts_log_command(std::string_view text) {
  if (!text.starts_with("##")) return false;
  text.remove_prefix(2);
  constexpr std::string_view area = "vso";
  const bool has_area = text.size() > area.size() && std::equal(area.begin(), area.end(), text.begin(),
                                                                [](char a, char b) { return a == (b | 0x20); });
  return text.substr(has_area ? area.size() : 0).starts_with('[');
}

/// GitHub runs "::name::…" at the start of a log line, after spaces (actions/toolkit docs/commands.md).
std::size_t leading_command_position(std::string_view text) {
  const auto start = text.find_first_not_of(' ');
  return start != std::string_view::npos && text.substr(start).starts_with("::") ? start : std::string_view::npos;
}

std::string escape_printable(std::string_view text, std::string_view reserved) {
  std::string out;
  out.reserve(text.size());
  const auto whole = text;
  const auto command_position = leading_command_position(text);
  int marks = combining_marks_kept;  // none may come first: it would join what stands before the text
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const auto bytes = text.substr(0, point.size_bytes);
    const bool joins = point.valid && utf8proc_charwidth(point.value) == 0;
    const bool piled = joins && ++marks > combining_marks_kept;
    if (!joins) marks = 0;
    const bool runs = whole.size() - text.size() == command_position || starts_log_command(text);
    if (!point.valid || piled || runs || is_unprintable(point.value) || reserved.find(bytes) != std::string_view::npos)
      append_byte_escape(out, bytes);
    else
      out.append(bytes);
    text.remove_prefix(point.size_bytes);
  }
  return out;
}

void append_utf16_escape(std::string& out, std::int32_t code_point) {
  char buffer[16];
  if (code_point < 0x10000) {
    std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(code_point));
  } else {
    const auto offset = static_cast<unsigned>(code_point - 0x10000);
    std::snprintf(buffer, sizeof buffer, "\\u%04x\\u%04x", 0xd800 + (offset >> 10), 0xdc00 + (offset & 0x3ff));
  }
  out.append(buffer);
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  utf8proc_int32_t value = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (size <= 0) return {lead, 1, false};
  return {value, static_cast<std::size_t>(size), true};
}

std::string escape_terminal(std::string_view text) { return escape_printable(text, {}); }

std::string escape_folded(std::string_view text) { return escape_printable(text, ";"); }

namespace {

/// What a byte that is not UTF-8 and a backslash become.
enum class Convention { bytes, text };

void append_quoted(std::string& out, std::string_view text, Convention convention) {
  out.push_back('"');
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const auto bytes = text.substr(0, point.size_bytes);
    if (!point.valid && convention == Convention::text) {
      out.append("\\ufffd");
    } else if (!point.valid) {
      out.push_back('\\');  // JSON's escape of the backslash that append_byte_escape starts with
      append_byte_escape(out, bytes);
    } else if (point.value == '\\') {
      out.append(convention == Convention::text ? "\\\\" : "\\\\\\\\");
    } else if (point.value == '"') {
      out.append("\\\"");
    } else if (point.value == '\n') {
      out.append("\\n");
    } else if (point.value == '\t') {
      out.append("\\t");
    } else if (is_unprintable(point.value) || starts_log_command(text)) {
      append_utf16_escape(out, point.value);
    } else {
      out.append(bytes);
    }
    text.remove_prefix(point.size_bytes);
  }
  out.push_back('"');
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) { append_quoted(out, text, Convention::bytes); }

void append_json_text(std::string& out, std::string_view text) { append_quoted(out, text, Convention::text); }

std::string unescape_bytes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\\') {
      ++i;
    } else if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x') {
      const int high = hex_value(text[i + 2]), low = hex_value(text[i + 3]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high << 4 | low));
        i += 3;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

}  // namespace imgslim::report
