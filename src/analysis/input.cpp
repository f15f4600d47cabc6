// Telling inputs apart, by content and never by name:
//   directory      -> an OCI layout, skopeo's dir: or an unpacked docker archive when it holds their manifests, else a
//                     root file system
//   plain tar file -> indexed once; an image archive when it holds manifests, else a root file system (docker export)
//   anything else that decompresses to a tar, a pipe, a program's output -> read front to back in one pass: the first
//                     names tell an image archive, whose layers are read as they pass by, before the manifests are
//                     known
#include "analysis/input.h"

#include <sys/stat.h>

#include <optional>

#include "analysis/counting_source.h"
#include "analysis/looks_like_tar.h"
#include "analysis/streamed_archive.h"
#include "archive/decompressor.h"
#include "archive/file.h"
#include "image/daemon.h"
#include "layer/read.h"

namespace imgslim::analysis {
namespace {

using archive::MemberStore;
using image::ImageInfo;
using image::Selection;

image::ImageInfo root_file_system(image::SourceKind source) {
  ImageInfo info;
  info.source = source;
  info.layers.emplace_back();
  return info;
}

LoadedImage as_root_file_system(layer::Layer layer, image::SourceKind source) {
  return {root_file_system(source), {std::make_shared<const layer::Layer>(std::move(layer))}};
}

/// What stands at a path on disk, opened as far as needed to see its members.
struct OpenedStore {
  std::unique_ptr<MemberStore> members;
  image::Container container = image::Container::archive;
};

bool is_directory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// What can be read once only, front to back.
bool is_pipe(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode));
}

/// A name that is no file is often an image in a daemon.
Error explain_missing(const std::string& path, Error error) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) return error;
  return environment_error("no such file: " + path + "; for an image in a daemon use docker://" + path +
                           " or `docker save " + path + " | imgslim analyze -`");
}

/// As much of an input as tells what it is; an ISO 9660 image says so latest.
constexpr std::size_t head_bytes = 33u << 10;

Result<std::vector<std::byte>> read_head(const archive::File& file) {
  std::vector<std::byte> head(head_bytes);
  IMGSLIM_TRY(const auto count, file.read_at(0, head));
  head.resize(count);
  return head;
}

Error not_an_image(std::span<const std::byte> head) {
  const auto format = image::describe_foreign_format(head);
  return input_error((format.empty() ? std::string("this is no tar and no compressed tar") : format) +
                     ": expected a docker-save archive, an OCI archive or layout, or a root file system");
}

/// A plain tar file's members; nothing for other files, which are read front to back.
Result<std::optional<OpenedStore>> open_store(const std::string& path, const Limits& limits) {
  if (is_directory(path)) {
    IMGSLIM_TRY(auto members, archive::open_directory(path, limits));
    return std::optional(OpenedStore{std::move(members), image::Container::directory});
  }
  auto file = archive::File::open(path);
  if (!file) return explain_missing(path, std::move(file).error());
  IMGSLIM_TRY(const auto head, read_head(**file));
  if (head.empty()) return input_error("the file is empty");
  if (archive::sniff_compression(head) != archive::Compression::none) return std::optional<OpenedStore>();
  if (!looks_like_tar(head)) return not_an_image(head);
  IMGSLIM_TRY(auto members, archive::index_tar_file(*file, limits));
  return std::optional(OpenedStore{std::move(members), image::Container::archive});
}

/// Reads the only layer of a root file system front to back.
Result<LoadedImage> load_rootfs_stream(archive::ByteSource& tar, const ReadSettings& settings) {
  const auto pipelining = settings.threads > 1 ? layer::Pipelining::on : layer::Pipelining::off;
  IMGSLIM_TRY(auto layer, layer::read(tar, pipelining, settings.limits));
  return as_root_file_system(std::move(layer), image::SourceKind::rootfs_archive);
}

Result<LoadedImage> load_rootfs_file(const std::string& path, const ReadSettings& settings) {
  IMGSLIM_TRY(const auto file, archive::File::open(path));
  archive::FileRegion region(file, 0, file->size_bytes());
  if (settings.progress != nullptr) settings.progress->total_bytes = file->size_bytes();
  CountingSource counted(region, settings.progress);
  return load_rootfs_stream(counted, settings);
}

Result<LoadedImage> load_store(const std::string& path, const OpenedStore& store, const Selection& selection,
                               const ReadSettings& settings) {
  if (!image::is_image(*store.members)) {
    if (store.container == image::Container::archive) return load_rootfs_file(path, settings);
    IMGSLIM_TRY(auto layer, layer::read_directory(path, settings.limits));
    return as_root_file_system(std::move(layer), image::SourceKind::rootfs_directory);
  }
  IMGSLIM_TRY(auto info, image::resolve(*store.members, store.container, selection, settings.limits));
  IMGSLIM_TRY(auto layers, read_layers(*store.members, info, settings));
  return LoadedImage{std::move(info), std::move(layers)};
}

