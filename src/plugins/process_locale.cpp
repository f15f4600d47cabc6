#include "plugins/process_locale.h"

#include <cctype>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/mapped_library.h"

namespace imgslim::plugins {

std::string_view stated_locale(const entrypoint::Process& process, std::string_view category) {
  for (const std::string_view name : {std::string_view("LC_ALL"), category, std::string_view("LANG")}) {
    const auto value = environment_value(process, name);
    if (!value.empty()) return value == "C" || value == "POSIX" ? std::string_view() : value;
  }
  return {};
}

std::string normalized_codeset(std::string_view locale) {
  const auto dot = locale.find('.');
  if (dot == std::string_view::npos) return {};
  std::string result;
  for (const char c : locale.substr(dot + 1, locale.find('@', dot) - dot - 1))
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string glibc_directory(const Context& context, linker::ObjectIndex glibc, std::string_view suffix) {
  const auto* facts = context.files.elf(context.map.objects()[glibc].file.file);
  if (facts == nullptr) return {};
  for (const auto& path : facts->path_strings)
    if (path.ends_with(suffix) && context.files.is_directory(path)) return path;
  return {};
}

bool sets_own_locale(const Context& context) {
  const auto name = base_name(context.process.program.path);
  for (const std::string_view runtime : {"python", "php", "postgres", "gdb"})
    if (name.starts_with(runtime)) return true;
  return mapped_library(context, "libpython").has_value() || mapped_library(context, "libphp").has_value();
}

}  // namespace imgslim::plugins
