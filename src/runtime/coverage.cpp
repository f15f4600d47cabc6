// How much of what a process maps the closure can know. A program that cannot open anything (no dlopen) is complete.
// One that can is a plugin host only if the image has something for it: the objects that open name directories, and
// modules stand there, or in a directory of the program's own name. Where some of them were found, or a configuration
// was read that could have named some, a rule knows how they are chosen; elsewhere nothing does.
// Libraries of nearly every image open things that an ordinary start does not touch: they are listed here and are not
// counted.
#include "runtime/coverage.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/path.h"
#include "plugins/named_paths.h"

namespace imgslim::runtime {
namespace {

/// Sonames up to ".so": libraries whose dlopen opens nothing at an ordinary start, or only what a rule covers
/// (providers of libcrypto, PAM's modules, the C library's own).
constexpr std::string_view harmless_openers[] = {
    "ld-linux-aarch64", "ld-linux-x86-64", "libX11",         "libapr-1", "libaprutil-1", "libasound",  "libc",
    "libcaca",          "libcrypto",       "libdl",          "libdrm",   "libgbm",       "libgcc_s",   "libgmodule-2.0",
    "libheif",          "libicuuc",        "libkrb5support", "libldb",   "libltdl",      "libp11-kit", "libpam",
    "libpthread",       "libsasl2",        "libselinux",     "libssl",   "libsystemd",   "libuv",      "libva",
    "libvdpau",         "libxml2"};

/// Languages that a library embeds: what their programs load has a rule of its own.
constexpr std::string_view language_libraries[] = {"libpython", "libperl", "libruby",  "liblua",    "libluajit",
                                                   "libtcl",    "libjvm",  "libguile", "libcoreclr"};

/// Of what could have been found at most this part may be in doubt.
constexpr std::size_t most_doubtful_percent = 10;

bool is_harmless(std::string_view path) {
  const auto name = base_name(path);
  const auto stem = name.substr(0, std::min(name.find(".so"), name.size()));
  return std::find(std::begin(harmless_openers), std::end(harmless_openers), stem) != std::end(harmless_openers) ||
         name.starts_with("ld-musl-");
}

bool imports(const rootfs::FileSystem& files, rootfs::FileId file, std::uint32_t what) {
  const auto* facts = files.elf(file);
  return facts != nullptr && (facts->imports & what) != 0;
}

bool is_language(std::string_view via) {
  using plugins::Via;
  for (const auto language : {Via::python_module, Via::perl_module, Via::ruby_library, Via::node_module,
                              Via::lua_module, Via::tcl_package, Via::sibling_module})
    if (via == plugins::via_name(language)) return true;
  return false;
}

/// Whether a source file is none of the language's own distribution: an application's, or an installed package's.
bool is_foreign_source(std::string_view path) {
  for (const std::string_view part : {"/site-packages/", "/dist-packages/", "/gems/", "/vendor_ruby/",
                                      "/rubygems-integration/", "/node_modules/", "/nodejs/", "/perl5/"})
    if (path.find(part) != std::string_view::npos) return true;
  if (!path.starts_with("/usr/")) return true;
  for (const std::string_view own : {"/python", "/perl/", "/perl-base/", "/ruby/", "/lua/", "/luajit", "/tcl", "/php",
                                     "/node", "/R/", "/local/lib/", "/bin/", "/sbin/"})
    if (path.find(own) != std::string_view::npos) return false;
  return true;
}

bool is_used(const Node& node) { return node.use == plugins::Use::object && node.reason.tier != Tier::possible; }

/// Ruby's own package manager, which stands among the packages: it imports much inside functions that no start calls.
bool is_package_manager(std::string_view path) {
  return path.find("/rubygems/") != std::string_view::npos || path.ends_with("/rubygems.rb") ||
         path.find("/bundler") != std::string_view::npos;
}

/// Modules of Python's own library: that its parts are fallbacks and rare features holds whoever imports them.
bool is_of_python(std::string_view path) { return path.find("/lib-dynload/") != std::string_view::npos; }

/// Whether the program loads gems: those mostly have drivers and engines that they require by a computed name. What
/// every start of Ruby loads is none of them.
bool loads_gems(const LinkedProcess& process) {
  const auto& nodes = process.graph.nodes();
  return std::any_of(nodes.begin(), nodes.end(), [&](const Node& node) {
    const bool is_library = node.reason.via == plugins::via_name(plugins::Via::ruby_library);
    if (node.use != plugins::Use::source || node.reason.tier == Tier::possible || !is_library) return false;
    if (!is_foreign_source(node.file.path) || is_package_manager(node.file.path)) return false;
    if (node.file.path.find("/gems/") == std::string::npos && node.file.path.find("/vendor_ruby/") == std::string::npos)
      return false;
    for (const auto* at = &node;; at = &nodes[at->from]) {
      if (at->reason.detail == "start of Ruby") return false;
      if (at->from == no_node) return true;
    }
  });
}

/// The last file on the way to a module that is only possible which is not in doubt itself: its import is.
NodeIndex doubter_of(const std::vector<Node>& nodes, NodeIndex module) {
  auto from = nodes[module].from;
  while (from != no_node && nodes[from].reason.tier == Tier::possible) from = nodes[from].from;
  return from;
}

/// Frameworks import inside functions what they use at start: when too much of what packages of the program may import
/// is only possible, what was found is not the whole. What the language's own library imports inside functions are
/// fallbacks and rare features; that is not counted.
bool imports_lazily(const LinkedProcess& process) {
  const auto& nodes = process.graph.nodes();
  std::size_t found = 0, doubtful = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& node = nodes[i];
    if (is_used(node)) ++found;
    if (node.use != plugins::Use::object || node.reason.tier != Tier::possible || !is_language(node.reason.via))
      continue;
    const auto from = doubter_of(nodes, static_cast<NodeIndex>(i));
    if (from == no_node || nodes[from].use != plugins::Use::source) continue;
    const auto& path = nodes[from].file.path;
    if (is_foreign_source(path) && !is_package_manager(path) && !is_of_python(node.file.path)) ++doubtful;
  }
  return doubtful * 100 > (found + doubtful) * most_doubtful_percent;
}

bool is_shell(std::string_view program) {
  constexpr std::string_view shells[] = {"sh", "dash", "bash", "ash", "busybox", "zsh", "ksh", "mksh"};
  return std::find(std::begin(shells), std::end(shells), base_name(program)) != std::end(shells);
}

/// What it becomes is unknown: a script that no rule reads, a launcher of another program.
bool executes_unknown(const rootfs::FileSystem& files, const LinkedProcess& process, Succession succession) {
  const auto& program = process.process.program;
  if (process.process.role == entrypoint::Role::helper) return false;
  if (is_shell(program.path)) return succession == Succession::last && !process.process.scripts.empty();
  if (runtime_name(files, process) != "native") return false;
  if (!process.process.scripts.empty()) return true;
  const bool launches =
      imports(files, program.file, elf::imports_exec) && !imports(files, program.file, elf::imports_fork);
  return launches && succession == Succession::last && executed_by(process).empty();
}

/// Whether an object of the program's own names several modules of its directory, of which nothing tells that they are
/// opened: it chooses among them.
bool chooses_modules(const LinkedProcess& process) {
  const auto& nodes = process.graph.nodes();
  const auto& program = process.process.program.file;
  return std::any_of(nodes.begin(), nodes.end(), [&](const Node& node) {
    const bool is_named = node.use == plugins::Use::object && node.reason.tier == Tier::possible &&
                          node.reason.via == plugins::via_name(plugins::Via::library_string) &&
                          node.reason.detail.find("%s") != std::string::npos && node.from != no_node;
    return is_named && nodes[node.from].file.file == program;
  });
}

/// Whether `path` or something below it is among sorted paths.
bool has_within(const std::vector<std::string>& sorted, const std::string& path) {
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), path);
  if (place != sorted.end() && *place == path) return true;
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), path + "/");
  return below != sorted.end() && below->starts_with(path + "/");
}

}  // namespace

