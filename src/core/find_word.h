#pragma once

#include <string.h>

#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace imgslim {

/// Where `word` (two bytes or more) stands next at or behind `from`, std::string_view::npos without. Words are short
/// and hits are many, which the set-up of memmem(3) does not like: 16 places at once are tried for the word's first and
/// last byte.
[[nodiscard]] inline std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  if (text.size() < word.size()) return std::string_view::npos;
  const auto last_place = text.size() - word.size();
#ifdef __SSE2__
  const auto first = _mm_set1_epi8(word.front()), last = _mm_set1_epi8(word.back());
  for (; from + 15 <= last_place; from += 16) {
    const char* const at = text.data() + from;
    const auto starts = _mm_cmpeq_epi8(first, _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
    const auto ends = _mm_cmpeq_epi8(last, _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + word.size() - 1)));
    for (auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(starts, ends))); hits != 0;
         hits &= hits - 1) {
      const auto place = static_cast<unsigned>(__builtin_ctz(hits));
      if (memcmp(at + place, word.data(), word.size()) == 0) return from + place;
    }
  }
#endif
  return from <= last_place ? text.find(word, from) : std::string_view::npos;
}

/// Where a string of lower-case letters begins behind a NUL that stands at or behind `from`, std::string_view::npos
/// without: tables of numbers are full of NULs, and what follows them is seldom a letter.
[[nodiscard]] inline std::size_t find_lower_case_string(std::string_view text, std::size_t from) {
  const auto is_lower_case = [](char c) { return c >= 'a' && c <= 'z'; };
#ifdef __SSE2__
  const auto below = _mm_set1_epi8('a' - 1), above = _mm_set1_epi8('z' + 1);
  for (; from + 16 < text.size(); from += 16) {
    const char* const at = text.data() + from;
    const auto nul = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)), _mm_setzero_si128());
    const auto next = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 1));
    const auto letter = _mm_and_si128(_mm_cmpgt_epi8(next, below), _mm_cmplt_epi8(next, above));
    const auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(nul, letter)));
    if (hits != 0) return from + static_cast<unsigned>(__builtin_ctz(hits)) + 1;
  }
#endif
  for (; from + 1 < text.size(); ++from)
    if (text[from] == '\0' && is_lower_case(text[from + 1])) return from + 1;
  return std::string_view::npos;
}

}  // namespace imgslim
