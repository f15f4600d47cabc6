// A directory on the user's disk that holds an image, such as an OCI layout. Its content may come from anyone, so no
// symbolic link is followed on the way to a file: every component is opened with O_NOFOLLOW relative to the one before.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>

#include "archive/stored_members.h"
#include "core/path.h"

namespace imgslim::archive {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  [[nodiscard]] int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

Error errno_error(const std::string& what) {
  return environment_error("cannot read \"" + what + "\": " + std::generic_category().message(errno));
}

struct Root {
  std::string path;
  Descriptor descriptor;
};

/// Opens `name` below the root; O_NONBLOCK keeps a FIFO put there from blocking us.
Result<Descriptor> open_below(const Root& root, std::string_view name, int flags) {
  Descriptor current(::openat(root.descriptor.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (current.get() < 0) return errno_error(root.path);
  const std::string whole(name);
  while (!name.empty()) {
    const auto slash = std::min(name.find('/'), name.size());
    const std::string component(name.substr(0, slash));
    const bool last = slash == name.size();
    const int kind = last ? flags : O_DIRECTORY;
    current =
        Descriptor(::openat(current.get(), component.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | kind));
    if (current.get() < 0) return errno_error(root.path + "/" + whole);
    name.remove_prefix(last ? slash : slash + 1);
  }
  return current;
}

class DirectoryMembers final : public StoredMembers {
 public:
  DirectoryMembers(Root root, std::vector<std::pair<std::string, Member>> members)
      : StoredMembers(std::move(members)), root_(std::move(root)) {}

 private:
  Result<SourcePtr> open_at(std::size_t index) const override {
    const auto& name = members()[index].first;
    IMGSLIM_TRY(auto descriptor, open_below(root_, name, 0));
    IMGSLIM_TRY(auto file, File::adopt(descriptor.release(), root_.path + "/" + name));
    return SourcePtr(std::make_unique<FileRegion>(file, 0, file->size_bytes()));
  }

  Root root_;
};

Result<std::string> link_target_of(int directory, const std::string& name, const std::string& where) {
  std::array<char, PATH_MAX> target{};
  const auto length = ::readlinkat(directory, name.c_str(), target.data(), target.size());
  if (length < 0) return errno_error(where);
  return std::string(target.data(), static_cast<std::size_t>(length));
}

/// Lists a tree with a list of directories still to be read, not by recursion: its depth is not ours to trust.
class DirectoryWalk {
 public:
  DirectoryWalk(const Root& root, const Limits& limits) : root_(root), limits_(limits) {}

  Result<std::vector<std::pair<std::string, Member>>> run() {
    while (!pending_.empty()) {
      const auto directory = std::move(pending_.back());
      pending_.pop_back();
      IMGSLIM_TRY_DONE(list(directory));
    }
    std::sort(members_.begin(), members_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return std::move(members_);
  }

 private:
  struct CloseDirectory {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };

  Status list(const std::string& directory) {
    IMGSLIM_TRY(auto descriptor, open_below(root_, directory, O_DIRECTORY));
    const int raw = descriptor.get();
    const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(raw));
    if (stream == nullptr) return errno_error(root_.path + "/" + directory);
    descriptor.release();
    while (true) {
      errno = 0;
      const auto* entry = ::readdir(stream.get());
      if (entry == nullptr && errno != 0) return errno_error(root_.path + "/" + directory);
      if (entry == nullptr) return Done{};
      const std::string name = entry->d_name;
      if (name != "." && name != "..") IMGSLIM_TRY_DONE(add(raw, directory, name));
    }
  }

  Status add(int directory_descriptor, const std::string& directory, const std::string& name) {
    if (++entries_ > limits_.archive_members) return limit_hit(limits_, &Limits::archive_members, root_.path);
    auto path = join_path(directory, name);
    if (path.size() > limits_.path_bytes) return limit_hit(limits_, &Limits::path_bytes, root_.path);
    struct stat status {};
    if (::fstatat(directory_descriptor, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      return errno_error(root_.path + "/" + path);
    if (S_ISDIR(status.st_mode)) pending_.push_back(path);
    if (S_ISREG(status.st_mode)) members_.emplace_back(path, Member{static_cast<std::uint64_t>(status.st_size), ""});
    if (S_ISLNK(status.st_mode)) {
      IMGSLIM_TRY(const auto target, link_target_of(directory_descriptor, name, root_.path + "/" + path));
      members_.emplace_back(path, Member{0, symlink_member_target(path, target)});
    }
    return Done{};
  }

  const Root& root_;
  const Limits& limits_;
  std::vector<std::string> pending_{""};
  std::vector<std::pair<std::string, Member>> members_;
  std::uint64_t entries_ = 0;
};

}  // namespace

Result<std::unique_ptr<MemberStore>> open_directory(const std::string& path, const Limits& limits) {
  Root root{path, Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))};
  if (root.descriptor.get() < 0) return errno_error(path);
  IMGSLIM_TRY(auto members, DirectoryWalk(root, limits).run());
  return std::unique_ptr<MemberStore>(std::make_unique<DirectoryMembers>(std::move(root), std::move(members)));
}

}  // namespace imgslim::archive
