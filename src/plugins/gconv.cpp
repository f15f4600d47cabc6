// glibc maps gconv-modules.cache when a conversion of characters is first looked up (iconv/gconv_cache.c): for the code
// set of a locale other than C, or by iconv_open. The converter of the environment's code set may follow; UTF-8, ASCII
// and the UCS forms are built in.
#include <algorithm>
#include <cctype>
#include <string>

#include "core/path.h"
#include "plugins/mapped_library.h"
#include "plugins/process_locale.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

/// "iso88591" of "ISO8859-1.so": as normalized_codeset writes it.
std::string folded(std::string_view name) {
  return normalized_codeset("." + std::string(name.substr(0, name.find(".so"))));
}

}  // namespace

std::vector<Candidate> character_converters(const Context& context) {
  std::vector<Candidate> result;
  const auto glibc = mapped_glibc(context);
  if (!glibc) return result;
  const auto by_locale = importer(context, elf::imports_locale);
  const auto by_iconv = importer(context, elf::imports_iconv);
  const auto directory = glibc_directory(context, glibc->object, "/gconv");
  if ((!by_locale && !by_iconv) || directory.empty()) return result;
  const auto locale = stated_locale(context.process, "LC_CTYPE");
  const bool sure = by_locale && (!locale.empty() || sets_own_locale(context));
  const auto& from = context.map.objects()[by_locale ? *by_locale : *by_iconv].file.path;
  const auto evidence = locale.empty() ? std::string() : "LC_CTYPE " + std::string(locale);
  result.push_back({directory + "/gconv-modules.cache", Use::data, sure ? Tier::declared : Tier::possible, Via::gconv,
                    from, evidence});
  const auto codeset = normalized_codeset(locale);
  if (codeset.empty() || codeset == "utf8") return result;
  for (const auto& name : context.files.list(directory)) {
    if (name.ends_with(".so") && folded(name) == codeset)
      result.push_back({join_path(directory, name), Use::object, Tier::possible, Via::gconv, from, evidence});
  }
  return result;
}

}  // namespace imgslim::plugins
