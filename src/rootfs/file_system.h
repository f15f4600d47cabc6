#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "elf/elf_facts.h"
#include "imports/imports.h"
#include "tree/merged_tree.h"

/// The merged file system as a process in the container sees it, with the facts that the layer pass took.
namespace imgslim::rootfs {

using FileId = tree::EntryId;  ///< the inode: equal for all hard links and for every path to the file

/// A path resolved as the kernel does.
struct Found {
  tree::NodeId node = tree::Node::none;
  FileId file = 0;
  std::string path;  ///< canonical: absolute, symlinks resolved: "/usr/lib/libc.so.6"
};

enum class Failure : std::uint8_t {
  none,
  missing,  ///< ENOENT, ENOTDIR or a directory in its place
  loop,     ///< ELOOP: too many symlinks
};

struct Lookup {
  std::optional<Found> found;
  Failure failure = Failure::none;
};

/// Who a file belongs to and what its mode is.
struct Permissions {
  std::uint32_t mode = 0;
  std::uint64_t uid = 0, gid = 0;
  bool file_capabilities = false;  ///< has security.capability
};

/// Paths are absolute, or relative to the root; a caller with a working directory joins first. The view outlives no
/// tree.
class FileSystem {
 public:
  explicit FileSystem(const tree::MergedTree& tree);

  /// A regular file at `path`, symlinks followed.
  [[nodiscard]] Lookup open(std::string_view path) const;
  /// As open() without the reason of a failure.
  [[nodiscard]] std::optional<Found> find(std::string_view path) const { return open(path).found; }
  [[nodiscard]] bool is_directory(std::string_view path) const;
  /// The canonical path of a directory or file, or nothing.
  [[nodiscard]] std::optional<std::string> canonical(std::string_view path) const;
  /// Where the symlink at `path` points (raw), or nothing when the last component is none.
  [[nodiscard]] std::optional<std::string> link_target(std::string_view path) const;
  /// Names in a directory, sorted by bytes; empty when there is none.
  [[nodiscard]] std::vector<std::string> list(std::string_view directory) const;

  [[nodiscard]] Permissions permissions(FileId file) const;
  [[nodiscard]] std::uint64_t size_bytes(FileId file) const;            ///< as stored, holes left out
  [[nodiscard]] const elf::ElfFacts* elf(FileId file) const;            ///< null for files that are no ELF
  [[nodiscard]] const imports::SourceFacts* source(FileId file) const;  ///< null unless a source file
  /// Null for files that are no binaries of a runtime that is looked at.
  [[nodiscard]] const layer::RuntimeStrings* runtime_strings(FileId file) const;
  [[nodiscard]] const layer::BytecodeHeader* bytecode(FileId file) const;  ///< null unless a compiled Python module
  /// Null for files that are no Java archives or bring no others along.
  [[nodiscard]] const layer::JavaArchive* java_archive(FileId file) const;
  /// Of captured files (layer/runtime_text.h) and of package databases that are text.
  [[nodiscard]] std::optional<std::string_view> text(FileId file) const;
  /// text() of the file at a path.
  [[nodiscard]] std::optional<std::string_view> text_at(std::string_view path) const;
  /// All visible ELF files, by FileId.
  [[nodiscard]] const std::vector<FileId>& elf_files() const { return elf_files_; }
  /// Canonical path of a visible file; the first name by bytes for hard links.
  [[nodiscard]] std::string path_of(FileId file) const;
  [[nodiscard]] const tree::MergedTree& tree() const { return tree_; }

 private:
  const tree::MergedTree& tree_;
  std::unordered_map<FileId, const elf::ElfFacts*> elf_;
  std::unordered_map<FileId, const imports::SourceFacts*> sources_;
  std::unordered_map<FileId, const layer::RuntimeStrings*> runtime_strings_;
  std::unordered_map<FileId, const layer::BytecodeHeader*> bytecode_;
  std::unordered_map<FileId, const layer::JavaArchive*> java_archives_;
  std::unordered_map<FileId, std::string_view> texts_;
  std::vector<FileId> elf_files_;
  std::vector<tree::NodeId> names_;  ///< by FileId, for every file of the image: the first of its names by bytes
};

}  // namespace imgslim::rootfs
