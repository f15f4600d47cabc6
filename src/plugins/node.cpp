// The modules of a Node program: the graph of require and import from the script on. A package that is reached brings
// the addon that its loader would choose: what was built in place first, then a prebuilt file for the platform
// (documentation of node-gyp-build, bindings, node-pre-gyp, napi-rs).
#include <algorithm>
#include <unordered_set>

#include "core/path.h"
#include "json/parse.h"
#include "plugins/config_files.h"
#include "plugins/import_walk.h"
#include "plugins/language_rules.h"
#include "plugins/mapped_library.h"
#include "plugins/node_resolver.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

constexpr ScriptGrammar grammar{"erpC",
                                "",
                                "ep",
                                "r",
                                "",
                                "eval print require import loader conditions max-old-space-size",
                                "require import loader"};

/// Node's name of a machine (process.arch).
std::string_view machine_name(std::uint16_t machine) {
  switch (machine) {
    case 62:
      return "x64";
    case 183:
      return "arm64";
    case 40:
      return "arm";
    case 3:
      return "ia32";
    case 22:
      return "s390x";
    case 21:
      return "ppc64";
    default:
      return "";
  }
}

class NodeRule {
 public:
  explicit NodeRule(const Context& context)
      : context_(context),
        command_(parse_script_command(context.process, grammar)),
        resolver_(context.files, search_directories(context)),
        walk_(context, Via::node_module, imports::Language::javascript) {
    if (const auto* facts = context.files.elf(context.process.program.file)) machine_ = facts->machine;
    musl_ = context.map.kind() == linker::Kind::musl;
  }

  std::vector<Candidate> run() {
    const auto& program = context_.process.program.path;
    const auto here = absolute_path(context_.process, "[eval]");
    add_options();
    for (const auto& name : command_.modules)
      if (const auto file = resolver_.resolve(name, here)) reach(*file, {Tier::declared, program, "-r " + name});
    if (!command_.code.empty()) walk_.reach_text(command_.code, here, Tier::likely);
    if (!command_.script.empty())
      if (const auto script = resolver_.resolve_path(command_.script))
        reach(*script, {Tier::declared, program, "argument " + command_.script});
    while (auto visit = walk_.next()) follow(*visit);
    auto candidates = walk_.take();
    candidates.insert(candidates.end(), programs_.begin(), programs_.end());
    return candidates;
  }

 private:
  static std::vector<std::string> search_directories(const Context& context) {
    auto directories = split_list(environment_value(context.process, "NODE_PATH"), ':');
    for (const auto* directory : {"/usr/lib/nodejs", "/usr/share/nodejs", "/usr/lib/x86_64-linux-gnu/nodejs",
                                  "/usr/lib/aarch64-linux-gnu/nodejs"})  // Debian's
      directories.emplace_back(directory);
    return directories;
  }

