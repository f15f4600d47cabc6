#pragma once

#include <optional>

#include "elf/elf_facts.h"
#include "elf/sparse_image.h"

namespace imgslim::elf {

/// Reads what an ELF file states to kernel and loader, from its program headers alone; nothing for a file that does not
/// begin with ELF's magic number. Never fails otherwise: what cannot be read is left out, `incomplete` says when bytes
/// were wanted that are not at hand. Work and result are bounded whatever the file claims.
[[nodiscard]] std::optional<ElfFacts> read_elf(const SparseImage& file);

}  // namespace imgslim::elf
