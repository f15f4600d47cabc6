#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imgslim {

/// A path inside a layer or image as a byte string, relative to the root, without leading "/" or "./", with no empty
/// or "." component and no trailing "/". The root itself is "". Bytes need not be UTF-8.
struct CleanPath {
  std::string text;
  bool escaped_root = false;  ///< ".." tried to climb above the root; it was clamped there
};

/// Normalises a tar member's name; ".." is resolved textually and clamped at the root.
[[nodiscard]] CleanPath clean_path(std::string_view raw);

/// "a/b" of "a/b/c", "" of "a".
[[nodiscard]] std::string_view parent_path(std::string_view path);
/// "c" of "a/b/c".
[[nodiscard]] std::string_view base_name(std::string_view path);
/// Joins two clean paths; either may be empty.
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view name);
/// Where a symlink at `link` with target `target` points, as a clean path (absolute targets start at the root).
[[nodiscard]] CleanPath resolve_link(std::string_view link, std::string_view target);
/// True when `path` is `directory` or below it; "" is above everything.
[[nodiscard]] bool is_within(std::string_view path, std::string_view directory);
/// True when one of the directories above the path's last component has the name; "lib/apk" is two in a row.
[[nodiscard]] bool is_below_directory_named(std::string_view path, std::string_view name);

}  // namespace imgslim
