#pragma once

#include <cstdint>
#include <vector>

#include "elf/elf_facts.h"
#include "memory/part.h"

namespace imgslim::memory {

/// What is resident of one part of a file when its program begins, before any code of the program's own ran.
struct LoadedPart {
  Part part = Part::header;
  std::uint64_t pages = 0;          ///< mapped
  std::uint64_t dirty_pages = 0;    ///< written by the loader: the process's own copies
  std::uint64_t certain_pages = 0;  ///< resident wherever the file is mapped
  double floor_pages = 0;           ///< resident on average over the addresses that it may be mapped at
};

/// Simulates the kernel and the dynamic linker for a file that a process maps: pages read, written and run, and what
/// fault-around maps with them. Each part once, in the order of Part; parts without pages are left out. Pages of 4 KiB,
/// fault-around of 64 KiB (the kernel's default).
[[nodiscard]] std::vector<LoadedPart> loaded_pages(const elf::ElfFacts& facts);

}  // namespace imgslim::memory
