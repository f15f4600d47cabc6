#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "layer/layer.h"

namespace imgslim::layer {

[[nodiscard]] bool is_elf_magic(std::span<const std::byte> first);

/// Keeps what tells the sections of an ELF file while it passes by: its header and its section header table.
class ElfProbe {
 public:
  void feed(std::uint64_t offset, std::span<const std::byte> bytes);
  /// `entry` is left 0. A file whose tables cannot be read counts as ELF without debug sections.
  [[nodiscard]] ElfFile finish() const;

 private:
  void locate();

  std::vector<std::byte> header_;
  std::uint64_t table_offset_ = 0, table_bytes_ = 0;
  bool located_ = false;
  std::vector<std::byte> table_;
  std::uint64_t end_ = 0;
};

}  // namespace imgslim::layer
