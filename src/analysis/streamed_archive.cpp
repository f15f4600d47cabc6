// `docker save` writes manifest.json last, so an archive that cannot be read twice is analyzed before it is understood:
// what decompresses or begins with a tar header is read as a layer, the rest is small text and kept.
#include "analysis/streamed_archive.h"

#include <algorithm>

#include "analysis/looks_like_tar.h"
#include "archive/decompressor.h"
#include "archive/tar_reader.h"
#include "core/path.h"
#include "layer/read.h"

namespace imgslim::analysis {
namespace {

using archive::EntryKind;

class ArchiveStream {
 public:
  ArchiveStream(archive::ByteSource& source, const ReadSettings& settings)
      : tar_(source, settings.limits), settings_(settings) {}

  Result<StreamedArchive> run() && {
    while (true) {
      IMGSLIM_TRY(const auto header, tar_.next());
      if (!header) break;
      if (++count_ > settings_.limits.archive_members)
        return limit_hit(settings_.limits, &Limits::archive_members, "too many members in the archive");
      IMGSLIM_TRY_DONE(read_member(*header));
    }
    archive_.members.finish();
    return std::move(archive_);
  }

 private:
  Status read_member(const archive::TarEntry& header) {
    auto name = clean_path(header.path).text;
    if (header.kind == EntryKind::symlink) {
      auto target = resolve_link(name, header.link_target).text;
      archive_.members.add(std::move(name), {0, std::move(target)}, std::nullopt);
    } else if (header.kind == EntryKind::hardlink) {
      archive_.members.add(std::move(name), {0, clean_path(header.link_target).text}, std::nullopt);
    } else if (header.kind == EntryKind::regular) {
      return read_file(std::move(name), header.logical_bytes);
    }
    return Done{};
  }

  Status read_file(std::string name, std::uint64_t size_bytes) {
    archive::TarMemberSource content(tar_);
    archive::PeekSource peek(content);
    IMGSLIM_TRY(const auto head, peek.peek(512));
    const bool layer_like =
        head.empty() || archive::sniff_compression(head) != archive::Compression::none || looks_like_tar(head);
    if (layer_like) read_layer(name, peek);
    if (layer_like && !head.empty()) {
      archive_.members.add(std::move(name), {size_bytes, ""}, std::nullopt);
      return Done{};
    }
    return keep(std::move(name), size_bytes, peek);
  }

  void read_layer(const std::string& name, archive::ByteSource& content) {
    const auto pipelining = settings_.threads > 1 ? layer::Pipelining::on : layer::Pipelining::off;
    auto layer = layer::read(content, pipelining, settings_.limits);
    archive_.layers.insert_or_assign(
        name, layer ? Result<tree::LayerPtr>(std::make_shared<const layer::Layer>(std::move(*layer)))
                    : Result<tree::LayerPtr>(std::move(layer).error()));
  }

  Status keep(std::string name, std::uint64_t size_bytes, archive::ByteSource& content) {
    if (size_bytes >
        settings_.limits.stream_capture_bytes - std::min(kept_bytes_, settings_.limits.stream_capture_bytes))
      return limit_hit(settings_.limits, &Limits::stream_capture_bytes, "members that are no layers, " + name);
    std::string text(static_cast<std::size_t>(size_bytes), '\0');
    IMGSLIM_TRY(const auto count, archive::read_fully(content, std::as_writable_bytes(std::span(text))));
    text.resize(count);
    kept_bytes_ += count;
    archive_.members.add(std::move(name), {size_bytes, ""}, std::move(text));
    return Done{};
  }

  archive::TarReader tar_;
  const ReadSettings& settings_;
  StreamedArchive archive_;
  std::uint64_t count_ = 0, kept_bytes_ = 0;
};

}  // namespace

Result<std::vector<std::string>> first_member_names(archive::PeekSource& tar, const Limits& limits) {
  constexpr std::size_t looked_at_bytes = 64u << 10;
  IMGSLIM_TRY(const auto head, tar.peek(looked_at_bytes));
  archive::MemorySource memory(head);
  archive::TarReader reader(memory, limits);
  std::vector<std::string> names;
  while (true) {
    const auto header = reader.next();
    // The head cuts the archive anywhere: what could be read before the cut is the answer.
    if (!header || !*header) break;
    names.push_back(clean_path((*header)->path).text);
  }
  if (names.empty()) return input_error("the tar's first header cannot be read");
  return names;
}

Result<StreamedArchive> read_archive_stream(archive::ByteSource& tar, const ReadSettings& settings) {
  return ArchiveStream(tar, settings).run();
}

}  // namespace imgslim::analysis
