// Unpacking is the one place where names of an image meet a file system of this machine. The parent directory of each
// entry is opened by openat2(2) with RESOLVE_IN_ROOT: ".." and absolute symlinks end at the root directory. Then only
// the entry's own name is used, with calls that do not follow symlinks.
#include "measure/root_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/path.h"

namespace imgslim::measure {
namespace {

using archive::EntryKind;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

Error failed(const std::string& what) {
  return environment_error("cannot unpack " + what + ": " + std::strerror(errno));
}

int open_inside(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<__u64>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path.empty() ? "." : path.c_str(), &how, sizeof how));
}

/// The directory, made with all above it where it is missing.
int open_parent(int root, const std::string& path) {
  const int found = open_inside(root, path, O_PATH | O_DIRECTORY);
  if (found >= 0 || errno != ENOENT || path.empty()) return found;
  const Descriptor above(open_parent(root, std::string(parent_path(path))));
  if (!above || (mkdirat(above.get(), std::string(base_name(path)).c_str(), 0755) != 0 && errno != EEXIST)) return -1;
  return open_inside(root, path, O_PATH | O_DIRECTORY);
}

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(directory), closedir);
  if (!stream) {
    close(directory);
    return names;
  }
  while (const auto* entry = readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

void remove_tree(int parent, const std::string& name, int depth) {
  constexpr int deepest = 1024;
  if (unlinkat(parent, name.c_str(), 0) == 0 || depth > deepest) return;
  const Descriptor directory(openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return;
  const int listed = openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (listed >= 0)
    for (const auto& child : names_in(listed)) remove_tree(directory.get(), child, depth + 1);
  unlinkat(parent, name.c_str(), AT_REMOVEDIR);
}

void forget_tree(int directory, int depth) {
  constexpr int deepest = 1024;
  const int listed = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (listed < 0 || depth > deepest) return;
  for (const auto& name : names_in(listed)) {
    struct stat status {};
    if (fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    const bool is_directory = S_ISDIR(status.st_mode);
    if (!is_directory && !S_ISREG(status.st_mode)) continue;
    const int flags = is_directory ? O_PATH | O_DIRECTORY : O_RDONLY;
    const Descriptor entry(openat(directory, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
    if (entry && is_directory) forget_tree(entry.get(), depth + 1);
    if (entry && !is_directory) posix_fadvise(entry.get(), 0, 0, POSIX_FADV_DONTNEED);
  }
}

Status write_blocks(int file, const std::string& path, archive::TarReader& content) {
  while (true) {
    IMGSLIM_TRY(const auto block, content.next_block());
    if (!block) return Done{};
    auto bytes = block->bytes;
    auto offset = static_cast<off_t>(block->offset);
    while (!bytes.empty()) {
      const auto written = pwrite(file, bytes.data(), bytes.size(), offset);
      if (written <= 0) return failed(path);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += written;
    }
  }
}

Status put_file(int parent, const std::string& name, const archive::TarEntry& entry, archive::TarReader& content) {
  const Descriptor file(openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return failed(entry.path);
  IMGSLIM_TRY_DONE(write_blocks(file.get(), entry.path, content));
  if (ftruncate(file.get(), static_cast<off_t>(entry.logical_bytes)) != 0) return failed(entry.path);
  return Done{};
}

}  // namespace

Result<RootDirectory> RootDirectory::make(const std::string& parent) {
  std::string path = parent + "/imgslim-XXXXXX";
  if (mkdtemp(path.data()) == nullptr)
    return environment_error("no directory below " + parent + ": " + std::strerror(errno));
  chmod(path.c_str(), 0755);
  const int descriptor = open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return environment_error("cannot open " + path);
  return RootDirectory(path, descriptor);
}

RootDirectory::RootDirectory(RootDirectory&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

RootDirectory::~RootDirectory() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  const auto slash = path_.rfind('/');
  const Descriptor parent(open(path_.substr(0, slash + 1).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  remove_tree(parent.get(), path_.substr(slash + 1), 0);
}

Status RootDirectory::put(const archive::TarEntry& entry, archive::TarReader& content) {
  const auto path = clean_path(entry.path).text;
  if (path.empty()) return Done{};
  const std::string name(base_name(path));
  const Descriptor parent(open_parent(descriptor_, std::string(parent_path(path))));
  if (!parent) return failed(entry.path);
  const bool is_directory = entry.kind == EntryKind::directory;
  struct stat status {};
  const bool there = fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && !(is_directory && S_ISDIR(status.st_mode))) remove_tree(parent.get(), name, 0);

  if (is_directory) {
    if (mkdirat(parent.get(), name.c_str(), 0755) != 0 && errno != EEXIST) return failed(entry.path);
  } else if (entry.kind == EntryKind::regular) {
    IMGSLIM_TRY_DONE(put_file(parent.get(), name, entry, content));
  } else if (entry.kind == EntryKind::symlink) {
    if (symlinkat(entry.link_target.c_str(), parent.get(), name.c_str()) != 0) return failed(entry.path);
  } else if (entry.kind == EntryKind::hardlink) {
    const auto target = clean_path(entry.link_target).text;
    const Descriptor from(open_parent(descriptor_, std::string(parent_path(target))));
    if (linkat(from.get(), std::string(base_name(target)).c_str(), parent.get(), name.c_str(), 0) != 0)
      return failed(entry.path);
    return Done{};
  } else {
    return Done{};
  }
  // Without the right to, files belong to whoever measures.
  if (fchownat(parent.get(), name.c_str(), static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid),
               AT_SYMLINK_NOFOLLOW) != 0 &&
      errno != EPERM && errno != EINVAL)
    return failed(entry.path);
  if (entry.kind != EntryKind::symlink && fchmodat(parent.get(), name.c_str(), entry.mode & 07777, 0) != 0)
    return failed(entry.path);
  // Bytecode of Python names the time of its source.
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  const timespec time{entry.mtime_ns / nanoseconds, std::max<std::int64_t>(0, entry.mtime_ns % nanoseconds)};
  const std::array<timespec, 2> times{time, time};
  if (utimensat(parent.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0) return failed(entry.path);
  return Done{};
}

Status RootDirectory::remove(std::string_view clean) {
  const Descriptor parent(open_inside(descriptor_, std::string(parent_path(clean)), O_PATH | O_DIRECTORY));
  if (parent) remove_tree(parent.get(), std::string(base_name(clean)), 0);
  return Done{};
}

void RootDirectory::forget_contents() const {
  const Descriptor directory(openat(descriptor_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return;
  syncfs(directory.get());  // only what has been written can be dropped
  forget_tree(directory.get(), 0);
}

std::string RootDirectory::text(std::string_view clean) const {
  const Descriptor file(open_inside(descriptor_, std::string(clean), O_RDONLY | O_NONBLOCK));
  std::string text(1u << 20, '\0');
  const auto size = file ? read(file.get(), text.data(), text.size()) : 0;
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

std::vector<std::string> RootDirectory::list(std::string_view clean) const {
  const int directory = open_inside(descriptor_, std::string(clean), O_RDONLY | O_DIRECTORY);
  return directory < 0 ? std::vector<std::string>() : names_in(directory);
}

}  // namespace imgslim::measure