ModulePlaces::ModulePlaces(const rootfs::FileSystem& files) {
  for (const auto file : files.elf_files()) {
    const auto* facts = files.elf(file);
    if (facts->type != elf::FileType::shared || facts->position_independent_executable || !facts->interpreter.empty())
      continue;
    std::string directory(parent_path(files.path_of(file)));
    const bool has_rule = directory.ends_with("/gconv") || directory.ends_with("/security") ||
                          directory.ends_with("/ossl-modules") || directory.find("/engines-") != std::string::npos;
    if (!has_rule && !plugins::is_library_directory(directory)) directories_.push_back(std::move(directory));
  }
  std::sort(directories_.begin(), directories_.end());
  directories_.erase(std::unique(directories_.begin(), directories_.end()), directories_.end());
}

bool ModulePlaces::has_below(const std::string& directory) const { return has_within(directories_, directory); }

namespace {

/// Judges one process's openers.
class Openers {
 public:
  Openers(const rootfs::FileSystem& files, const LinkedProcess& process, const ModulePlaces& places)
      : files_(files), process_(process), places_(places), runtime_(runtime_name(files, process)) {
    for (const auto& node : process.graph.nodes()) {
      const bool is_program = node.file.file == process.process.program.file;  // no module, wherever it stands
      if (!is_program && (is_used(node) || process.process.tier == Tier::possible)) used_.push_back(node.file.path);
    }
    std::sort(used_.begin(), used_.end());
  }

