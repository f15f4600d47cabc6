#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>

#include "core/byte_view.h"

namespace imgslim::elf {

/// Offsets of the fields that are read and sizes of the records, by class (System V gABI, chapters 4 and 5).
struct Layout {
  std::uint64_t word_bytes;  ///< of addresses, offsets and sizes
  std::uint64_t header, program_offset, section_offset, program_count, section_count;
  std::uint64_t program_bytes, section_bytes;
  std::uint64_t section_flags, section_place, section_size, section_link, section_info;
  std::uint64_t program_flags, program_place, program_address, program_file_bytes, program_memory_bytes,
      program_alignment;
  std::uint64_t symbol_bytes, symbol_info, symbol_section, symbol_size;
};

/// Reads numbers of a file whose class and byte order are known.
class Format {
 public:
  /// Nothing when `header`, the file's first bytes, is no whole ELF header of a known class and byte order.
  [[nodiscard]] static std::optional<Format> of(ByteView header);

  [[nodiscard]] const Layout& layout() const { return *layout_; }
  [[nodiscard]] ByteOrder order() const { return order_; }
  [[nodiscard]] bool is_64_bit() const { return layout_->word_bytes == sizeof(std::uint64_t); }
  /// Numbers that are not all there read as 0.
  [[nodiscard]] std::uint16_t half(ByteView view, std::uint64_t offset) const {
    return number<std::uint16_t>(view, offset);
  }
  [[nodiscard]] std::uint32_t word(ByteView view, std::uint64_t offset) const {
    return number<std::uint32_t>(view, offset);
  }
  /// A number of the class's word size.
  [[nodiscard]] std::uint64_t size(ByteView view, std::uint64_t offset) const {
    return is_64_bit() ? number<std::uint64_t>(view, offset) : word(view, offset);
  }

 private:
  Format(const Layout& layout, ByteOrder order) : layout_(&layout), order_(order) {}

  /// ByteView::number() without its loop over bytes: tables have millions of numbers.
  template <std::unsigned_integral T>
  [[nodiscard]] T number(ByteView view, std::uint64_t offset) const {
    if (!view.holds(offset, sizeof(T))) return 0;
    T value;
    std::memcpy(&value, view.bytes().data() + offset, sizeof value);
    constexpr auto native = std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;
    return order_ == native ? value : swapped(value);
  }
  static std::uint16_t swapped(std::uint16_t value) { return __builtin_bswap16(value); }
  static std::uint32_t swapped(std::uint32_t value) { return __builtin_bswap32(value); }
  static std::uint64_t swapped(std::uint64_t value) { return __builtin_bswap64(value); }

  const Layout* layout_;
  ByteOrder order_;
};

/// Whether the file begins with ELF's magic number.
[[nodiscard]] bool has_magic(ByteView header);

}  // namespace imgslim::elf
