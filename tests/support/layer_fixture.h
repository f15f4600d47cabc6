#pragma once

#include <memory>
#include <string>
#include <vector>

#include "layer/layer_builder.h"
#include "support/catch.h"
#include "tree/merged_tree.h"

namespace imgslim::test {

/// Builds a layer entry by entry, as a tar would state it; content is given as text and hashed by the real probe.
class LayerFixture {
 public:
  LayerFixture& directory(const std::string& path, std::uint32_t mode = 0755) {
    return add({.path = path, .kind = archive::EntryKind::directory, .mode = mode});
  }
  LayerFixture& file(const std::string& path, const std::string& content, std::uint32_t mode = 0644) {
    return add({.path = path, .mode = mode, .logical_bytes = content.size()}, content);
  }
  LayerFixture& symlink(const std::string& path, const std::string& target) {
    return add({.path = path, .kind = archive::EntryKind::symlink, .link_target = target, .mode = 0777});
  }
  LayerFixture& hardlink(const std::string& path, const std::string& target) {
    return add({.path = path, .kind = archive::EntryKind::hardlink, .link_target = target});
  }

  tree::LayerPtr done() {
    auto layer = std::move(builder_).finish();
    for (std::size_t i = 0; i < layer.entries.size(); ++i) layer.stored_bytes += layer.entries[i].stored_bytes();
    return std::make_shared<const layer::Layer>(std::move(layer));
  }

 private:
  LayerFixture& add(const archive::TarEntry& header, const std::string& content = {}) {
    const auto index = builder_.add(header);
    REQUIRE(index);
    builder_.layer().entries[*index].overhead_bytes = 512;
    if (!content.empty()) {
      auto probe = builder_.probe(*index, header);
      probe.feed(0, std::as_bytes(std::span(content)));
      builder_.set_content(*index, content.size(), probe.kind(), probe.finish());
    }
    return *this;
  }

  Limits limits_;
  layer::LayerBuilder builder_{limits_};
};

}  // namespace imgslim::test
