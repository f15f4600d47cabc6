#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rootfs/file_system.h"

/// What the dynamic linker of the image maps, by its own search rules: glibc's (elf/dl-load.c, dl-deps.c, dl-cache.c,
/// rtld.c) or musl's (ldso/dynlink.c).
namespace imgslim::linker {

using ObjectIndex = std::uint32_t;  ///< position in LinkMap::objects(), load order
inline constexpr ObjectIndex no_object = UINT32_MAX;

enum class Kind : std::uint8_t { none, glibc, musl };  ///< none: a static program

/// Instruction-set levels that glibc-hwcaps directories are chosen by.
enum class CpuLevel : std::uint8_t { x86_64, x86_64_v2, x86_64_v3, x86_64_v4 };

/// What of a process decides the search.
struct Environment {
  std::string library_path, preload, audit;  ///< LD_LIBRARY_PATH, LD_PRELOAD, LD_AUDIT; "" when unset
  std::string working_directory = "/";
  std::uint64_t uid = 0, gid = 0;  ///< of the process: decide secure mode for set-user-ID programs
  CpuLevel cpu = CpuLevel::x86_64_v3;
  /// What $PLATFORM stands for; "" takes all values that processors of the level may give it ("haswell" and "x86_64").
  std::string platform;
  /// The linker when it is itself the command ("/lib64/ld-linux-x86-64.so.2 PROGRAM"); "" takes the program's
  /// PT_INTERP.
  std::string interpreter;
};

enum class Via : std::uint8_t { program, interpreter, preload, needed, auxiliary, filter, audit, opened };

[[nodiscard]] constexpr std::string_view via_name(Via via) {
  constexpr std::string_view names[] = {"program",      "PT_INTERP", "LD_PRELOAD", "DT_NEEDED",
                                        "DT_AUXILIARY", "DT_FILTER", "LD_AUDIT",   "dlopen"};
  return names[static_cast<std::size_t>(via)];
}

/// A mapped object.
struct Object {
  rootfs::Found file;
  std::string search_path;         ///< as put together by the search, symlinks unresolved: what $ORIGIN derives from
  ObjectIndex loader = no_object;  ///< the first object that asked for it
  Via via = Via::program;
  std::string requested;  ///< the name asked for: "libssl.so.3"
  std::string how;        ///< which rule found it: "RUNPATH $ORIGIN/../lib", "ld.so.cache", "/usr/lib" …
  bool assumed = false;   ///< depends on the CPU (glibc-hwcaps, $PLATFORM)
};

/// A name that was not found, or found and refused.
struct Missing {
  std::string name;
  ObjectIndex loader = no_object;
  Via via = Via::needed;
  std::vector<std::string> tried;  ///< paths in search order
  std::string refused;             ///< the file that ended the search as no usable ELF, "" when nothing was found
  bool optional = false;           ///< preload, auxiliary: the program starts without it
};

/// A directory in the search that an attacker or an accident may fill: an empty element, a relative path.
struct Weakness {
  ObjectIndex object = no_object;
  std::string text;
};

/// The objects of one process, in load order: 0 is the program. Grows by open().
class LinkMap {
 public:
  /// Maps the program, its interpreter, preloads and the closure of DT_NEEDED. `program` is an ELF file of `files`,
  /// reached as `program.path`. Never fails: what is not there is in missing().
  LinkMap(const rootfs::FileSystem& files, const rootfs::Found& program, const Environment& environment);
  LinkMap(LinkMap&&) noexcept;
  LinkMap& operator=(LinkMap&&) noexcept;
  ~LinkMap();

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool secure() const;
  [[nodiscard]] const std::vector<Object>& objects() const;
  [[nodiscard]] const std::vector<Missing>& missing() const;
  [[nodiscard]] const std::vector<Weakness>& weaknesses() const;
  /// Whether a bound on directories, lookups or objects left something out.
  [[nodiscard]] bool cut() const;

  /// As dlopen(name) called by `caller`: a name is searched, a path is taken. Returns the object (which may have been
  /// there before), its closure follows it in objects(); nothing when it was not found, which is not recorded in
  /// missing(), but what its closure lacks is.
  std::optional<ObjectIndex> open(std::string_view name, ObjectIndex caller);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgslim::linker
