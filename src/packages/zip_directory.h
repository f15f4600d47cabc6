#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_view.h"
#include "imgslim/result.h"

namespace imgslim::packages {

/// One file of a zip archive, as its central directory states it.
struct ZipEntry {
  std::string_view name;
  std::uint64_t header_offset = 0;  ///< of the local header, from the archive's first byte
  std::uint64_t compressed_bytes = 0;
  std::uint64_t uncompressed_bytes = 0;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflate
};

/// The entries in the directory's order, names pointing into `archive`. Fails when the bytes are no zip archive, are
/// cut off, or the directory lies outside; ends early at the first entry that is not whole.
Result<std::vector<ZipEntry>> read_zip_directory(ByteView archive);

/// The content of a stored or deflated entry, cut off after `longest` bytes.
Result<std::string> read_zip_entry(ByteView archive, const ZipEntry& entry, std::uint64_t longest);

}  // namespace imgslim::packages
