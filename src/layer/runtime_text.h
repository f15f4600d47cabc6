#pragma once

#include <cstdint>
#include <string_view>

namespace imgslim::layer {

/// True when the text of a file is wanted by the run-time stages, judged by its clean path, its mode and its first bytes:
/// linker configuration, configuration files, scripts, metadata of language runtimes. Files of more than
/// `largest_runtime_text_bytes` are not (etc/ld.so.cache may be larger).
[[nodiscard]] bool wants_runtime_text(std::string_view clean_path, bool executable, std::string_view first_bytes,
                                      std::uint64_t logical_bytes);

inline constexpr std::uint64_t largest_runtime_text_bytes = 300u << 10;

}  // namespace imgslim::layer
