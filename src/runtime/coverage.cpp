// A closure is complete when nothing mapped can open or execute anything else. Who can is told by undefined symbols:
// dlopen, and exec* or posix_spawn* of the program. Some libraries of nearly every image import dlopen for things that
// an ordinary start does not touch; they are listed here and are not counted.
#include "runtime/coverage.h"

#include <algorithm>
#include <iterator>

#include "core/path.h"

namespace imgslim::runtime {
namespace {

/// Sonames up to ".so": libraries whose dlopen opens nothing at an ordinary start, or only what a rule covers
/// (providers of libcrypto, PAM's modules, the C library's own).
constexpr std::string_view harmless_openers[] = {
    "ld-linux-aarch64", "ld-linux-x86-64", "libX11",         "libc",       "libcrypto", "libdl",
    "libgcc_s",         "libicuuc",        "libkrb5support", "libp11-kit", "libpam",    "libpthread",
    "libsasl2",         "libselinux",      "libssl",         "libuv",      "libxml2"};

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

/// Rules that speak of what a program chooses to load; those of the C library's own dlopen tell nothing of it.
bool loads_by_rule(const std::set<plugins::Via>& fired) {
  using plugins::Via;
  return std::any_of(fired.begin(), fired.end(), [](Via via) {
    return via != Via::dlopen_note && via != Via::name_service && via != Via::gconv && via != Via::locale &&
           via != Via::unwinder && via != Via::openssl && via != Via::library_string;
  });
}

bool is_language(std::string_view via) {
  using plugins::Via;
  for (const auto language : {Via::python_module, Via::perl_module, Via::ruby_library, Via::node_module})
    if (via == plugins::via_name(language)) return true;
  return false;
}

/// Whether a source file is none of the language's own distribution: an application's, or an installed package's.
bool is_foreign_source(std::string_view path) {
  for (const std::string_view part : {"/site-packages/", "/dist-packages/", "/gems/", "/vendor_ruby/",
                                      "/rubygems-integration/", "/node_modules/", "/nodejs/", "/perl5/"})
    if (path.find(part) != std::string_view::npos) return true;
  return !path.starts_with("/usr/");
}

/// A compiled module that packages of the program import only inside functions: frameworks do so for what they use at
/// start.
bool imports_lazily(const LinkedProcess& process) {
  const auto& nodes = process.graph.nodes();
  for (const auto& node : nodes) {
    if (node.use != plugins::Use::object || node.reason.tier != Tier::possible || !is_language(node.reason.via))
      continue;
    for (auto from = node.from; from != no_node; from = nodes[from].from)
      if (nodes[from].use == plugins::Use::source && is_foreign_source(nodes[from].file.path)) return true;
  }
  return false;
}

bool is_shell(std::string_view program) {
  constexpr std::string_view shells[] = {"sh", "dash", "bash", "ash", "busybox", "zsh", "ksh", "mksh"};
  return std::find(std::begin(shells), std::end(shells), base_name(program)) != std::end(shells);
}

/// Programs that it executes are unknown: a script that no rule reads, a program of which nothing is known but that it
/// executes others.
bool executes_unknown(const rootfs::FileSystem& files, const LinkedProcess& process, Succession succession) {
  const auto& program = process.process.program;
  if (is_shell(program.path)) return succession == Succession::last && !process.process.scripts.empty();
  if (runtime_name(files, process) != "native") return false;
  if (!process.process.scripts.empty()) return true;
  if (loads_by_rule(process.fired)) return false;
  const bool silent = process.configured.count(program.path) == 0;
  return process.has_guessed_programs || (silent && imports(files, program.file, elf::imports_exec));
}

}  // namespace

Completeness assess(const rootfs::FileSystem& files, const LinkedProcess& process, Succession succession) {
  Completeness result;
  const auto& objects = process.map.objects();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (process.graph.tier(process.object_nodes[i]) == Tier::possible && process.process.tier != Tier::possible)
      continue;
    const auto& file = objects[i].file;
    if (imports(files, file.file, elf::imports_dlopen) && !is_harmless(file.path)) result.openers.push_back(file.path);
  }
  const bool known = loads_by_rule(process.fired) ||
                     std::all_of(result.openers.begin(), result.openers.end(),
                                 [&](const std::string& path) { return process.configured.count(path) != 0; });
  if (process.cut || !known || imports_lazily(process) || executes_unknown(files, process, succession))
    result.coverage = Coverage::unknown;
  else if (!result.openers.empty() || imports(files, process.process.program.file, elf::imports_exec))
    result.coverage = Coverage::rules;
  return result;
}

}  // namespace imgslim::runtime
