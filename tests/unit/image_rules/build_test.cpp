// What builds and their contexts leave in an image, and whether a Dockerfile is the image's.
#include "support/image_facts_fixture.h"

using namespace imgslim;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

ImageFactsFixture with_layer(const std::string& instruction, LayerFixture& layer) {
  ImageFactsFixture image;
  LayerFixture lower;
  lower.file("etc/x", "x");
  image.layer("ADD rootfs.tar /", lower).layer(instruction, layer).base(1);
  return image;
}

const std::string kilobytes(8192, 'k');

}  // namespace

TEST_CASE("SL7005 tells version histories that RUN leaves, with their directory") {
  LayerFixture layer;
  layer.file("src/app/.git/objects/pack/a.pack", kilobytes).file("src/app/main.c", kilobytes);
  auto image = with_layer("RUN git clone https://x/y /src/app", layer);
  const auto found = image.findings("SL7005");
  REQUIRE(found.size() == 1);
  CHECK(found[0].evidence == std::vector<FindingEvidence>{{"src/app/.git", 8192}});
  CHECK(found[0].saving->bytes == 8192);
  LayerFixture clean;
  clean.file("src/app/main.c", kilobytes);
  CHECK(with_layer("RUN git clone https://x/y /src/app && rm -rf /src/app/.git", clean).findings("SL7005").empty());
}

TEST_CASE("SL8002 tells files of the repository that COPY brings, not those of packages") {
  LayerFixture layer;
  layer.file("app/.git/objects/a", kilobytes).file("app/tests/test_a.py", kilobytes).file("app/main.py", kilobytes);
  layer.file("app/node_modules/x/tests/a.js", kilobytes);
  auto image = with_layer("COPY . /app", layer);
  const auto found = image.findings("SL8002");
  REQUIRE(found.size() == 1);
  CHECK(found[0].saving->bytes == 2 * 8192);
  LayerFixture good;
  good.file("app/main.py", kilobytes).file("app/node_modules/x/tests/a.js", kilobytes);
  CHECK(with_layer("COPY . /app", good).findings("SL8002").empty());
}

TEST_CASE("SL8001 tells what COPY . brought where there is no .dockerignore, and is silent where nothing did") {
  const std::string text = "FROM a:1\nCOPY . /app\n";
  LayerFixture layer;
  layer.file("app/__pycache__/a.pyc", kilobytes).file("app/main.py", kilobytes);
  auto image = with_layer("COPY . /app", layer);
  image.context({"main.py"}).dockerfile(text);
  const auto found = image.judged("SL8001");
  REQUIRE(found.size() == 1);
  CHECK(found[0].location.line == 2);
  CHECK(found[0].saving->bytes == 8192);
  LayerFixture clean;
  clean.file("app/main.py", kilobytes);
  auto good = with_layer("COPY . /app", clean);
  good.context({"main.py"}).dockerfile(text);
  CHECK(good.judged("SL8001").empty());
}

TEST_CASE("SL1014 tells variables of the build that the config keeps") {
  LayerFixture layer;
  layer.file("app/x", "x");
  auto image = with_layer("RUN make", layer);
  image.step("ENV DEBIAN_FRONTEND=noninteractive").step("ENV MAKEFLAGS=");
  image.info.config.env = {"DEBIAN_FRONTEND=noninteractive", "MAKEFLAGS=", "CFLAGS=-O2"};
  image.dockerfile("FROM a:1\nRUN make\nENV DEBIAN_FRONTEND=noninteractive\nENV MAKEFLAGS=\n");
  const auto found = image.judged("SL1014");
  REQUIRE(found.size() == 1);
  CHECK(found[0].location.line == 3);
}

TEST_CASE("SL9004 tells another image's Dockerfile and instructions that are not in the history") {
  LayerFixture layer;
  layer.file("app/x", "x");
  auto other = with_layer("RUN make", layer);
  other.dockerfile("FROM b:1\nRUN apk add x\nCOPY y /z\n");
  REQUIRE(other.findings("SL9004").size() == 1);
  CHECK(other.findings("SL9004")[0].location.line == 1);
  CHECK(other.findings("SL9004")[0].message ==
        "0 of 2 instructions of the Dockerfile are in the image's history: it is another image's, and no layer is "
        "joined with it");
  LayerFixture changed_layer;
  changed_layer.file("app/x", "x");
  auto changed = with_layer("RUN make", changed_layer);
  changed.dockerfile("FROM a:1\nADD rootfs.tar /\nRUN make\nRUN make install\n");
  REQUIRE(changed.findings("SL9004").size() == 1);
  CHECK(changed.findings("SL9004")[0].location.line == 4);
  LayerFixture good_layer;
  good_layer.file("app/x", "x");
  auto good = with_layer("RUN make", good_layer);
  good.dockerfile("FROM a:1\nRUN make\n");
  CHECK(good.findings("SL9004").empty());
}
