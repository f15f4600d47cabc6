// The runtime is told by the program's name or by a library that it maps; the version by the name, or by a file that
// the runtime's own distribution puts beside it.
#include <cctype>
#include <optional>

#include "core/path.h"
#include "runtime/coverage.h"

namespace imgslim::runtime {
namespace {

struct RuntimeMark {
  std::string_view program;  ///< begin of the program's base name, "" for none
  std::string_view library;  ///< begin of a mapped library's base name, "" for none
  std::string_view runtime;
};

constexpr RuntimeMark marks[] = {{"python", "libpython", "python"},
                                 {"", "libjvm.so", "java"},
                                 {"", "libjli.so", "java"},
                                 {"node", "libnode.so", "node"},
                                 {"perl", "libperl.so", "perl"},
                                 {"ruby", "libruby", "ruby"},
                                 {"php", "libphp", "php"},
                                 {"", "libcoreclr.so", "dotnet"},
                                 {"", "libhostfxr.so", "dotnet"},
                                 {"", "libR.so", "r"},
                                 {"lua", "", "lua"},
                                 {"tclsh", "", "tcl"}};

/// "3.11" of "python3.11", "8.2" of "php-fpm8.2", "3.1" of "libruby-3.1.so.3.1": the first number that stands in the
/// name.
std::string version_in(std::string_view name) {
  std::size_t begin = 0;
  while (begin < name.size() && std::isdigit(static_cast<unsigned char>(name[begin])) == 0) ++begin;
  auto end = begin;
  while (end < name.size() && (std::isdigit(static_cast<unsigned char>(name[end])) != 0 || name[end] == '.')) ++end;
  while (end > begin && name[end - 1] == '.') --end;
  return std::string(name.substr(begin, end - begin));
}

/// JAVA_VERSION="17.0.9" of the file `release` in the home directory, some levels above bin/java and lib/libjli.so.
std::string java_version(const rootfs::FileSystem& files, std::string_view path) {
  constexpr std::string_view key = "JAVA_VERSION=\"";
  for (int level = 0; level < 3 && !path.empty(); ++level) {
    path = parent_path(path);
    const auto text = files.text_at(std::string(path) + "/release");
    const auto begin = text ? text->find(key) : std::string_view::npos;
    if (begin == std::string_view::npos) continue;
    const auto version = text->substr(begin + key.size());
    return std::string(version.substr(0, version.find('"')));
  }
  return {};
}

/// A Go program carries its build information, which the layer pass read as a package.
bool is_go_program(const rootfs::FileSystem& files, rootfs::FileId file) {
  const auto& tree = files.tree();
  const auto layer = tree.layer_of(file);
  for (const auto& embedded : tree.layer(layer).packages) {
    if (tree.id_of(layer, embedded.entry) != file) continue;
    for (const auto& package : embedded.set.packages)
      if (package.manager == "go") return true;
  }
  return false;
}

std::string with_version(std::string_view runtime, const std::string& version) {
  return version.empty() ? std::string(runtime) : std::string(runtime) + " " + version;
}

/// Perl's program bears no version; the directory of its modules does.
std::string perl_version(const rootfs::FileSystem& files) {
  for (const auto* const directory : {"/usr/local/lib/perl5", "/usr/share/perl", "/usr/share/perl5/core_perl"})
    for (const auto& name : files.list(directory))
      if (!name.empty() && version_in(name) == name && name.find('.') != std::string::npos) return name;
  return {};
}

std::string node_version(const rootfs::FileSystem& files, std::string_view path) {
  const auto found = files.find(path);
  const auto* const strings = found ? files.runtime_strings(found->file) : nullptr;
  return strings == nullptr ? std::string() : strings->node_version;
}

std::string marked_version(const rootfs::FileSystem& files, std::string_view runtime, std::string_view path) {
  if (runtime == "java") return java_version(files, path);
  if (runtime == "perl") return perl_version(files);
  if (runtime == "node") return node_version(files, path);
  return runtime == "dotnet" || runtime == "r" ? std::string() : version_in(base_name(path));
}

/// The first mapped library of a mark, by a process that is sure enough to map it; "" when there is none.
std::string marked_library(const LinkedProcess& process, const RuntimeMark& mark) {
  for (std::size_t i = 0; !mark.library.empty() && i < process.object_nodes.size(); ++i) {
    if (process.graph.tier(process.object_nodes[i]) > weaker(Tier::likely, process.process.tier)) continue;
    const auto& path = process.map.objects()[i].file.path;
    if (base_name(path).starts_with(mark.library)) return path;
  }
  return {};
}

}  // namespace

std::string runtime_name(const rootfs::FileSystem& files, const LinkedProcess& process) {
  const auto& program = process.process.program;
  if (is_go_program(files, program.file)) return "go";
  for (const auto& mark : marks) {
    const bool by_program = !mark.program.empty() && base_name(program.path).starts_with(mark.program);
    const auto library = marked_library(process, mark);
    if (!by_program && library.empty()) continue;
    auto version = by_program ? marked_version(files, mark.runtime, program.path) : std::string();
    if (version.empty() && !library.empty()) version = marked_version(files, mark.runtime, library);
    return with_version(mark.runtime, version);
  }
  return process.map.kind() == linker::Kind::none ? "static" : "native";
}

}  // namespace imgslim::runtime
