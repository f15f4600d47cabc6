#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tier.h"
#include "entrypoint/process.h"
#include "image/image_info.h"
#include "linker/link_map.h"

/// What a program loads beyond DT_NEEDED: each rule is a pure function of what is mapped so far. The caller runs all
/// rules until none adds anything.
namespace imgslim::plugins {

/// Why something is loaded. The names are the report's (`via_name`).
enum class Via : std::uint8_t {
  dlopen_note,
  name_service,  ///< nsswitch.conf
  pam,
  openssl,
  gconv,
  locale,
  unwinder,        ///< libgcc_s of glibc
  module_config,   ///< a configuration file names a module in a directory that a mapped file names
  argument,        ///< the command line names a module
  directory_scan,  ///< all modules of a directory that the program lists
  python_module,
  perl_module,
  ruby_library,
  node_module,
  java_runtime,
  php_extension,
  dotnet_runtime,
  r_library,
  lua_module,
  tcl_package,
  sibling_module,    ///< a compiled module names another of its package
  library_string,    ///< only its name occurs
  helper_directory,  ///< a program in a directory that a mapped file names
};
[[nodiscard]] std::string_view via_name(Via via);

/// What a rule expects to be used.
enum class Use : std::uint8_t {
  object,   ///< opened by the dynamic linker, with its closure
  data,     ///< mapped as data: archives of classes, locale files
  source,   ///< read by an interpreter: scripts, byte code
  program,  ///< executed as a process of its own
};

struct Candidate {
  std::string name;  ///< absolute path, or for Use::object also a plain name to search
  Use use = Use::object;
  Tier tier = Tier::possible;
  Via via = Via::dlopen_note;
  std::string from;    ///< absolute path of the mapped object or used file that led here
  std::string detail;  ///< the evidence, shown in reason chains: "/etc/php/8.2/cli/conf.d/10-opcache.ini:2"
  std::vector<std::string> alternatives = {};  ///< of Use::object: tried in this order when `name` is not found
};

/// A file used other than by the linker, so far.
struct UsedFile {
  rootfs::Found file;
  Use use = Use::data;
  Tier tier = Tier::possible;
};

class NamedPaths;

/// What a rule sees. All members outlive the call.
struct Context {
  const rootfs::FileSystem& files;
  const image::ImageConfig& config;
  const entrypoint::Process& process;
  const linker::LinkMap& map;
  const std::vector<Tier>& object_tiers;  ///< per object of `map`
  const std::vector<UsedFile>& used;
  const NamedPaths* named = nullptr;  ///< paths that objects of `map` state; null: rules that need them find nothing
};

/// Candidates that follow from the context, most certain first; those already mapped or used may be among them.
using Rule = std::vector<Candidate> (*)(const Context& context);

struct NamedRule {
  std::string_view name;
  Rule rule;
};

/// All rules, in the order in which they run.
[[nodiscard]] const std::vector<NamedRule>& all_rules();

}  // namespace imgslim::plugins
