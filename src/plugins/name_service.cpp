// glibc's name service switch (nss/nss_module.c, nss_database.c): who asks for users, hosts or services makes the C
// library open libnss_SERVICE.so.2 for each service on the database's line of /etc/nsswitch.conf. "files" and "dns" are
// built in since 2.34. Without the file the defaults are those two. musl has nothing of the kind.
#include <algorithm>
#include <string>

#include "plugins/mapped_library.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

constexpr std::string_view config_path = "/etc/nsswitch.conf";

struct Database {
  std::string_view name;
  std::uint32_t imports;
  std::string_view services;  ///< when the file does not say
};

constexpr Database databases[] = {
    {"passwd", elf::imports_users, "files"},       {"group", elf::imports_users, "files"},
    {"shadow", elf::imports_users, "files"},       {"initgroups", elf::imports_users, ""},
    {"hosts", elf::imports_hosts, "files dns"},    {"services", elf::imports_services, "files"},
    {"protocols", elf::imports_services, "files"}, {"networks", elf::imports_services, "files dns"}};

struct Line {
  std::string_view services;
  std::uint32_t number = 0;  ///< 0: a default
};

/// What the file says of a database; its first line counts.
Line line_of(std::string_view text, const Database& database) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    line = line.substr(0, line.find('#'));
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    line.remove_prefix(begin);
    if (!line.starts_with(database.name)) continue;
    line.remove_prefix(database.name.size());
    const auto colon = line.find_first_not_of(" \t");
    if (colon != std::string_view::npos && line[colon] == ':') return {line.substr(colon + 1), number};
  }
  return {database.services, 0};
}

/// Words of a line, "[NOTFOUND=return]" left out.
std::vector<std::string_view> services_of(std::string_view line) {
  std::vector<std::string_view> result;
  while (!line.empty()) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    if (line.front() == '[') {
      line.remove_prefix(
          std::min(line.size(), line.find(']') == std::string_view::npos ? line.size() : line.find(']') + 1));
      continue;
    }
    const auto word = line.substr(0, line.find_first_of(" \t\r["));
    result.push_back(word);
    line.remove_prefix(word.size());
  }
  return result;
}

}  // namespace

std::vector<Candidate> name_services(const Context& context) {
  std::vector<Candidate> result;
  const auto glibc = mapped_glibc(context);
  if (!glibc) return result;
  const auto text = context.files.text_at(config_path).value_or("");
  for (const auto& database : databases) {
    const auto asking = importer(context, database.imports);
    if (!asking) continue;
    const auto line = line_of(text, database);
    for (const auto service : services_of(line.services)) {
      if (glibc->has_2_34 && (service == "files" || service == "dns")) continue;
      const auto evidence = line.number == 0 ? "default of " + std::string(database.name)
                                             : std::string(config_path) + ":" + std::to_string(line.number);
      result.push_back({"libnss_" + std::string(service) + ".so.2", Use::object, Tier::declared, Via::name_service,
                        context.map.objects()[*asking].file.path, evidence});
    }
  }
  return result;
}

}  // namespace imgslim::plugins
