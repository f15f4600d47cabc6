// setlocale of glibc maps the locale's files (locale/findlocale.c, loadarchive.c, loadlocale.c): the archive when it
// exists, else the directory NAME.codeset with one file for each category. That happens when the environment states a
// locale other than C, or when the program asks for one itself: Python, PHP, PostgreSQL and gdb ask for C.UTF-8 of
// LC_CTYPE.
#include <algorithm>
#include <string>

#include "plugins/mapped_library.h"
#include "plugins/process_locale.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

constexpr std::string_view categories[] = {"LC_CTYPE",    "LC_NUMERIC",   "LC_TIME",        "LC_COLLATE",
                                           "LC_MONETARY", "LC_MESSAGES",  "LC_PAPER",       "LC_NAME",
                                           "LC_ADDRESS",  "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION"};

/// "/usr/lib/locale/en_US.utf8", or as the environment spells it, or "".
std::string locale_directory(const rootfs::FileSystem& files, const std::string& root, std::string_view locale) {
  const auto codeset = normalized_codeset(locale);
  const auto plain = root + "/" + std::string(locale);
  if (codeset.empty()) return files.is_directory(plain) ? plain : "";
  auto normalized = root + "/" + std::string(locale.substr(0, locale.find('.'))) + "." + codeset;
  if (files.is_directory(normalized)) return normalized;
  return files.is_directory(plain) ? plain : "";
}

}  // namespace

std::vector<Candidate> locale_files(const Context& context) {
  std::vector<Candidate> result;
  const auto glibc = mapped_glibc(context);
  const auto asking = importer(context, elf::imports_locale);
  if (!glibc || !asking) return result;
  const auto root = glibc_directory(context, glibc->object, "/locale");
  if (root.empty()) return result;
  const auto& from = context.map.objects()[*asking].file.path;
  const bool own = sets_own_locale(context);
  for (const auto category : categories) {
    const auto stated = stated_locale(context.process, category);
    const auto locale = stated.empty() && own && category == "LC_CTYPE" ? std::string_view("C.UTF-8") : stated;
    if (locale.empty()) continue;
    const auto evidence = std::string(category) + " " + std::string(locale);
    if (!locale.starts_with("C.") && context.files.find(root + "/locale-archive")) {
      result.push_back({root + "/locale-archive", Use::data, Tier::declared, Via::locale, from, evidence});
      continue;
    }
    const auto directory = locale_directory(context.files, root, locale);
    if (directory.empty()) continue;
    const auto file = category == "LC_MESSAGES" ? "/LC_MESSAGES/SYS_LC_MESSAGES" : "/" + std::string(category);
    result.push_back({directory + file, Use::data, Tier::declared, Via::locale, from, evidence});
  }
  return result;
}

}  // namespace imgslim::plugins
