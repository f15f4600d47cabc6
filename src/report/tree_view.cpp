#include "imgslim/tree_view.h"

#include <algorithm>

namespace imgslim {
namespace {

/// "/" before every other byte, so that "a/b" stands before "a-b".
int rank(char byte) { return byte == '/' ? 0 : static_cast<unsigned char>(byte) + 1; }

}  // namespace

std::string_view kind_name(FileKind kind) {
  switch (kind) {
    case FileKind::file:
      return "file";
    case FileKind::directory:
      return "directory";
    case FileKind::symlink:
      return "symlink";
    case FileKind::character_device:
      return "character_device";
    case FileKind::block_device:
      return "block_device";
    case FileKind::fifo:
      return "fifo";
    case FileKind::socket:
      return "socket";
  }
  return "file";
}

bool path_precedes(std::string_view left, std::string_view right) {
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                      [](char a, char b) { return rank(a) < rank(b); });
}

}  // namespace imgslim
