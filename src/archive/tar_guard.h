#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/note.h"

namespace imgslim::archive {

/// A header of 512 bytes whose checksum is right.
[[nodiscard]] bool is_tar_header(std::span<const std::byte> block);

/// What the headers of one entry (extension headers first, all in one run of bytes) hide from readers that use C
/// strings or trust the wrong size; `name` is the entry's path, for the notes.
[[nodiscard]] std::vector<Note> check_headers(std::span<const std::byte> headers, std::string_view name);

/// Looks at the bytes from the end of the archive to the end of the stream.
class TarTail {
 public:
  explicit TarTail(std::uint64_t offset) : offset_(offset) {}
  void feed(std::span<const std::byte> bytes);
  /// Nothing when all is zeros, as it should be.
  [[nodiscard]] std::optional<Note> verdict() const;

 private:
  std::uint64_t offset_;  // of the first byte fed
  std::uint64_t fed_ = 0;
  std::vector<std::byte> head_;                  // the first two blocks
  std::optional<std::uint64_t> first_non_zero_;  // counted from offset_
};

}  // namespace imgslim::archive
