// What a .NET application maps (dotnet/runtime: docs/design/features/host-components.md, host-probing.md,
// framework-version-resolution.md). The muxer `dotnet` or the application's own host opens libhostfxr.so of the highest
// version; that reads APP.runtimeconfig.json, picks the framework and opens its libhostpolicy.so, which opens
// libcoreclr.so, which opens libclrjit.so and libSystem.Native.so. Unless told to be invariant, globalization opens
// ICU.
#include <algorithm>
#include <optional>

#include "core/path.h"
#include "json/parse.h"
#include "plugins/config_files.h"
#include "plugins/language_rules.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

/// Numbers of "8.0.11"; pre-releases ("8.0.0-rc.1") come before their release.
struct Version {
  std::vector<unsigned> numbers;
  bool release = true;
  friend bool operator<(const Version& a, const Version& b) {
    return a.numbers != b.numbers ? a.numbers < b.numbers : a.release < b.release;
  }
};

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  version.release = text.find('-') == std::string_view::npos;
  for (const auto& part : split_list(text.substr(0, text.find('-')), '.')) {
    if (part.size() > 6 || part.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    version.numbers.push_back(static_cast<unsigned>(std::stoul(part)));
  }
  if (version.numbers.empty()) return std::nullopt;
  return version;
}

/// The highest version in a directory that `accept` takes; "" without.
template <typename Accept>
std::string highest_version(const rootfs::FileSystem& files, const std::string& directory, Accept accept) {
  std::string best;
  std::optional<Version> best_version;
  for (const auto& name : files.list(directory)) {
    const auto version = parse_version(name);
    if (!version || !accept(*version) || (best_version && *version < *best_version)) continue;
    best = name;
    best_version = version;
  }
  return best;
}

struct Framework {
  std::string name, version;
};

/// What APP.runtimeconfig.json says.
struct RuntimeConfig {
  std::vector<Framework> frameworks;
  bool invariant = false;
};

RuntimeConfig read_runtime_config(std::string_view text) {
  RuntimeConfig config;
  const auto document = json::parse(text, Limits());
  if (!document) return config;
  const auto& options = json::member(*document, "runtimeOptions");
  const auto take = [&](const json::Value& framework) {
    auto name = json::string_member(framework, "name");
    const bool plain = !name.empty() && name.find('/') == std::string::npos && name != "..";
    if (plain) config.frameworks.push_back({std::move(name), json::string_member(framework, "version")});
  };
  take(json::member(options, "framework"));
  if (const auto& list = json::member(options, "frameworks"); list.is_array())
    for (const auto& framework : list) take(framework);
  config.invariant = json::bool_member(json::member(options, "configProperties"), "System.Globalization.Invariant");
  return config;
}

class DotnetRule {
 public:
  DotnetRule(const Context& context, std::string application)
      : context_(context), application_(std::move(application)) {}

  std::vector<Candidate> run() {
    const auto stem = application_.substr(0, application_.size() - 4);
    const auto text = context_.files.text_at(stem + ".runtimeconfig.json");
    const auto config = read_runtime_config(text.value_or(""));
    const std::string own(parent_path(application_));
    const bool self_contained = context_.files.find(own + "/libcoreclr.so").has_value();
    const auto& program = context_.process.program.path;
    add(application_, Use::data, Tier::declared, program, "managed application");
    if (self_contained) {
      add(own + "/libhostfxr.so", Use::object, Tier::declared, program, "self-contained application");
      add_framework(own, own + "/libhostfxr.so", config);
    } else {
      add_shared(config);
    }
    return std::move(candidates_);
  }

 private:
  bool add(const std::string& path, Use use, Tier tier, const std::string& from, std::string detail) {
    if (!context_.files.find(path)) return false;
    candidates_.push_back({path, use, tier, Via::dotnet_runtime, from, std::move(detail)});
    return true;
  }

  /// DOTNET_ROOT, the muxer's own directory, /etc/dotnet/install_location, the default places.
  [[nodiscard]] std::string find_root() const {
    std::vector<std::string> roots{std::string(parent_path(context_.process.program.path)),
                                   std::string(environment_value(context_.process, "DOTNET_ROOT"))};
    if (const auto text = context_.files.text_at("/etc/dotnet/install_location"))
      roots.emplace_back(text->substr(0, text->find('\n')));
    for (const auto* root : {"/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet"}) roots.emplace_back(root);
    for (const auto& root : roots)
      if (!root.empty() && context_.files.is_directory(root + "/host/fxr")) return root;
    return {};
  }

