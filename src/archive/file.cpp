#include "archive/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace imgslim::archive {
namespace {

Error errno_error(const std::string& what, int error) {
  return environment_error(what + ": " + std::generic_category().message(error));
}

}  // namespace

Result<std::shared_ptr<const File>> File::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno_error("cannot open \"" + path + "\"", errno);
  return adopt(descriptor, path);
}

Result<std::shared_ptr<const File>> File::adopt(int descriptor, const std::string& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    const int error = errno;
    const bool irregular = status.st_mode != 0;
    ::close(descriptor);
    if (irregular) return environment_error("cannot read \"" + path + "\": not a regular file");
    return errno_error("cannot read \"" + path + "\"", error);
  }
  return std::shared_ptr<const File>(new File(descriptor, static_cast<std::uint64_t>(status.st_size), path));
}

File::File(int descriptor, std::uint64_t size_bytes, std::string path)
    : descriptor_(descriptor), size_bytes_(size_bytes), path_(std::move(path)) {}

File::~File() { ::close(descriptor_); }

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
  if (offset >= size_bytes_) return std::size_t{0};
  while (true) {
    const auto count = ::pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return errno_error("cannot read \"" + path_ + "\" at byte " + std::to_string(offset), errno);
  }
}

FileRegion::FileRegion(std::shared_ptr<const File> file, std::uint64_t offset, std::uint64_t length)
    : file_(std::move(file)), offset_(offset), left_(length) {}

Result<std::size_t> FileRegion::read(std::span<std::byte> buffer) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_));
  if (wanted == 0) return std::size_t{0};
  IMGSLIM_TRY(const auto count, file_->read_at(offset_, buffer.first(wanted)));
  offset_ += count;
  left_ = count == 0 ? 0 : left_ - count;
  return count;
}

std::uint64_t FileRegion::skip(std::uint64_t count) {
  const auto in_file = file_->size_bytes() - std::min(offset_, file_->size_bytes());
  const auto skipped = std::min({count, left_, in_file});
  offset_ += skipped;
  left_ -= skipped;
  return skipped;
}

Result<std::unique_ptr<NamedPipe>> NamedPipe::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno_error("cannot open \"" + path + "\"", errno);
  return std::unique_ptr<NamedPipe>(new NamedPipe(descriptor));
}

NamedPipe::~NamedPipe() { ::close(descriptor_); }

Result<std::size_t> DescriptorSource::read(std::span<std::byte> buffer) {
  while (true) {
    const auto count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return errno_error("cannot read from descriptor " + std::to_string(descriptor_), errno);
  }
}

}  // namespace imgslim::archive