  /// NODE_OPTIONS="--require x -r y".
  void add_options() {
    const auto words = split_list(environment_value(context_.process, "NODE_OPTIONS"), ' ');
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool named = words[i] == "-r" || words[i] == "--require" || words[i] == "--import";
      if (named && i + 1 < words.size()) command_.modules.push_back(words[i + 1]);
      for (const std::string_view option : {"--require=", "--import="})
        if (words[i].starts_with(option)) command_.modules.push_back(words[i].substr(option.size()));
    }
  }

  void reach(const rootfs::Found& file, const ImportWalk::Reason& reason) { walk_.reach(file, reason); }

  void follow(const ImportWalk::Visit& visit) {
    if (visit.facts == nullptr) return;
    bool native = false;
    for (const auto& import : visit.facts->imports) {
      const auto run = tier_of(import.level, IsProgram::no);
      if (!run) continue;
      if (import.form == imports::Form::native) {
        native = true;
        continue;
      }
      if (const auto file = resolver_.resolve(import.name, visit.path))
        reach(*file, {weaker(visit.tier, *run), visit.path, "require " + import.name});
    }
    const auto package = resolver_.package_of(visit.path);
    if (package.empty()) return;
    if (native || has_addon_directory(package)) reach_addons(package, visit);
    reach_platform_packages(package, visit);
  }

  /// Builds for one platform each come as packages of their own, optional ones that npm installs where they fit:
  /// "@img/sharp-linux-x64", "@swc/core-linux-x64-gnu". The name that is required is computed.
  void reach_platform_packages(const std::string& package, const ImportWalk::Visit& visit) {
    const auto tier = weaker(visit.tier, Tier::likely);
    if (!parents_.insert(package + (tier == Tier::possible ? "?" : "")).second) return;
    const auto text = context_.files.text_at(package + "/package.json");
    if (!text || text->find("optionalDependencies") == std::string_view::npos) return;
    const auto parsed = json::parse(*text, Limits());
    if (!parsed) return;
    for (const auto& [name, version] : json::member(*parsed, "optionalDependencies").items()) {
      const bool named = name.find("linux") != std::string::npos && fits(name);
      const auto directory = named ? resolver_.package_directory(name, visit.path) : std::string();
      if (directory.empty()) continue;
      const ImportWalk::Reason reason{tier, visit.path, "optional dependency " + name};
      if (!reach_all(directory, reason) && !reach_all(directory + "/lib", reason))
        add_programs(directory + "/bin", reason);
    }
  }

  /// Programs that such a package has instead of a module are executed by its user: esbuild, Biome.
  void add_programs(const std::string& directory, const ImportWalk::Reason& reason) {
    for (const auto& name : resolver_.index().names(directory)) {
      const auto file = context_.files.find(join_path(directory, name));
      if (file && is_own(*file) && (context_.files.permissions(file->file).mode & 0111) != 0)
        programs_.push_back({file->path, Use::program, reason.tier, Via::node_module, reason.from, reason.detail});
    }
  }

  bool has_addon_directory(const std::string& package) {
    auto& index = resolver_.index();
    return index.has(package, "binding.gyp") || index.has(package, "prebuilds") ||
           index.has(package + "/build", "Release");
  }

  /// Each package once for each tier: the files that a loader finds first.
  void reach_addons(const std::string& package, const ImportWalk::Visit& visit) {
    const auto tier = weaker(visit.tier, Tier::likely);
    if (!packages_.insert(package + (tier == Tier::possible ? "?" : "")).second) return;
    const ImportWalk::Reason reason{tier, visit.path, "addon of " + std::string(base_name(package))};
    const auto platform = "linux-" + std::string(machine_name(machine_));
    if (reach_all(package + "/build/Release", reason) || reach_all(package + "/build", reason)) return;
    for (const auto& name : resolver_.index().names_from(package + "/prebuilds", platform))
      if (name == platform || name == platform + (musl_ ? "-musl" : "-glibc"))
        if (reach_prebuilt(package + "/prebuilds/" + std::string(name), reason)) return;
    for (const auto* directory : {"/lib/binding", "/binding", "/build/bindings", "/lib", "/bin", ""}) {
      if (reach_all(package + directory, reason)) return;
      if (!std::string_view(directory).ends_with("binding")) continue;
      // lib/binding/napi-v6-linux-glibc-x64, node-v108-linux-x64: the highest that fits.
      bool found = false;
      const auto& names = resolver_.index().names(package + directory);
      for (auto name = names.rbegin(); name != names.rend() && !found; ++name)
        if (name->find("linux") != std::string::npos && fits(*name))
          found = reach_all(package + directory + "/" + *name, reason);
      if (found) return;
    }
  }

  /// Whether the words of a name contradict neither machine nor C library.
  [[nodiscard]] bool fits(std::string_view name) const {
    if (name.find(musl_ ? "glibc" : "musl") != std::string_view::npos || (musl_ && name.ends_with("-gnu")))
      return false;
    for (const std::string_view machine : {"x64", "arm64", "ia32"})
      if (name.find(machine) != std::string_view::npos) return machine == machine_name(machine_);
    return true;
  }

  bool reach_all(const std::string& directory, const ImportWalk::Reason& reason) {
    bool found = false;
    for (const auto& name : resolver_.index().names(directory)) {
      if (!name.ends_with(".node") || !fits(name)) continue;
      const auto file = context_.files.find(join_path(directory, name));
      if (!file || !is_own(*file)) continue;
      reach(*file, reason);
      found = true;
    }
    return found;
  }

  /// One of prebuilds/linux-x64: "node.napi.node", "NAME.node", "node.abi108.musl.node"; those for Electron are not for
  /// Node, and N-API ones are preferred.
  bool reach_prebuilt(const std::string& directory, const ImportWalk::Reason& reason) {
    std::optional<rootfs::Found> chosen;
    bool chosen_is_napi = false;
    for (const auto& name : resolver_.index().names(directory)) {
      if (!name.ends_with(".node") || name.starts_with("electron") || !fits(name)) continue;
      const bool napi = name.find("abi") == std::string::npos;
      const auto file = context_.files.find(join_path(directory, name));
      if (!file || !is_own(*file) || (chosen && (chosen_is_napi || !napi))) continue;
      chosen = file;
      chosen_is_napi = napi;
    }
    if (chosen) reach(*chosen, reason);
    return chosen.has_value();
  }

  [[nodiscard]] bool is_own(const rootfs::Found& file) const {
    const auto* const facts = context_.files.elf(file.file);
    return facts != nullptr && facts->machine == machine_;
  }

  const Context& context_;
  ScriptCommand command_;
  NodeResolver resolver_;
  ImportWalk walk_;
  std::unordered_set<std::string> packages_, parents_;  // whose addons and platform packages were looked for
  std::vector<Candidate> programs_;
  std::uint16_t machine_ = 0;
  bool musl_ = false;
};

}  // namespace

std::vector<Candidate> node_modules(const Context& context) {
  const auto name = base_name(context.process.program.path);
  if (name != "node" && name != "nodejs") return {};
  return NodeRule(context).run();
}

}  // namespace imgslim::plugins