  [[nodiscard]] bool is_explained(const rootfs::Found& opener) const {
    const auto name = base_name(opener.path);
    const bool embeds = std::any_of(std::begin(language_libraries), std::end(language_libraries),
                                    [&](std::string_view library) { return name.starts_with(library); });
    const bool interprets = runtime_ != "native" && opener.file == process_.process.program.file;
    if (interprets) return runs_language();
    if (embeds && (runs_language() || is_configured(process_.process.program.path))) return true;
    if (opener.file == process_.process.program.file && has_untouched_directory(opener)) return false;
    if (is_configured(opener.path)) return true;
    bool names_modules = false;
    for (const auto& text : files_.elf(opener.file)->path_strings) {
      const auto directory = files_.canonical(text);
      if (!directory || !is_module_directory(*directory)) continue;
      if (has_within(used_, *directory)) return true;
      names_modules = true;
    }
    return !names_modules;
  }

 private:
  /// Shells load modules by commands, whatever their configuration says.
  [[nodiscard]] bool is_configured(const std::string& path) const {
    return !is_shell(process_.process.program.path) && process_.configured.count(path) != 0;
  }

  /// Broad directories are named for other reasons than modules.
  [[nodiscard]] bool is_module_directory(const std::string& directory) const {
    return plugins::depth_of(directory) > 2 && !plugins::is_library_directory(directory) &&
           places_.has_below(directory) && files_.is_directory(directory);
  }

  /// Paths may be put together when the program runs: one that has modules in a directory of its own name beside the
  /// libraries (emacs-nox: /usr/lib/emacs/…), none of which was found, loads some of them in a way that is not known.
  /// What it states itself is judged as such.
  [[nodiscard]] bool has_untouched_directory(const rootfs::Found& opener) const {
    const auto program = base_name(opener.path);
    const auto name = std::string(program.substr(0, program.find_first_of("-_.0123456789")));
    if (name.size() < 3) return false;
    std::set<std::string_view> libraries = {"/usr/lib", "/usr/libexec", "/usr/local/lib"};
    for (const auto& object : process_.map.objects()) libraries.insert(parent_path(object.file.path));
    return std::any_of(libraries.begin(), libraries.end(), [&](std::string_view directory) {
      const auto own = std::string(directory) + "/" + name;
      const auto is_stated = [&](const std::string& path) { return path == own || path.starts_with(own + "/"); };
      const auto& stated = files_.elf(opener.file)->path_strings;
      return plugins::is_library_directory(directory) && places_.has_below(own) && !has_within(used_, own) &&
             std::none_of(stated.begin(), stated.end(), is_stated);
    });
  }

  [[nodiscard]] bool runs_language() const {
    const auto& fired = process_.fired;
    return std::any_of(fired.begin(), fired.end(), [](plugins::Via via) {
      const auto name = plugins::via_name(via);
      return is_language(name) || via == plugins::Via::java_runtime || via == plugins::Via::dotnet_runtime ||
             via == plugins::Via::r_library || via == plugins::Via::module_config;
    });
  }

  const rootfs::FileSystem& files_;
  const LinkedProcess& process_;
  const ModulePlaces& places_;
  std::string runtime_;
  std::vector<std::string> used_;  // canonical paths of what is mapped, sorted
};

}  // namespace

Completeness assess(const rootfs::FileSystem& files, const LinkedProcess& process, const ModulePlaces& places,
                    Succession succession) {
  Completeness result;
  const Openers openers(files, process, places);
  std::vector<std::string> unexplained;
  const auto& objects = process.map.objects();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (process.graph.tier(process.object_nodes[i]) == Tier::possible && process.process.tier != Tier::possible)
      continue;
    const auto& file = objects[i].file;
    if (!imports(files, file.file, elf::imports_dlopen) || is_harmless(file.path)) continue;
    result.openers.push_back(file.path);
    if (!openers.is_explained(file)) unexplained.push_back(file.path);
  }
  const bool may_run = process.process.tier != Tier::possible;  // of others only what they map is asked
  const bool unknown_code = may_run && (imports_lazily(process) || loads_gems(process) || chooses_modules(process) ||
                                        executes_unknown(files, process, succession));
  if (process.cut || !unexplained.empty() || unknown_code)
    result.coverage = Coverage::unknown;
  else if (!result.openers.empty() || imports(files, process.process.program.file, elf::imports_exec))
    result.coverage = Coverage::rules;
  if (!unexplained.empty()) result.openers = std::move(unexplained);
  return result;
}

}  // namespace imgslim::runtime
