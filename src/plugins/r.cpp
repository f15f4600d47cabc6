// R (R Installation and Administration 6; R-exts 1.1 "Package structure", 5 "System and foreign language interfaces"):
// bin/exec/R maps lib/libR.so and attaches its default packages. A package that a script attaches brings those that its
// DESCRIPTION depends on or imports; each may have a compiled part, libs/NAME.so.
#include <algorithm>
#include <deque>
#include <unordered_set>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/language_rules.h"
#include "plugins/mapped_library.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view name_bytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";
constexpr std::size_t most_packages = 2'000;

/// The directory above bin/exec/R or lib/libR.so.
std::string home_of(const Context& context) {
  if (const auto library = mapped_library(context, "libR.so"))
    return std::string(parent_path(parent_path(context.map.objects()[*library].file.path)));
  const auto& program = context.process.program.path;
  if (program.ends_with("/bin/exec/R")) return std::string(parent_path(parent_path(parent_path(program))));
  return {};
}

/// Packages that a script names in calls such as library(NAME), and as NAME::object.
std::vector<std::string> packages_of_script(std::string_view text) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    if (!name.empty() && names.size() < most_packages) names.emplace_back(name);
  };
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = line.substr(0, line.find('#'));
    for (const std::string_view call : {"library(", "require(", "requireNamespace(", "loadNamespace("}) {
      for (auto at = line.find(call); at != std::string_view::npos; at = line.find(call, at + call.size())) {
        auto rest = line.substr(at + call.size());
        rest = rest.substr(std::min(rest.find_first_not_of(" \"'"), rest.size()));
        add(rest.substr(0, std::min(rest.find_first_not_of(name_bytes), rest.size())));
      }
    }
    for (auto at = line.find("::"); at != std::string_view::npos; at = line.find("::", at + 2)) {
      const auto before = line.substr(0, at);
      const auto start = before.find_last_not_of(name_bytes);
      add(before.substr(start == std::string_view::npos ? 0 : start + 1));
    }
  }
  return names;
}

/// The names in the fields Depends and Imports of a DESCRIPTION: "R (>= 3.5), rlang, vctrs (>= 0.6)".
std::vector<std::string> needs_of(std::string_view description) {
  std::vector<std::string> names;
  bool counts = false;
  while (!description.empty()) {
    auto line = description.substr(0, description.find('\n'));
    description.remove_prefix(std::min(description.size(), line.size() + 1));
    if (!line.empty() && blanks.find(line[0]) == std::string_view::npos) {
      counts = line.starts_with("Depends:") || line.starts_with("Imports:");
      line.remove_prefix(
          std::min(line.find(':') == std::string_view::npos ? line.size() : line.find(':') + 1, line.size()));
    }
    for (const auto& part : counts ? split_list(line, ',') : std::vector<std::string>()) {
      const auto begin = part.find_first_of(name_bytes);
      if (begin != std::string::npos)
        names.push_back(part.substr(begin, part.find_first_not_of(name_bytes, begin) - begin));
    }
  }
  return names;
}

class RRule {
 public:
  RRule(const Context& context, std::string home) : context_(context), home_(std::move(home)) {
    for (const auto* variable : {"R_LIBS", "R_LIBS_USER", "R_LIBS_SITE"})
      for (auto& directory : split_list(environment_value(context.process, variable), ':'))
        libraries_.push_back(std::move(directory));
    for (const auto* directory :
         {"/usr/local/lib/R/site-library", "/usr/lib/R/site-library", "/usr/local/lib/R/library"})
      libraries_.emplace_back(directory);
    libraries_.push_back(home_ + "/site-library");
    libraries_.push_back(home_ + "/library");
  }

  std::vector<Candidate> run() {
    const auto& program = context_.process.program.path;
    result_.push_back(
        {home_ + "/lib/libR.so", Use::object, Tier::declared, Via::r_library, program, "LD_LIBRARY_PATH of bin/R"});
    auto packages = split_list(environment_value(context_.process, "R_DEFAULT_PACKAGES"), ',');
    if (packages.empty()) packages = {"utils", "grDevices", "graphics", "stats"};
    packages.insert(packages.begin(), "methods");
    for (const auto& package : packages) reach(package, {Tier::declared, program, "default package " + package});
    const auto& argv = context_.process.argv;
    for (std::size_t i = 1; i < argv.size(); ++i) {
      const auto is_file = argv[i].starts_with("--file=") || argv[i] == "-f";
      if (argv[i] == "-e" && i + 1 < argv.size()) read_script(argv[i + 1], program);
      if (is_file)
        reach_script(argv[i] == "-f" && i + 1 < argv.size() ? argv[i + 1]
                                                            : argv[i].substr(std::min<std::size_t>(7, argv[i].size())));
    }
    follow();
    return std::move(result_);
  }

 private:
  struct Reason {
    Tier tier;
    std::string from, detail;
  };
  struct Pending {
    std::string package;
    Reason reason;
  };

  void reach(std::string package, Reason reason) {
    if (seen_.size() < most_packages && seen_.insert(package).second)
      pending_.push_back({std::move(package), std::move(reason)});
  }

  void reach_script(const std::string& name) {
    const auto file = context_.files.find(absolute_path(context_.process, name));
    if (!file) return;
    result_.push_back(
        {file->path, Use::source, Tier::declared, Via::r_library, context_.process.program.path, "argument " + name});
    read_script(context_.files.text(file->file).value_or(""), file->path);
  }

  void read_script(std::string_view text, const std::string& from) {
    for (auto& package : packages_of_script(text)) {
      auto detail = "package " + package;
      reach(std::move(package), {Tier::likely, from, std::move(detail)});
    }
  }

  /// Goes on from package to package; base ones have no need that is no default.
  void follow() {
    while (!pending_.empty()) {
      const auto [package, reason] = std::move(pending_.front());
      pending_.pop_front();
      for (const auto& library : libraries_) {
        const auto directory = join_path(library, package);
        if (!context_.files.is_directory(directory)) continue;
        auto from = reason.from;
        if (const auto description = context_.files.find(directory + "/DESCRIPTION");
            description && reason.tier != Tier::declared) {
          result_.push_back({description->path, Use::source, reason.tier, Via::r_library, reason.from, reason.detail});
          from = description->path;
          for (auto& need : needs_of(context_.files.text(description->file).value_or("")))
            reach(std::move(need), {Tier::likely, description->path, "imported by " + package});
        }
        result_.push_back({join_path(directory + "/libs", package + ".so"), Use::object, reason.tier, Via::r_library,
                           from, reason.detail});
        break;
      }
    }
  }

  const Context& context_;
  std::string home_;
  std::vector<std::string> libraries_;
  std::unordered_set<std::string> seen_;
  std::deque<Pending> pending_;
  std::vector<Candidate> result_;
};

}  // namespace

std::vector<Candidate> r_libraries(const Context& context) {
  auto home = home_of(context);
  return home.empty() ? std::vector<Candidate>() : RRule(context, std::move(home)).run();
}

}  // namespace imgslim::plugins
