#pragma once

#include <string>
#include <vector>

#include "elf/loaded_image.h"

namespace imgslim::elf {

enum class ModuleNames : std::uint8_t {
  ignored,  ///< but for words of lower case where the file has a format of library names
  wanted,   ///< of Python
  of_ruby,  ///< paths and words of lower case: "json/common", "digest"
};

/// Strings of a file's data, each once: constants in file order, then those of writable data.
struct ConstantStrings {
  std::vector<std::string> paths, libraries, modules;
  bool cut = false;  ///< more than is kept, or data that is not at hand
};

/// Absolute paths of two or more components ("/usr/lib/php"), also within a longer string behind a separator; names
/// like "libjvm.so" without a slash, and behind those formats of such names ("%s_dri.so", of ".so" alone "%s.so"); with
/// `module_names` words like "_name" and "package._name", or "digest" and "json/common", that are strings of their own.
/// `excluded` are tables of the file whose strings have another meaning. At most 64 KiB of each kind are kept.
[[nodiscard]] ConstantStrings find_constant_strings(const LoadedImage& image, std::vector<AddressRange> excluded,
                                                    ModuleNames module_names);

}  // namespace imgslim::elf
