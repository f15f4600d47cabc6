#pragma once

#include <string_view>
#include <vector>

#include "elf/elf_facts.h"
#include "memory/coefficients.h"
#include "memory/estimate.h"

namespace imgslim::memory {

/// How a file's name makes it count; `is_program` for the first object of a process.
enum class IsProgram : std::uint8_t { no, yes, go };
[[nodiscard]] ObjectKind kind_of(std::string_view base_name, IsProgram is_program);

/// A file as a process has it.
struct ObjectUse {
  std::string_view base_name;
  ObjectKind kind = ObjectKind::library;
  UsedBy used_by = UsedBy::native_tool;
  bool indirect = false;          ///< see object_reach.h
  std::string_view program = {};  ///< base name of the process's program
};

/// The pages of a file in a process that has started, by part: the loader's, and of the rest what measured programs
/// make resident.
[[nodiscard]] std::vector<PartMemory> object_parts(const elf::ElfFacts& facts, const ObjectUse& use,
                                                   const Coefficients& coefficients);

/// How much less of a library than `parts`, its object_parts(), is resident when the program calls it and has it
/// switched off, as servers have TLS: by what programs have of it that never call it. 0 where that makes no difference
/// worth telling.
[[nodiscard]] std::uint64_t doubtful_bytes(const elf::ElfFacts& facts, const ObjectUse& use,
                                           const std::vector<PartMemory>& parts, const Coefficients& coefficients);

}  // namespace imgslim::memory
