#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rootfs/file_system.h"
#include "runtime/closure.h"

/// How servers are told how many workers to start.
namespace imgslim::memory {

/// A number at the beginning of the text; at most 1,024.
[[nodiscard]] std::optional<std::uint64_t> worker_number(std::string_view text);

/// The value behind `name` on a line "name value;", "name = value", "name(value)" or "Name value", "" when the name
/// stands alone: the last one of the text.
[[nodiscard]] std::optional<std::string_view> setting(std::string_view text, std::string_view name);

/// The setting in the process's configuration files; what a later file says wins.
[[nodiscard]] std::optional<std::string_view> configured(const runtime::ProcessClosure& process,
                                                         const rootfs::FileSystem& files, std::string_view name);

/// Of the words of a command line behind its first one, the word behind an option ("-w", "4") or joined to it ("-w4",
/// "--workers=4"); "" for a name is none.
[[nodiscard]] std::optional<std::string_view> option(const std::vector<std::string>& argv, std::string_view short_name,
                                                     std::string_view long_name);

/// Whether the command line has the word by itself.
[[nodiscard]] bool has_word(const runtime::ProcessClosure& process, std::string_view word);

}  // namespace imgslim::memory
