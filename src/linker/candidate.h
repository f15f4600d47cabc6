#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "linker/glibc_traits.h"
#include "linker/search.h"

/// Opening files by name, as a linker does, within a bound.
namespace imgslim::linker {

/// What open(2) makes of a path.
struct Candidate {
  enum class State { absent, unreadable, error, opened };
  State state = State::absent;         ///< error: a symlink loop, or the bound on lookups is reached
  std::optional<rootfs::Found> found;  ///< nothing of an opened directory
  std::string path;                    ///< absolute, symlinks unresolved
};

/// A search directory.
struct Place {
  bool exists = false;
  std::vector<const Subdirectory*> subdirectories;  ///< those that are there
};

class Places {
 public:
  /// Both must outlive it.
  Places(Process& process, const std::vector<Subdirectory>& subdirectories)
      : process_(process), subdirectories_(subdirectories) {}

  /// Relative paths start at the working directory.
  [[nodiscard]] Candidate open(std::string_view path);
  [[nodiscard]] const Place& at(const std::string& directory);
  /// False once the bound is reached.
  [[nodiscard]] bool spend();

 private:
  Process& process_;
  const std::vector<Subdirectory>& subdirectories_;
  std::unordered_map<std::string, Place> places_;
  std::uint64_t lookups_ = 0;
};

/// What a loader is built for.
struct Machine {
  unsigned class_bits = 64;
  ByteOrder order = ByteOrder::little;
  std::uint16_t number = 0;
};

enum class Verdict { take, pass_over, refuse };

/// What glibc does with a file that it could open; null facts: no ELF file.
[[nodiscard]] Verdict judge_for_glibc(const elf::ElfFacts* facts, const Machine& wanted);
/// musl looks neither at class nor machine before it commits itself.
[[nodiscard]] Verdict judge_for_musl(const elf::ElfFacts* facts);

}  // namespace imgslim::linker
