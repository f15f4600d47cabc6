#include "linker/preload.h"

#include "linker/search_path.h"

namespace imgslim::linker {
namespace {

/// Words of an environment variable; a secure program takes no paths from it (elf/rtld.c, dso_name_valid_for_suid).
void add_words(std::string_view text, std::string_view separators, bool secure, std::vector<std::string>& names) {
  for (const auto word : split_words(text, separators)) {
    if (!secure || word.find('/') == std::string_view::npos) names.emplace_back(word);
  }
}

}  // namespace

std::vector<std::string> read_preload_file(std::string_view text) {
  std::vector<std::string> names;
  for (const auto line : split_words(text, "\n"))
    for (const auto word : split_words(line.substr(0, line.find('#')), ": \t")) names.emplace_back(word);
  return names;
}

std::vector<std::string> glibc_preloads(const Process& process) {
  std::vector<std::string> names;
  add_words(process.environment.preload, " :", process.secure, names);
  if (const auto text = process.files.text_at("/etc/ld.so.preload")) {
    for (auto& name : read_preload_file(*text)) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> glibc_audits(const Process& process) {
  std::vector<std::string> names;
  add_words(process.environment.audit, ":", process.secure, names);
  for (const auto& list : process.facts(0).audit) add_words(list, ":", process.secure, names);
  return names;
}

std::vector<std::string> musl_preloads(const Process& process) {
  std::vector<std::string> names;
  if (!process.secure) add_words(process.environment.preload, " \t\n\v\f\r:", false, names);
  return names;
}

}  // namespace imgslim::linker
