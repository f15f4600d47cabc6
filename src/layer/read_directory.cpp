// A root file system on disk, read as a layer without a blob. Symlinks that the walk finds are never followed; a tree
// that somebody changes meanwhile is not the image's to change. Sizes are what a tar of it would store, a header block
// and content padded to blocks, and what gzip would about make of that tar.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "archive/compression_estimate.h"
#include "core/path.h"
#include "layer/entry_sizes.h"
#include "layer/layer_builder.h"
#include "layer/read.h"

namespace imgslim::layer {
namespace {

constexpr std::uint64_t tar_block_bytes = 512;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

EntryKind kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return EntryKind::directory;
  if (S_ISLNK(mode)) return EntryKind::symlink;
  if (S_ISCHR(mode)) return EntryKind::character_device;
  if (S_ISBLK(mode)) return EntryKind::block_device;
  if (S_ISFIFO(mode)) return EntryKind::fifo;
  if (S_ISSOCK(mode)) return EntryKind::socket;
  return EntryKind::regular;
}

class DirectoryReader {
 public:
  DirectoryReader(std::string top, const Limits& limits) : top_(std::move(top)), builder_(limits) {}

  Result<Layer> run() && {
    std::vector<std::string> open{""};
    while (!open.empty()) {
      const auto directory = std::move(open.back());
      open.pop_back();
      IMGSLIM_TRY(const auto names, list(directory));
      std::vector<std::string> below;
      for (const auto& name : names) {
        const auto path = join_path(directory, name);
        IMGSLIM_TRY(const auto is_directory, read_one(path));
        if (is_directory) below.push_back(path);
      }
      open.insert(open.end(), below.rbegin(), below.rend());
    }
    auto& layer = builder_.layer();
    offsets_.push_back(layer.stored_bytes);
    const auto& map = estimate_.finish();
    layer.compressed_bytes_estimate = map.compressed_offset(layer.stored_bytes);
    settle_sizes(layer, offsets_, map);
    return std::move(builder_).finish();
  }

 private:
  [[nodiscard]] std::string on_disk(const std::string& path) const { return join_path(top_, path); }

  Result<std::vector<std::string>> list(const std::string& directory) {
    std::vector<std::string> names;
    const int descriptor = openat(AT_FDCWD, on_disk(directory).c_str(),
                                  O_RDONLY | O_DIRECTORY | O_CLOEXEC | (directory.empty() ? 0 : O_NOFOLLOW));
    DIR* const stream = descriptor < 0 ? nullptr : fdopendir(descriptor);
    if (stream == nullptr) {
      if (directory.empty())
        return environment_error("cannot read the directory: " + std::string(std::strerror(errno)));
      builder_.notes().add("content-not-read", directory, std::strerror(errno));
      return names;
    }
    while (const dirent* const found = readdir(stream)) {
      const std::string name = found->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(stream);
    std::sort(names.begin(), names.end());
    return names;
  }

  /// True for directories.
  Result<bool> read_one(const std::string& path) {
    struct stat status {};
    if (lstat(on_disk(path).c_str(), &status) != 0) {
      builder_.notes().add("content-not-read", path, std::strerror(errno));
      return false;
    }
    const auto header = header_of(path, status);
    IMGSLIM_TRY(const auto index, builder_.add(header));
    offsets_.push_back(builder_.layer().stored_bytes);
    store_header(path);
    if (header.kind == EntryKind::regular) read_content(header, index);
    return header.kind == EntryKind::directory;
  }

  archive::TarEntry header_of(const std::string& path, const struct stat& status) {
    archive::TarEntry header;
    header.path = path;
    header.kind = kind_of(status.st_mode);
    header.mode = status.st_mode & 07777;
    header.uid = status.st_uid;
    header.gid = status.st_gid;
    header.mtime_ns = status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec;
    if (header.kind == EntryKind::regular) header.logical_bytes = static_cast<std::uint64_t>(status.st_size);
    if (header.kind == EntryKind::character_device || header.kind == EntryKind::block_device) {
      header.device_major = major(status.st_rdev);
      header.device_minor = minor(status.st_rdev);
    }
    if (header.kind == EntryKind::symlink) header.link_target = link_target(path);
    if (header.kind == EntryKind::regular && status.st_nlink > 1) {
      const auto [first, is_new] = first_names_.try_emplace({status.st_dev, status.st_ino}, path);
      if (!is_new) {
        header.kind = EntryKind::hardlink;
        header.link_target = first->second;
      }
    }
    return header;
  }

  [[nodiscard]] std::string link_target(const std::string& path) const {
    std::array<char, 4096> target{};
    const auto length = readlink(on_disk(path).c_str(), target.data(), target.size());
    return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
  }

  void read_content(const archive::TarEntry& header, EntryIndex index) {
    if (header.logical_bytes == 0) return;
    const Descriptor file(open(on_disk(header.path).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) {
      builder_.notes().add("content-not-read", header.path, std::strerror(errno));
      return;
    }
    auto probe = builder_.probe(index, header);
    std::uint64_t content_bytes = 0;
    while (true) {
      const auto count = ::read(file.get(), buffer_.data(), buffer_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      const auto bytes = std::span(buffer_).first(static_cast<std::size_t>(count));
      probe.feed(content_bytes, bytes);
      store(bytes);
      content_bytes += static_cast<std::uint64_t>(count);
    }
    builder_.set_content(index, content_bytes, probe.kind(), probe.finish());
    static constexpr std::array<std::byte, tar_block_bytes> zeros{};
    store(std::span(zeros).first((tar_block_bytes - content_bytes % tar_block_bytes) % tar_block_bytes));
  }

  /// The next bytes of the tar that nobody writes.
  void store(std::span<const std::byte> bytes) {
    estimate_.feed(bytes);
    builder_.layer().stored_bytes += bytes.size();
  }

  /// A header block, of which the name is what matters to a compressor.
  void store_header(const std::string& path) {
    std::array<std::byte, tar_block_bytes> header{};
    std::memcpy(header.data(), path.data(), std::min<std::size_t>(path.size(), 100));
    store(header);
  }

  std::string top_;
  LayerBuilder builder_;
  archive::CompressionEstimate estimate_;
  std::vector<std::uint64_t> offsets_;  // of each entry's header in that tar, then its end
  std::map<std::pair<dev_t, ino_t>, std::string> first_names_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(256u << 10);
};

}  // namespace

Result<Layer> read_directory(const std::string& path, const Limits& limits) {
  return DirectoryReader(path, limits).run();
}

}  // namespace imgslim::layer
