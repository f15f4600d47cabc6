#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim {

enum class FileKind { file, directory, symlink, character_device, block_device, fifo, socket };

/// "file", "directory", …: the `kind` of the tree listing.
[[nodiscard]] std::string_view kind_name(FileKind kind);

/// One name of the merged filesystem.
struct FileRow {
  std::string path;  ///< without leading "/"; any bytes
  FileKind kind = FileKind::file;
  std::uint64_t visible_bytes = 0;       ///< of its inode, the same at each of its names; 0 for all but files
  std::uint64_t compressed_bytes = 0;    ///< what the inode costs in a pull
  std::uint32_t layer = 0;               ///< that the content comes from, 0 = lowest
  std::optional<std::uint32_t> package;  ///< index into Report::packages
  std::uint64_t inode = 0;               ///< equal for the names of one inode, unique otherwise
  std::uint32_t links = 1;               ///< visible names of the inode
  bool repeats_inode = false;            ///< an earlier row has the same inode: this one's bytes are counted there
  std::uint32_t mode = 0;                ///< permission bits with setuid, setgid and sticky
  std::uint64_t uid = 0, gid = 0;
  std::string link_target;  ///< of a symlink
};

/// The whole merged filesystem, for outputs that want every file. Rows are sorted by path_precedes; a directory that no
/// layer states may be missing, its files imply it.
struct TreeView {
  std::vector<FileRow> rows;
};

/// The order of a TreeView: by bytes with "/" lowest, so that a directory is followed by all that is in it.
[[nodiscard]] bool path_precedes(std::string_view left, std::string_view right);

}  // namespace imgslim
