#include "core/find_word.h"

#include <string>

#include "support/catch.h"

namespace imgslim {
namespace {

/// Bytes of few kinds, so that beginnings and parts of what is searched for stand everywhere.
std::string random_text(std::size_t size, std::string_view bytes, std::uint32_t seed) {
  std::string text;
  for (std::size_t at = 0; at < size; ++at) {
    seed = seed * 1664525u + 1013904223u;
    text += bytes[(seed >> 16) % bytes.size()];
  }
  return text;
}

std::size_t lower_case_string_one_by_one(std::string_view text, std::size_t from) {
  for (; from + 1 < text.size(); ++from)
    if (text[from] == '\0' && text[from + 1] >= 'a' && text[from + 1] <= 'z') return from + 1;
  return std::string_view::npos;
}

TEST_CASE("A word is found where std::string_view finds it, at every length and place") {
  for (std::uint32_t size = 0; size < 80; ++size) {
    const auto text = random_text(size, ".so/", size);
    for (std::size_t from = 0; from <= size; ++from) {
      CHECK(find_word(text, ".so", from) == std::string_view(text).find(".so", from));
      CHECK(find_word(text, "so", from) == std::string_view(text).find("so", from));
    }
  }
}

TEST_CASE("A string that begins with a lower-case letter is found behind its NUL, at every length and place") {
  using std::string_view_literals::operator""sv;
  for (std::uint32_t size = 0; size < 80; ++size)
    for (const auto bytes : {"\0az`{A\x80\xff"sv, "\0\0\0\0\0\0\0q"sv, "\0z"sv}) {
      const auto text = random_text(size, bytes, size);
      for (std::size_t from = 0; from <= size; ++from)
        CHECK(find_lower_case_string(text, from) == lower_case_string_one_by_one(text, from));
    }
}

}  // namespace
}  // namespace imgslim
