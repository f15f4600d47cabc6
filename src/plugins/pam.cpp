// Linux-PAM (libpam/pam_handlers.c): a program that links libpam opens the modules of its service, the file of its own
// name in pam.d, with what that includes. The service "other" stands in when there is none, which tells little:
// programs link libpam and never start a session.
#include <algorithm>
#include <set>
#include <string>

#include "core/path.h"
#include "plugins/mapped_library.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

constexpr int deepest_include = 16;
constexpr std::string_view service_directories[] = {"/etc/pam.d/", "/usr/lib/pam.d/", "/usr/share/pam.d/",
                                                    "/usr/etc/pam.d/"};

/// Words of a line of pam.d(5); a bracketed control is one word.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  while (words.size() < 4) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    auto end = line.front() == '[' ? line.find(']') : line.find_first_of(" \t\r");
    end = end == std::string_view::npos ? line.size() : end + (line.front() == '[' ? 1 : 0);
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

class Services {
 public:
  Services(const Context& context, linker::ObjectIndex libpam) : context_(context), libpam_(libpam) {}

  bool add(std::string_view service, Tier tier, int depth = 0) {
    if (service.empty() || service.find('/') != std::string_view::npos || depth > deepest_include) return false;
    for (const auto directory : service_directories) {
      const auto path = std::string(directory).append(service);
      const auto text = context_.files.text_at(path);
      if (!text) continue;
      if (seen_.insert(path).second) read(path, *text, tier, depth);
      return true;
    }
    return false;
  }

  std::vector<Candidate> take() { return std::move(result_); }

 private:
  void read(const std::string& path, std::string_view text, Tier tier, int depth) {
    std::uint32_t number = 0;
    while (!text.empty()) {
      const auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      ++number;
      const auto words = words_of(line);
      if (words.size() >= 2 && words[0] == "@include") add(words[1], tier, depth + 1);
      if (words.size() < 3) continue;
      if (words[1] == "include" || words[1] == "substack")
        add(base_name(words[2]), tier, depth + 1);
      else
        add_module(words[2], path + ":" + std::to_string(number), tier);
    }
  }

  /// Modules stand in "security" beside libpam, or where the line says.
  void add_module(std::string_view name, std::string evidence, Tier tier) {
    const auto& libpam = context_.map.objects()[libpam_].file.path;
    Candidate candidate{std::string(name), Use::object, tier, Via::pam, libpam, std::move(evidence)};
    if (!name.starts_with('/')) {
      candidate.name = std::string(parent_path(libpam)) + "/security/" + std::string(name);
      for (const std::string_view directory :
           {"/lib/security/", "/usr/lib/security/", "/lib64/security/", "/usr/lib64/security/"})
        candidate.alternatives.push_back(std::string(directory).append(name));
    }
    result_.push_back(std::move(candidate));
  }

  const Context& context_;
  const linker::ObjectIndex libpam_;
  std::set<std::string> seen_;
  std::vector<Candidate> result_;
};

}  // namespace

std::vector<Candidate> pam_modules(const Context& context) {
  const auto libpam = mapped_library(context, "libpam.so");
  if (!libpam || !importer(context, elf::imports_pam)) return {};
  constexpr std::uint32_t set_user_id = 04000;
  const auto& program = context.process.program;
  const bool at_start = (context.files.permissions(program.file).mode & set_user_id) != 0;
  Services services(context, *libpam);
  const auto tier = at_start ? Tier::declared : Tier::possible;
  if (!services.add(base_name(program.path), tier)) services.add("other", Tier::possible);
  return services.take();
}

}  // namespace imgslim::plugins
