#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "elf/elf_facts.h"
#include "elf/format.h"
#include "elf/program_headers.h"
#include "elf/sparse_image.h"

namespace imgslim::elf {

/// The file as the loader maps it: link-time addresses lead to file bytes through PT_LOAD only.
class LoadedImage {
 public:
  LoadedImage(const Format& format, const SparseImage& file, const std::vector<ProgramHeader>& headers);

  [[nodiscard]] const Format& format() const { return format_; }
  [[nodiscard]] const SparseImage& file() const { return file_; }
  [[nodiscard]] const std::vector<LoadSegment>& segments() const { return segments_; }
  /// Those that hold constants: without code, or, when there are none, all that are not written.
  [[nodiscard]] std::vector<LoadSegment> constant_segments() const;
  /// Those that the program may write: initialized data.
  [[nodiscard]] std::vector<LoadSegment> writable_segments() const;
  /// The `length` file bytes that one segment maps at `address`, when all are at hand.
  [[nodiscard]] std::optional<ByteView> bytes(std::uint64_t address, std::uint64_t length) const;
  /// What is at hand from `address` on to the end of its segment's file bytes, at most `length`.
  [[nodiscard]] ByteView bytes_up_to(std::uint64_t address, std::uint64_t length) const;
  /// Where in the file the byte at `address` comes from.
  [[nodiscard]] std::optional<std::uint64_t> file_offset(std::uint64_t address) const;

 private:
  [[nodiscard]] const LoadSegment* segment_of(std::uint64_t address) const;

  Format format_;
  const SparseImage& file_;
  std::vector<LoadSegment> segments_;
};

}  // namespace imgslim::elf
