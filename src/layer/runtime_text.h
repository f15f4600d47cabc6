#pragma once

#include <cstdint>
#include <string_view>

namespace imgslim::layer {

/// What wants_runtime_text() goes by.
struct TextCandidate {
  std::string_view clean_path;
  bool executable = false;
  std::uint64_t logical_bytes = 0;
  /// The first text_judging_bytes, or all of a smaller file.
  std::string_view first_bytes;
};

/// Binary content shows in so many bytes.
inline constexpr std::uint64_t text_judging_bytes = 4096;
/// Larger files are not wanted; etc/ld.so.cache may be larger.
inline constexpr std::uint64_t largest_runtime_text_bytes = 300u << 10;
/// Of executable scripts: installers and wrappers that carry data are longer than any configuration.
inline constexpr std::uint64_t largest_script_bytes = 2u << 20;

/// True when a text of this name may be wanted, whatever its mode and content. Runs for every path of an image.
[[nodiscard]] bool has_runtime_text_name(std::string_view clean_path);

/// True when the text of a file is wanted by the run-time stages: linker configuration, configuration files, scripts,
/// metadata of language runtimes. Content with a NUL byte is no text, except the linker's cache.
[[nodiscard]] bool wants_runtime_text(const TextCandidate& file);

}  // namespace imgslim::layer
