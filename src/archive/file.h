#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "archive/byte_source.h"

namespace imgslim::archive {

/// A regular file opened for positional reads; shared by the sources of its regions, which may live on several threads.
class File {
 public:
  /// Opens `path` on the user's disk for reading. Errors: environment, with errno's text.
  static Result<std::shared_ptr<const File>> open(const std::string& path);
  /// Takes over an open descriptor; `path` only names it in errors. Errors: environment when it is no regular file
  /// (the descriptor is closed then too).
  static Result<std::shared_ptr<const File>> adopt(int descriptor, const std::string& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  /// pread, retried on EINTR; 0 at the end.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const;

 private:
  File(int descriptor, std::uint64_t size_bytes, std::string path);
  int descriptor_;
  std::uint64_t size_bytes_;
  std::string path_;
};

/// Reads [offset, offset + length) of a file; a region past the file's end ends early.
class FileRegion final : public ByteSource {
 public:
  FileRegion(std::shared_ptr<const File> file, std::uint64_t offset, std::uint64_t length);
  Result<std::size_t> read(std::span<std::byte> buffer) override;
  std::uint64_t skip(std::uint64_t count) override;

 private:
  std::shared_ptr<const File> file_;
  std::uint64_t offset_;
  std::uint64_t left_;
};

/// Reads a pipe or terminal until its end; does not own the descriptor.
class DescriptorSource final : public ByteSource {
 public:
  explicit DescriptorSource(int descriptor) : descriptor_(descriptor) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  int descriptor_;
};

/// A pipe that has a name: a FIFO, a shell's <(command), /dev/stdin.
class NamedPipe final : public ByteSource {
 public:
  /// Waits for a writer, as opening a FIFO does. Environment error when it cannot be opened.
  static Result<std::unique_ptr<NamedPipe>> open(const std::string& path);
  ~NamedPipe() override;
  NamedPipe(const NamedPipe&) = delete;
  NamedPipe& operator=(const NamedPipe&) = delete;
  Result<std::size_t> read(std::span<std::byte> buffer) override { return source_.read(buffer); }

 private:
  explicit NamedPipe(int descriptor) : descriptor_(descriptor), source_(descriptor) {}

  int descriptor_;
  DescriptorSource source_;
};

}  // namespace imgslim::archive
