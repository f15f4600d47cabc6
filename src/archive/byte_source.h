#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/digest.h"
#include "imgslim/result.h"

namespace imgslim::archive {

/// A stream of bytes read once, front to back. One of the few virtual types: files, pipes, archive members and decoders
/// meet here.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills up to buffer.size() bytes (> 0) and returns how many; 0 is the end, and stays the end. A short count is
  /// not the end. Errors: environment for I/O, input for corrupt data.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;
  /// Moves over up to `count` bytes without reading them and returns how many; fewer, such as the 0 of sources that
  /// cannot seek, means that the rest has to be read.
  virtual std::uint64_t skip(std::uint64_t count) {
    static_cast<void>(count);
    return 0;
  }
};

using SourcePtr = std::unique_ptr<ByteSource>;

/// Reads until `buffer` is full or the source ends; returns the bytes read.
Result<std::size_t> read_fully(ByteSource& source, std::span<std::byte> buffer);

/// Reads to the end and drops the bytes; returns how many there were.
Result<std::uint64_t> drain(ByteSource& source);

/// Bytes held in memory by the caller, who keeps them alive.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::span<const std::byte> bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  std::span<const std::byte> bytes_;
};

/// Passes bytes through and hashes them: digest() and bytes() speak of what was read so far.
class HashingSource final : public ByteSource {
 public:
  explicit HashingSource(ByteSource& upstream) : upstream_(upstream) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// SHA-256 of everything read; call once, after the end.
  [[nodiscard]] Digest finish() { return hash_.finish(); }

 private:
  ByteSource& upstream_;
  Sha256 hash_;
  std::uint64_t bytes_ = 0;
};

/// Gives the first bytes to whoever asks without consuming them.
class PeekSource final : public ByteSource {
 public:
  explicit PeekSource(ByteSource& upstream) : upstream_(upstream) {}
  /// The next bytes of the stream, up to `count` (fewer only at the end); the view lives until the next call.
  Result<std::span<const std::byte>> peek(std::size_t count);
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  ByteSource& upstream_;
  std::vector<std::byte> held_;
  std::size_t consumed_ = 0;
};

}  // namespace imgslim::archive
