#include <filesystem>

#include "archive/tar_reader.h"
#include "layer/read.h"
#include "support/catch.h"
#include "unit/archive/compress.h"
#include "unit/archive/sources.h"
#include "unit/archive/tar_text.h"
#include "unit/archive/temporary_directory.h"

using namespace imgslim;
using namespace imgslim::layer;
namespace fs = std::filesystem;

namespace {

const Limits limits;

Layer layer_of(const std::string& path) {
  auto layer = read_directory(path, limits);
  REQUIRE(layer);
  return std::move(*layer);
}

std::uint64_t sum(const Layer& layer, std::uint64_t (*part)(const Entry&)) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < layer.entries.size(); ++i) bytes += part(layer.entries[i]);
  return bytes;
}

}  // namespace

TEST_CASE("a directory is read as the tar that one would make of it") {
  const archive::TemporaryDirectory directory;
  const auto text = archive::sample_text(700'000);
  const auto noise = archive::noise(300'001);
  directory.write("text", text);
  directory.write("noise", noise);
  const auto layer = layer_of(directory.path());

  auto tar = archive::tar_file("noise", noise) + archive::tar_file("text", text);
  archive::MemorySource source(archive::bytes_of(tar));
  const auto from_tar = read(source, Pipelining::off, limits);
  REQUIRE(from_tar);

  CHECK(layer.entries.size() == 2);
  CHECK(layer.stored_bytes == tar.size());
  CHECK(static_cast<double>(layer.compressed_bytes_estimate) ==
        Approx(static_cast<double>(from_tar->compressed_bytes_estimate)).epsilon(0.01));
  CHECK(layer.compressed_bytes_estimate < layer.stored_bytes * 8 / 10);
}

TEST_CASE("the entries of a directory sum to its stored bytes and to its estimated pull") {
  const archive::TemporaryDirectory directory;
  fs::create_directory(directory.path("sub"));
  directory.write("sub/file", archive::sample_text(100'000));
  directory.write("sub/empty", "");
  fs::create_symlink("file", directory.path("sub/link"));
  fs::create_hard_link(directory.path("sub/file"), directory.path("sub/other-name"));
  const auto layer = layer_of(directory.path());

  CHECK(layer.entries.size() == 5);
  CHECK(sum(layer, [](const Entry& entry) { return entry.stored_bytes(); }) == layer.stored_bytes);
  CHECK(sum(layer, [](const Entry& entry) { return entry.compressed_bytes; }) == layer.compressed_bytes_estimate);
  CHECK(sum(layer, [](const Entry& entry) { return entry.content_bytes; }) == 100'000);
}

TEST_CASE("a symlink of the directory is an entry, not a way out of it") {
  const archive::TemporaryDirectory outside, directory;
  outside.write("secret", "not of the image");
  fs::create_directory_symlink(outside.path(), directory.path("door"));
  const auto layer = layer_of(directory.path());
  REQUIRE(layer.entries.size() == 1);
  CHECK(layer.entries[0].kind == EntryKind::symlink);
}
