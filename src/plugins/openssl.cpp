// OpenSSL 3 reads openssl.cnf when its library is initialised (crypto/conf/conf_mod.c): "openssl_conf" names a section,
// its "providers" and "engines" name sections that list what to load, each with a section of its own: "activate" for a
// provider, "module" or "dynamic_path" for its file. The providers default, base and null are built in.
#include <algorithm>
#include <map>
#include <string>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/mapped_library.h"
#include "plugins/named_paths.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  text = text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

struct Value {
  std::string_view text;
  std::uint32_t line = 0;
};
using Section = std::map<std::string_view, Value>;

/// Sections of config(5); what stands before the first is "default". The last of equal keys counts.
std::map<std::string_view, Section> read_sections(std::string_view text) {
  std::map<std::string_view, Section> sections;
  std::string_view section = "default";
  std::uint32_t number = 0;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    line = trimmed(line.substr(0, line.find('#')));
    const auto equals = line.find('=');
    if (line.starts_with('['))
      section = trimmed(line.substr(1, line.find(']') - 1));
    else if (equals != std::string_view::npos)
      sections[section][trimmed(line.substr(0, equals))] = {trimmed(line.substr(equals + 1)), number};
  }
  return sections;
}

class Configuration {
 public:
  explicit Configuration(std::string_view text) : sections_(read_sections(text)) {}

  [[nodiscard]] Value value(std::string_view section, std::string_view key) const {
    const auto place = sections_.find(section);
    if (place == sections_.end()) return {};
    const auto entry = place->second.find(key);
    return entry == place->second.end() ? Value() : entry->second;
  }
  /// What the section that [openssl_conf] names as `kind` lists: name -> its own section.
  [[nodiscard]] Section listed(std::string_view kind) const {
    const auto place = sections_.find(value(value("default", "openssl_conf").text, kind).text);
    return place == sections_.end() ? Section() : place->second;
  }

 private:
  std::map<std::string_view, Section> sections_;
};

bool is_on(std::string_view text) {
  return text == "1" || text == "yes" || text == "true" || text == "on" || text == "YES" || text == "TRUE" ||
         text == "ON";
}

/// A directory that libcrypto states: "/usr/lib/ssl" by its configuration, ".../ossl-modules" by its name.
std::string stated_directory(const Context& context, linker::ObjectIndex libcrypto, std::string_view suffix) {
  const auto* facts = context.files.elf(context.map.objects()[libcrypto].file.file);
  if (facts == nullptr) return {};
  for (const auto& path : facts->path_strings)
    if (path.ends_with(suffix)) return path;
  return {};
}

std::string config_path(const Context& context, linker::ObjectIndex libcrypto) {
  if (const auto stated = environment_value(context.process, "OPENSSL_CONF"); !stated.empty())
    return std::string(stated);
  const auto* facts = context.files.elf(context.map.objects()[libcrypto].file.file);
  if (facts != nullptr) {
    for (const auto& path : facts->path_strings) {
      if (context.files.find(path + "/openssl.cnf")) return path + "/openssl.cnf";
      if (path.ends_with("/openssl.cnf") && context.files.find(path)) return path;
    }
  }
  return {};
}

/// Python's cryptography loads the provider of old algorithms when it is imported, unless it is told not to.
std::optional<linker::ObjectIndex> user_of_legacy(const Context& context) {
  if (!environment_value(context.process, "CRYPTOGRAPHY_OPENSSL_NO_LEGACY").empty()) return std::nullopt;
  const auto& objects = context.map.objects();
  for (std::size_t i = 0; i < objects.size(); ++i)
    if (objects[i].file.path.find("/cryptography/hazmat/bindings/") != std::string::npos)
      return static_cast<linker::ObjectIndex>(i);
  return std::nullopt;
}

}  // namespace

std::vector<Candidate> openssl_modules(const Context& context) {
  std::vector<Candidate> result;
  const auto libcrypto = mapped_library(context, "libcrypto.so.");
  if (!libcrypto) return result;
  if (const auto user = user_of_legacy(context))
    result.push_back({stated_directory(context, *libcrypto, "/ossl-modules") + "/legacy.so", Use::object, Tier::likely,
                      Via::openssl, context.map.objects()[*user].file.path, "legacy provider"});
  const auto path = config_path(context, *libcrypto);
  const auto text = path.empty() ? std::nullopt : context.files.text_at(path);
  if (!text) return result;
  const Configuration configuration(*text);
  const auto add = [&](std::string_view module, std::string_view directory_suffix, std::uint32_t line) {
    const auto name = module.starts_with('/')
                          ? std::string(module)
                          : stated_directory(context, *libcrypto, directory_suffix) + "/" + std::string(module);
    result.push_back({name, Use::object, Tier::declared, Via::openssl, context.map.objects()[*libcrypto].file.path,
                      path + ":" + std::to_string(line)});
  };
  for (const auto& [name, section] : configuration.listed("providers")) {
    const auto activate = configuration.value(section.text, "activate");
    if (!is_on(activate.text) || name == "default" || name == "base" || name == "null") continue;
    const auto module = configuration.value(section.text, "module");
    add(module.text.empty() ? std::string(name) + ".so" : module.text, "/ossl-modules", activate.line);
  }
  for (const auto& [name, section] : configuration.listed("engines")) {
    const auto dynamic = configuration.value(section.text, "dynamic_path");
    if (!dynamic.text.empty()) add(dynamic.text, "/engines-3", dynamic.line);
  }
  return result;
}

}  // namespace imgslim::plugins
