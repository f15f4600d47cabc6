#include "attribution/base_boundary.h"

#include "support/catch.h"

namespace imgslim::attribution {
namespace {

Digest digest(char fill) { return *Digest::parse("sha256:" + std::string(64, fill)); }

/// Three layers; steps as a build on a base of two layers leaves them.
struct Build {
  image::ImageInfo info;
  Instructions instructions;

  Build() {
    for (const char fill : {'a', 'b', 'c'}) {
      image::LayerRef layer;
      layer.diff_id = digest(fill);
      info.layers.push_back(layer);
    }
    step("ADD", 0, "2024-01-01T00:00:00Z");
    step("RUN", 1, "2024-01-01T00:05:00Z");
    step("CMD", std::nullopt, "2024-01-01T00:05:00Z");
    step("COPY", 2, "2024-03-01T00:00:00Z");
    step("CMD", std::nullopt, "2024-03-01T00:00:00Z");
  }

  void step(std::string kind, std::optional<std::uint32_t> layer, std::string created) {
    BuildStep step;
    step.kind = std::move(kind);
    step.layer = layer;
    step.created = std::move(created);
    instructions.steps.push_back(std::move(step));
  }

  [[nodiscard]] BaseBoundary base(const BaseHint& hint = {}) const { return find_base(info, instructions, hint); }
};

TEST_CASE("a CMD below a later layer ends the base") {
  const auto base = Build().base();
  CHECK(base.layers == 2);
  CHECK(base.signal == "history");
}

TEST_CASE("without such a step, a gap of more than a day between layers ends the base") {
  Build build;
  std::erase_if(build.instructions.steps, [](const BuildStep& step) { return step.kind == "CMD"; });
  CHECK(build.base().layers == 2);
  CHECK(build.base().signal == "history-gap");
}

TEST_CASE("dates before Unix time are no dates") {
  Build build;
  std::erase_if(build.instructions.steps, [](const BuildStep& step) { return step.kind == "CMD"; });
  build.instructions.steps[0].created = build.instructions.steps[1].created = "1970-01-01T00:00:00Z";
  CHECK(build.base().signal == "none");
  CHECK(build.base().layers == 0);
}

TEST_CASE("each stronger signal overrides the weaker ones") {
  Build build;
  build.instructions.first_matched_layer = 1;
  CHECK(build.base().signal == "dockerfile");
  CHECK(build.base().layers == 1);
  build.info.provenance.emplace();
  build.info.provenance->base_layers = 2;
  CHECK(build.base().signal == "provenance");
  BaseHint hint;
  hint.layers = 3;
  CHECK(build.base(hint).signal == "flag");
  hint.diff_ids = {digest('a')};
  hint.name = "debian:12";
  CHECK(build.base(hint).signal == "base-image");
  CHECK(build.base(hint).layers == 1);
  CHECK(build.base(hint).name == "debian:12");
}

TEST_CASE("a base image whose layers are others is noted, and the next signal decides") {
  BaseHint hint;
  hint.diff_ids = {digest('d')};
  hint.name = "alpine";
  const auto base = Build().base(hint);
  CHECK(base.signal == "history");
  REQUIRE(base.notes.size() == 1);
  CHECK(base.notes[0].code == "base-mismatch");
}

TEST_CASE("a count of base layers beyond the image is cut to the image") {
  BaseHint hint;
  hint.layers = 9;
  CHECK(Build().base(hint).layers == 3);
}

}  // namespace
}  // namespace imgslim::attribution
