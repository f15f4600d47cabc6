#include "layer/content_hasher.h"

#include <string>

#include "core/byte_view.h"
#include "support/catch.h"

using imgslim::ByteView;
using imgslim::layer::ContentHash;
using imgslim::layer::ContentHasher;

namespace {

std::string sample(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 0; text.size() < size; ++i) text += static_cast<char>(i * 2'654'435'761u >> 24);
  return text;
}

ContentHash hash_in_blocks(const std::string& content, std::size_t block_bytes) {
  ContentHasher hasher(content.size());
  const auto bytes = ByteView(std::string_view(content)).bytes();
  for (std::size_t at = 0; at < bytes.size(); at += block_bytes)
    hasher.feed(at, bytes.subspan(at, std::min(block_bytes, bytes.size() - at)));
  return hasher.finish();
}

}  // namespace

TEST_CASE("a content hash is the published XXH3-128, whatever code the processor runs and however content is cut") {
  for (const std::size_t size : {1, 240, 241, 1024, 100'000}) {
    const auto content = sample(size);
    const auto published = XXH3_128bits(content.data(), content.size());
    for (const std::size_t block : {std::size_t{1}, std::size_t{63}, std::size_t{4096}, size})
      CHECK(hash_in_blocks(content, block) == ContentHash{published.low64, published.high64});
  }
}

TEST_CASE("content with a hole has another hash than the same content without") {
  const auto bytes = ByteView(std::string_view("abcdefgh")).bytes();
  ContentHasher with_hole(1000), without(1000);
  with_hole.feed(0, bytes);
  with_hole.feed(512, bytes);
  without.feed(0, bytes);
  without.feed(bytes.size(), bytes);
  CHECK_FALSE(with_hole.finish() == without.finish());
}
