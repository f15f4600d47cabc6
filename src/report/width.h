#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text measured in terminal cells. Every text here has gone through escape_terminal.
namespace imgslim::report {

/// Cells that `text` takes: 2 for wide East Asian characters and emoji, 0 for combining marks (utf8proc_charwidth).
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` in at most `cells` cells; what is too long loses its end to `ellipsis`.
[[nodiscard]] std::string cut_end(std::string_view text, std::size_t cells, std::string_view ellipsis);

/// As cut_end, but the middle goes: both ends of a path tell what it is.
[[nodiscard]] std::string cut_middle(std::string_view text, std::size_t cells, std::string_view ellipsis);

/// Spaces before (right-aligned) or after (left-aligned) `text`, up to `cells`.
[[nodiscard]] std::string pad_before(std::string_view text, std::size_t cells);
[[nodiscard]] std::string pad_after(std::string_view text, std::size_t cells);

}  // namespace imgslim::report
