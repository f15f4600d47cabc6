#pragma once

#include <cstdint>
#include <vector>

#include "elf/dynamic_section.h"
#include "elf/symbols.h"

namespace imgslim::elf {

/// The dynamic symbol table, its end as the hash tables tell or, where they do not, the highest number in relocations.
[[nodiscard]] SymbolTable read_symbols(const LoadedImage& image, const DynamicSection& section);

/// Follows all relocations of the dynamic section, as the dynamic linker does at start, without applying any.
[[nodiscard]] LoaderWork simulate_loader(const LoadedImage& image, const DynamicSection& section,
                                         const SymbolTable& symbols);

}  // namespace imgslim::elf
