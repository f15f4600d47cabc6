#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imgslim::memory {

inline constexpr std::uint64_t page_bytes = 4096;

/// The parts of a mapped ELF file, told by its program headers: they behave alike in all files.
enum class Part : std::uint8_t {
  header,  ///< read-only in front of the code: headers, hash tables, symbols, relocations
  text,    ///< executable
  rodata,  ///< read-only behind the code: constants, unwind tables
  relro,   ///< writable until relocated (PT_GNU_RELRO), whole pages of it
  data,    ///< the rest of the writable file bytes
  bss,     ///< writable memory behind the file bytes
};
inline constexpr std::size_t part_count = 6;

[[nodiscard]] constexpr std::string_view part_name(Part part) {
  constexpr std::string_view names[] = {"header", "text", "rodata", "relro", "data", "bss"};
  return names[static_cast<std::size_t>(part)];
}

}  // namespace imgslim::memory
