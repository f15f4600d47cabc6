#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// One escaper for each sink: text from an image reaches no output but through these.
namespace imgslim::report {

/// One code point at the start of `text`. Bytes that are not UTF-8 come one at a time with `valid` false.
struct CodePoint {
  std::int32_t value = 0;
  std::size_t size_bytes = 1;
  bool valid = false;
};

/// `text` must not be empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// For terminals and logs: valid UTF-8 in which controls (C0, DEL, C1), line and paragraph separators, invisible format
/// characters (bidirectional overrides, zero-width joiners), unassigned code points, bytes that are not UTF-8, and
/// combining marks without a base or in piles stand as \xNN, as does the first character of what CI systems run as a
/// command ("::error::" at the start, "##vso[" and "##[" anywhere). Other text is unchanged, backslashes too.
[[nodiscard]] std::string escape_terminal(std::string_view text);

/// For one frame of a folded stack: as escape_terminal, and ";" as \x3b.
[[nodiscard]] std::string escape_folded(std::string_view text);

/// Appends `text` as a quoted JSON string that gives it back byte for byte: a byte that is not UTF-8 is written as the
/// four characters \xNN and a backslash as two, then JSON's own escapes apply. Controls, format characters and
/// separators stand as \uNNNN, and so does the start of a CI command, so that the JSON is safe to look at.
void append_json_string(std::string& out, std::string_view text);

/// The same for readers that know nothing of that convention (SARIF, findings and trees of Dockerfiles): a backslash is
/// one backslash, and U+FFFD stands for a byte that is not UTF-8.
void append_json_text(std::string& out, std::string_view text);

/// Undoes the byte convention of append_json_string on a decoded JSON string. A backslash that starts neither "\\" nor
/// "\xNN" stands for itself.
[[nodiscard]] std::string unescape_bytes(std::string_view text);

}  // namespace imgslim::report
