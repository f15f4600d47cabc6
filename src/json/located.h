#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgslim/result.h"

/// JSON whose values know where they stand, for files that people write: every complaint can point at its cause.
namespace imgslim::json {

/// One value of a document. Which members count depends on the kind.
struct Located {
  struct Member;
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  bool truth = false;
  double number = 0;
  std::string text;                    ///< of a string, decoded
  std::vector<Located> items;          ///< of an array
  std::vector<Member> members;         ///< of an object, in the order written; keys are unique
  std::uint32_t line = 1, column = 1;  ///< of its first byte; columns count bytes
  std::vector<std::pair<std::uint32_t, std::uint32_t>> key_places;  ///< line and column of each member's key

  /// The member of that name, or null.
  [[nodiscard]] const Located* find(std::string_view key) const;
};

/// A key and its value.
struct Located::Member {
  std::string first;
  Located second;
};

/// How deep arrays and objects may nest in a document that people write.
inline constexpr unsigned deepest_document = 64;
/// How many members an object of it may have.
inline constexpr unsigned most_members = 10'000;

/// Parses RFC 8259 JSON. Errors are ErrorKind::usage: "FILE:LINE:COLUMN: what is wrong"; duplicate keys are one.
Result<Located> parse_located(std::string_view text, std::string_view file);

/// "FILE:LINE:COLUMN: message" at the value.
[[nodiscard]] Error located_error(std::string_view file, const Located& at, std::string_view message);

}  // namespace imgslim::json
