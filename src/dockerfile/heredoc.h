#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

/// The heredoc that a word such as `<<EOF`, `3<<-"EOF"` opens, its body still empty; nothing for other words.
[[nodiscard]] std::optional<Heredoc> heredoc_of_word(std::string_view word);

/// The heredocs that a RUN, COPY or ADD opens on its logical line, in order.
[[nodiscard]] std::vector<Heredoc> find_heredocs(const MappedText& line);

/// Reads the bodies of `heredocs` from line `first` on. Returns the first line behind them.
[[nodiscard]] std::uint32_t read_heredoc_bodies(const File& file, std::uint32_t first, std::vector<Heredoc>& heredocs);

}  // namespace imgslim::dockerfile
