// The packages of a Tcl program (Tcl manual: package(n), pkgMkIndex(n), tclvars(n)). The directories of auto_path are
// compiled into libtcl; there and one level below pkgIndex.tcl says for each package what to load:
// `package ifneeded NAME VERSION {load [file join $dir libNAME.so]}`.
#include <algorithm>
#include <map>
#include <set>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/directory_index.h"
#include "plugins/import_walk.h"
#include "plugins/language_rules.h"
#include "plugins/named_paths.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

constexpr ScriptGrammar grammar{"", "", "", "", "", "", ""};
constexpr std::string_view index_name = "pkgIndex.tcl";
constexpr std::size_t most_packages = 10'000, most_files_of_package = 200;

bool is_interpreter(std::string_view name) {
  return name.starts_with("tclsh") || name.starts_with("wish") || name.starts_with("expect");
}

/// What a package is made of.
struct Package {
  std::string index;               ///< its pkgIndex.tcl
  std::vector<std::string> files;  ///< that the index names and that are there
};

class TclRule {
 public:
  explicit TclRule(const Context& context)
      : context_(context), index_(context.files), walk_(context, Via::tcl_package, imports::Language::tcl) {}

  std::vector<Candidate> run() {
    const auto& program = context_.process.program.path;
    const auto command = parse_script_command(context_.process, grammar);
    const auto script = context_.files.find(command.script);
    if (command.script.empty() || !script) return {};
    read_indexes();
    walk_.reach(*script, {Tier::declared, program, "argument " + command.script});
    while (auto visit = walk_.next()) follow(*visit);
    return walk_.take();
  }

 private:
  void read_indexes() {
    std::vector<std::string> roots = split_list(environment_value(context_.process, "TCLLIBPATH"), ' ');
    for (const auto& object : context_.map.objects()) {
      const auto name = base_name(object.file.path);
      const auto* const facts = context_.files.elf(object.file.file);
      is_tcl9_ |= name.starts_with("libtcl9") || name.starts_with("tclsh9");
      if (facts == nullptr || !(name.starts_with("libtcl") || is_interpreter(name))) continue;
      for (const auto& text : facts->path_strings) roots.push_back(text);
    }
    for (const auto& root : roots) {
      if (root.find("tcl") == std::string::npos && root != "/usr/lib" && root != "/usr/share") continue;
      for (const auto& directory : {root, std::string(parent_path(root))}) {
        read_index(directory);
        for (const auto& name : index_.names(directory)) read_index(join_path(directory, name));
      }
    }
  }

  void read_index(const std::string& directory) {
    if (depth_of(directory) < 2 || !index_.has(directory, index_name) || !read_.insert(directory).second) return;
    const auto path = directory + "/" + std::string(index_name);
    auto text = context_.files.text_at(path).value_or("");
    constexpr std::string_view command = "ifneeded";
    for (auto at = text.find(command); at != std::string_view::npos && packages_.size() < most_packages;) {
      const auto next = text.find(command, at + command.size());
      read_package(text.substr(at + command.size(), next == std::string_view::npos ? next : next - at - command.size()),
                   path);
      at = next;
    }
  }

  /// " NAME VERSION SCRIPT": every word of the script that is a file of the directory.
  void read_package(std::string_view text, const std::string& path) {
    const auto begin = text.find_first_not_of(" \t{\"");
    if (begin == std::string_view::npos) return;
    const auto end = std::min(text.find_first_of(" \t}\"\n", begin), text.size());
    Package package{path, {}};
    const std::string directory(parent_path(path));
    constexpr std::string_view separators = " \t\n\"{}[];()\\";
    for (auto at = text.find_first_not_of(separators, end); at != std::string_view::npos;) {
      const auto stop = std::min(text.find_first_of(separators, at), text.size());
      auto word = text.substr(at, stop - at);
      if (word.starts_with("$dir/")) word.remove_prefix(5);
      const bool is_file = word.ends_with(".tcl") || word.find(".so") != std::string_view::npos;
      const bool of_other_tcl = word.find("tcl9") != std::string_view::npos && !is_tcl9_;
      if (is_file && !of_other_tcl && package.files.size() < most_files_of_package) {
        const auto file = directory + "/" + std::string(word);
        if (context_.files.find(file)) package.files.push_back(file);
      }
      at = text.find_first_not_of(separators, stop);
    }
    auto& known = packages_[std::string(text.substr(begin, end - begin))];  // told twice where versions of Tcl differ
    known.index = path;
    known.files.insert(known.files.end(), package.files.begin(), package.files.end());
  }

  void follow(const ImportWalk::Visit& visit) {
    if (visit.facts == nullptr) return;
    for (const auto& import : visit.facts->imports) {
      const auto run = tier_of(import.level, IsProgram::no);
      if (!run) continue;
      const ImportWalk::Reason reason{weaker(visit.tier, *run), visit.path, "package require " + import.name};
      if (import.form == imports::Form::module)
        reach_package(import.name, reason);
      else if (const auto file = context_.files.find(std::string(parent_path(visit.path)) + "/" + import.name))
        walk_.reach(*file, {reason.tier, visit.path, "source " + import.name});
    }
  }

  void reach_package(const std::string& name, const ImportWalk::Reason& reason) {
    const auto package = packages_.find(name);
    if (package == packages_.end()) return;
    if (const auto index = context_.files.find(package->second.index)) walk_.reach(*index, reason);
    for (const auto& file : package->second.files)
      if (const auto found = context_.files.find(file)) walk_.reach(*found, reason);
  }

  const Context& context_;
  DirectoryIndex index_;
  ImportWalk walk_;
  std::set<std::string> read_;
  bool is_tcl9_ = false;
  std::map<std::string, Package> packages_;
};

}  // namespace

std::vector<Candidate> tcl_packages(const Context& context) {
  return is_interpreter(base_name(context.process.program.path)) ? TclRule(context).run() : std::vector<Candidate>();
}

}  // namespace imgslim::plugins
