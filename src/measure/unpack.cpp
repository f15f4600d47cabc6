#include "measure/unpack.h"

#include <set>

#include "archive/decompressor.h"
#include "archive/tar_reader.h"
#include "core/path.h"

namespace imgslim::measure {
namespace {

constexpr std::string_view whiteout = ".wh.", opaque = ".wh..wh..opq";

class LayerUnpacker {
 public:
  explicit LayerUnpacker(RootDirectory& root) : root_(root) {}

  Status take(const archive::TarEntry& entry, archive::TarReader& tar) {
    const auto path = clean_path(entry.path).text;
    const auto name = base_name(path);
    if (name == opaque) return clear(std::string(parent_path(path)));
    if (name.starts_with(".wh..wh.")) return Done{};
    if (name.starts_with(whiteout)) return root_.remove(join_path(parent_path(path), name.substr(whiteout.size())));
    remember(path);
    return root_.put(entry, tar);
  }

 private:
  /// The path and the directories above it are this layer's own.
  void remember(std::string_view path) {
    for (; !path.empty(); path = parent_path(path))
      if (!own_.emplace(path).second) return;
  }

  Status clear(const std::string& directory) {
    for (const auto& name : root_.list(directory)) {
      const auto path = join_path(directory, name);
      if (!own_.contains(path)) IMGSLIM_TRY_DONE(root_.remove(path));
    }
    return Done{};
  }

  RootDirectory& root_;
  std::set<std::string, std::less<>> own_;
};

}  // namespace

Status unpack_layer(archive::ByteSource& blob, const Limits& limits, RootDirectory& root) {
  archive::PeekSource packed(blob);
  IMGSLIM_TRY(const auto head, packed.peek(16));
  archive::Decompressor plain(packed, archive::sniff_compression(head), limits);
  archive::TarReader tar(plain, limits);
  LayerUnpacker unpacker(root);
  while (true) {
    IMGSLIM_TRY(const auto entry, tar.next());
    if (!entry) return Done{};
    IMGSLIM_TRY_DONE(unpacker.take(*entry, tar));
  }
}

}  // namespace imgslim::measure
