#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "elf/sparse_image.h"
#include "elf/wanted_ranges.h"
#include "layer/layer.h"

namespace imgslim::layer {

[[nodiscard]] bool is_elf_magic(std::span<const std::byte> first);

/// A range of a file that passes by: keeps its bytes. Blocks ascend; what none of them covers is a hole, zeros.
class KeptRange {
 public:
  explicit KeptRange(elf::FileRange range) : range_(range) {}

  void feed(std::uint64_t offset, std::span<const std::byte> bytes);
  /// All of the range, once no block comes any more.
  [[nodiscard]] elf::SparseImage::Piece piece();

 private:
  elf::FileRange range_;
  std::vector<std::byte> bytes_;
};

/// Reads an ELF file while it passes by. What is kept of it is bounded (elf::most_wanted_bytes and the section header
/// table); a file that comes in one piece is not copied. The result does not depend on how the file is cut into blocks.
class ElfProbe {
 public:
  /// `file_bytes` is what the file's header in the layer states.
  explicit ElfProbe(std::uint64_t file_bytes)
      : file_bytes_(file_bytes), begin_({0, std::min(file_bytes, elf::planning_bytes)}) {}

  void feed(std::uint64_t offset, std::span<const std::byte> bytes);
  /// `entry` is left 0. A file whose tables cannot be read counts as ELF without debug sections.
  [[nodiscard]] ElfFile finish();

 private:
  void plan();
  void keep(std::uint64_t offset, std::span<const std::byte> bytes);

  std::uint64_t file_bytes_;
  KeptRange begin_;
  bool planned_ = false;
  std::vector<KeptRange> kept_;
  KeptRange section_table_{{}};
  std::optional<ElfFile> whole_;
};

}  // namespace imgslim::layer
