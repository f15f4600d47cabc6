#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/tier.h"
#include "entrypoint/plan.h"
#include "entrypoint/process.h"
#include "image/image_info.h"
#include "linker/link_map.h"
#include "plugins/rule.h"
#include "rootfs/file_system.h"

/// The run-time closure: which files of the image its command will map or read, why, and how sure that is.
namespace imgslim::runtime {

using UseIndex = std::uint32_t;  ///< position in Closure::files
inline constexpr UseIndex no_use = UINT32_MAX;

/// A file that at least one process uses: once for each inode, with its surest reason.
struct UsedFile {
  rootfs::FileId file = 0;
  std::string path;  ///< canonical
  plugins::Use use = plugins::Use::object;
  Tier tier = Tier::certain;
  std::string via;         ///< "ENTRYPOINT", "PT_INTERP", "DT_NEEDED", "LD_PRELOAD", or a plugins::via_name
  UseIndex from = no_use;  ///< what led here; follow it to the process's program
  std::string requested;   ///< the name asked for, "" when there was none: "libssl.so.3"
  std::string detail;      ///< how it was found: "RUNPATH $ORIGIN/../lib", "/etc/nsswitch.conf:9" …
  std::vector<std::uint32_t> processes;  ///< indices into Closure::processes, ascending
  bool assumed = false;                  ///< depends on the CPU
  std::string accessed;  ///< the path by which it is opened, symlinks unresolved: what a copy of the image must have
};

/// How complete the closure of a process is.
enum class Coverage : std::uint8_t {
  complete,  ///< nothing mapped can open or execute anything else, or what can is known to be harmless
  rules,     ///< something can, and rules for it found what it opens
  unknown,   ///< a plugin host whose plugins no rule knows, or a launcher of programs that nothing tells
};

struct ProcessClosure {
  entrypoint::Process process;
  Coverage coverage = Coverage::complete;
  std::vector<std::string> openers;        ///< see Completeness::openers
  std::string runtime;                     ///< "python 3.11", "java 17.0.9", "node", "go", "native", "static" …
  std::vector<std::string> configuration;  ///< files that it probably reads as its configuration, absolute paths
  std::vector<UseIndex> objects;           ///< Use::object files in load order: the program first
};

struct MissingLibrary {
  std::string name;
  std::string needed_by;  ///< canonical path
  std::string via;        ///< "DT_NEEDED", "LD_PRELOAD" …
  std::vector<std::string> tried;
  std::string refused;
  Tier tier = Tier::certain;  ///< of the object that needs it
  bool optional = false;
};

/// A directory in the search of libraries that an attacker or an accident may fill.
struct SearchWeakness {
  std::string path;  ///< the object that states it, canonical
  std::string text;
};

/// Sums over the visible ELF shared objects and executables that nothing reaches.
struct Unreached {
  std::uint64_t shared_objects = 0, bytes = 0;
};

/// UsedFile::via of what only a trace knows.
inline constexpr const char* trace_via = "trace";

/// What processes of the image were seen to open, see runtime/trace.h.
struct Trace {
  std::vector<std::string> sources;   ///< "paths.txt", "prefetch landmark of layer 3"
  bool covers = false;                ///< it is of the whole image, and names files of it
  std::uint64_t paths = 0;            ///< that were named
  std::uint64_t missing_paths = 0;    ///< of these, which lead to nothing in the image
  std::vector<rootfs::FileId> files;  ///< each once, ascending
};

struct Closure {
  std::vector<ProcessClosure> processes;  ///< as planned: main first
  std::vector<UsedFile> files;            ///< in the order in which they were found, process by process
  std::vector<MissingLibrary> missing;
  std::vector<entrypoint::Failure> failures;
  Unreached unreached;  ///< files of any tier, possible included, are not in it
  /// All visible ELF files that a kernel or a linker could map, programs included: `unreached` is a part of them, the
  /// ELF files among `files` are the rest.
  std::uint64_t shared_objects = 0, shared_object_bytes = 0;
  bool no_command = false;
  bool execs_arguments = true;
  std::vector<SearchWeakness> weaknesses;
  Trace trace;
  std::vector<Note> notes;
};

struct Settings {
  entrypoint::Override command_override;
  linker::CpuLevel cpu = linker::CpuLevel::x86_64_v3;
};

/// Plans the processes, links each, and applies the rules of module plugins until nothing is added. A pure function of
/// the tree and the config; bounded in objects and rounds.
[[nodiscard]] Closure close(const rootfs::FileSystem& files, const image::ImageConfig& config,
                            const Settings& settings);

}  // namespace imgslim::runtime
