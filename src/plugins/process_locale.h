#pragma once

#include <string>
#include <string_view>

#include "plugins/rule.h"

namespace imgslim::plugins {

/// The locale that the environment states for a category ("LC_CTYPE"): LC_ALL, the category's variable, LANG; "" for
/// none, and for "C" and "POSIX", which are built in.
[[nodiscard]] std::string_view stated_locale(const entrypoint::Process& process, std::string_view category);

/// "utf8" of "en_US.UTF-8", as names of directories write it: lower case, letters and digits only; "" without.
[[nodiscard]] std::string normalized_codeset(std::string_view locale);

/// A directory that the mapped C library states and that ends so ("/gconv", "/locale"), or "".
[[nodiscard]] std::string glibc_directory(const Context& context, linker::ObjectIndex glibc, std::string_view suffix);

/// Whether the program is a runtime that sets LC_CTYPE to UTF-8 by itself.
[[nodiscard]] bool sets_own_locale(const Context& context);

}  // namespace imgslim::plugins
