#pragma once

#include <string>
#include <string_view>

namespace imgslim::attribution {

/// What a file is for, as far as its place and name tell: one class for each path, so that classes partition bytes.
/// Asked for every file of an image, of which there may be millions: what the last file's directory says is kept for
/// the next one.
class ContentClasses {
 public:
  /// `is_elf` comes from the file's first bytes. The classes of ELF sections are not among the results.
  [[nodiscard]] std::string_view of(std::string_view path, bool is_elf);

 private:
  bool asked_ = false;
  std::string directory_;
  std::string_view by_place_, by_component_;
  bool is_deep_ = false;  // below every directory that a class names
};

/// Classes of bytes inside ELF files that the loader never maps.
inline constexpr std::string_view debug_section_class = "debug sections";
inline constexpr std::string_view symbol_table_class = "symbol tables";
/// Tar headers and padding never count as content; files that fit no class do.
inline constexpr std::string_view other_class = "[other files]";

/// True for files that a package manager keeps about itself (var/lib/dpkg and its kin).
[[nodiscard]] bool is_package_database(std::string_view path);

}  // namespace imgslim::attribution