  void add_shared(const RuntimeConfig& config) {
    const auto root = find_root();
    if (root.empty()) return;
    const auto any = [](const Version&) { return true; };
    const auto host = root + "/host/fxr/" + highest_version(context_.files, root + "/host/fxr", any) + "/libhostfxr.so";
    add(host, Use::object, Tier::declared, context_.process.program.path, "highest version of hostfxr");
    auto frameworks = config.frameworks;
    const bool web = std::any_of(frameworks.begin(), frameworks.end(), [](const Framework& framework) {
      return framework.name == "Microsoft.AspNetCore.App";
    });
    const bool has_core = std::any_of(frameworks.begin(), frameworks.end(), [](const Framework& framework) {
      return framework.name == "Microsoft.NETCore.App";
    });
    if (!has_core)
      frameworks.push_back({"Microsoft.NETCore.App", frameworks.empty() ? "" : frameworks.front().version});
    for (const auto& framework : frameworks) {
      const auto directory = framework_directory(root + "/shared/" + framework.name, framework.version);
      if (framework.name == "Microsoft.NETCore.App" && !directory.empty()) add_framework(directory, host, config);
      if (web && framework.name == "Microsoft.NETCore.App" && !directory.empty())
        add(directory + "/libSystem.Security.Cryptography.Native.OpenSsl.so", Use::object, Tier::likely,
            directory + "/libcoreclr.so", "ASP.NET Core");
    }
  }

  /// Roll-forward within the minor version, else to the next minor of the major.
  [[nodiscard]] std::string framework_directory(const std::string& directory, const std::string& wanted) const {
    const auto version = parse_version(wanted);
    const auto same = [&](std::size_t parts) {
      return highest_version(context_.files, directory, [&](const Version& candidate) {
        if (!version) return true;
        if (candidate.numbers.size() < parts || version->numbers.size() < parts) return false;
        return std::equal(version->numbers.begin(), version->numbers.begin() + static_cast<std::ptrdiff_t>(parts),
                          candidate.numbers.begin());
      });
    };
    auto chosen = same(2);
    if (chosen.empty()) chosen = same(1);
    return chosen.empty() ? std::string() : directory + "/" + chosen;
  }

  void add_framework(const std::string& directory, const std::string& host, const RuntimeConfig& config) {
    const auto policy = directory + "/libhostpolicy.so", runtime = directory + "/libcoreclr.so";
    add(policy, Use::object, Tier::declared, host, "framework " + std::string(base_name(directory)));
    add(runtime, Use::object, Tier::declared, policy, "hostpolicy");
    for (const auto* name : {"libclrjit.so", "libSystem.Native.so"})
      add(directory + "/" + name, Use::object, Tier::declared, runtime, "runtime start");
    for (const auto* name : {"System.Private.CoreLib.dll", "System.Runtime.dll"})
      add(directory + "/" + name, Use::data, Tier::declared, runtime, "runtime start");
    const auto variable = environment_value(context_.process, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
    const bool invariant = variable.empty() ? config.invariant : (variable == "1" || variable == "true");
    const auto globalization = directory + "/libSystem.Globalization.Native.so";
    if (!invariant && add(globalization, Use::object, Tier::declared, runtime, "globalization")) add_icu(globalization);
  }

  /// ICU of the highest version: libicuuc and libicui18n, as System.Globalization.Native opens them.
  void add_icu(const std::string& from) {
    unsigned best = 0;
    for (const auto file : context_.files.elf_files()) {
      const auto path = context_.files.path_of(file);
      constexpr std::string_view stem = "libicuuc.so.";
      const auto name = base_name(path);
      if (!name.starts_with(stem)) continue;
      const auto version = parse_version(name.substr(stem.size()));
      if (version) best = std::max(best, version->numbers.front());
    }
    if (best == 0) return;
    for (const auto* name : {"libicuuc.so.", "libicui18n.so."})
      candidates_.push_back(
          {name + std::to_string(best), Use::object, Tier::declared, Via::dotnet_runtime, from, "ICU"});
  }

  const Context& context_;
  std::string application_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::vector<Candidate> dotnet_runtime(const Context& context) {
  const auto& program = context.process.program.path;
  if (base_name(program) == "dotnet") {
    const auto& argv = context.process.argv;
    for (std::size_t i = 1; i < argv.size(); ++i) {
      if (argv[i] == "exec" || argv[i].starts_with("--")) continue;
      if (!argv[i].ends_with(".dll")) return {};
      const auto application = context.files.find(absolute_path(context.process, argv[i]));
      return application ? DotnetRule(context, application->path).run() : std::vector<Candidate>();
    }
    return {};
  }
  // An application's own host is named as the application.
  if (!context.files.find(program + ".dll")) return {};
  return DotnetRule(context, program + ".dll").run();
}

}  // namespace imgslim::plugins
