#pragma once

#include <cstdint>
#include <vector>

#include "elf/dynamic_section.h"
#include "elf/symbols.h"

namespace imgslim::elf {

/// The highest symbol number that a relocation names, plus one; 0 without any.
[[nodiscard]] std::uint64_t count_symbols_in_relocations(const LoadedImage& image, const DynamicSection& section);

/// Follows all relocations of the dynamic section, as the dynamic linker does at start, without applying any.
[[nodiscard]] LoaderWork simulate_loader(const LoadedImage& image, const DynamicSection& section,
                                         const SymbolTable& symbols);

}  // namespace imgslim::elf