/// True for what was read as a root file system and is an image archive, whose members have names that only its
/// manifest explains: a manifest beside layers in the top directory.
bool holds_manifest_and_layers(const layer::Layer& layer) {
  bool manifest = false, layers = false;
  for (std::size_t i = 0; i < layer.entries.size(); ++i) {
    const auto path = layer.path(layer.entries[i]);
    manifest = manifest || path == "manifest.json";
    layers = layers || path.ends_with(".tar") || path.ends_with(".tar.gz");
    if (path == "etc" || path == "usr" || path.starts_with("etc/") || path.starts_with("usr/")) return false;
  }
  return manifest && layers;
}

/// Reads an archive front to back: a pipe, a program's output, a compressed file.
Result<LoadedImage> load_stream(archive::ByteSource& raw, const Selection& selection, const ReadSettings& settings) {
  CountingSource counted(raw, settings.progress);
  archive::PeekSource packed(counted);
  IMGSLIM_TRY(const auto head, packed.peek(head_bytes));
  if (head.empty()) return input_error("the input is empty: did the program that writes the image fail?");
  const auto compression = archive::sniff_compression(head);
  if (compression == archive::Compression::none && !looks_like_tar(head)) return not_an_image(head);
  archive::Decompressor plain(packed, compression, settings.limits);
  archive::PeekSource tar(plain);
  IMGSLIM_TRY(const auto names, first_member_names(tar, settings.limits));
  if (!image::looks_like_image_archive(names)) {
    IMGSLIM_TRY(auto loaded, load_rootfs_stream(tar, settings));
    if (holds_manifest_and_layers(*loaded.layers.front()))
      return input_error(
          "an image archive whose members have unusual names, which shows only at its end: write it to a file, plain, "
          "and analyze that");
    return loaded;
  }
  IMGSLIM_TRY(const auto archive, read_archive_stream(tar, settings));
  IMGSLIM_TRY(auto info, image::resolve(archive.members, image::Container::archive, selection, settings.limits));
  IMGSLIM_TRY(auto layers, pick_layers(archive.layers, info));
  return LoadedImage{std::move(info), std::move(layers)};
}

Result<LoadedImage> load_any(const std::string& location, const Selection& selection, const ReadSettings& settings) {
  if (location == "-") {
    archive::DescriptorSource input(0);
    return load_stream(input, selection, settings);
  }
  IMGSLIM_TRY(const auto held, image::parse_held_image(location));
  if (held) {
    IMGSLIM_TRY(const auto child, image::fetch(*held, {.platform = selection.platform}));
    return load_stream(*child, selection, settings);
  }
  if (is_pipe(location)) {
    IMGSLIM_TRY(const auto pipe, archive::NamedPipe::open(location));
    return load_stream(*pipe, selection, settings);
  }
  IMGSLIM_TRY(const auto store, open_store(location, settings.limits));
  if (store) return load_store(location, *store, selection, settings);
  IMGSLIM_TRY(const auto file, archive::File::open(location));
  archive::FileRegion region(file, 0, file->size_bytes());
  if (settings.progress != nullptr) settings.progress->total_bytes = file->size_bytes();
  return load_stream(region, selection, settings);
}

}  // namespace

Result<LoadedImage> load_image(const std::string& location, const Selection& selection, const ReadSettings& settings) {
  auto loaded = load_any(location, selection, settings);
  if (!loaded) return std::move(loaded).error().within(location == "-" ? "standard input" : location);
  return loaded;
}

Result<std::vector<LoadedImage>> load_platforms(const std::string& location, const Selection& selection,
                                                const ReadSettings& settings) {
  IMGSLIM_TRY(const auto held, image::parse_held_image(location));
  if (location == "-" || held || is_pipe(location))
    return usage_error("--all-platforms needs a file or a directory: a pipe can be read only once");
  IMGSLIM_TRY(const auto store, open_store(location, settings.limits));
  if (!store || !image::is_image(*store->members))
    return usage_error(location + ": --all-platforms needs an uncompressed OCI archive or layout");
  IMGSLIM_TRY(const auto choices, image::list_images(*store->members, settings.limits));
  std::vector<LoadedImage> images;
  for (const auto& choice : choices) {
    if (!choice.complete) continue;  // platforms that were not saved are legal
    if (!selection.reference.empty() && choice.reference != selection.reference) continue;
    Selection one = selection;
    one.platform = choice.platform;
    if (one.reference.empty()) one.reference = choice.reference;
    auto loaded = load_store(location, *store, one, settings);
    if (!loaded) return std::move(loaded).error().within(location + " (" + choice.platform.text() + ")");
    images.push_back(std::move(*loaded));
  }
  if (images.empty()) return input_error(location + ": holds no complete image");
  return images;
}

Result<ImageInfo> load_manifests(const std::string& location, const Selection& selection, const Limits& limits) {
  IMGSLIM_TRY(const auto store, open_store(location, limits));
  if (!store || !image::is_image(*store->members))
    return usage_error(
        location +
        ": an image of which only the layers are asked must be an uncompressed archive or a layout directory");
  return image::resolve(*store->members, store->container, selection, limits);
}

}  // namespace imgslim::analysis
