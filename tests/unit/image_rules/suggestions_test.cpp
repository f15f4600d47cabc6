// Savings that are offered together never exceed what they are taken from.
#include "image_rules/suggestions.h"

#include <random>

#include "image_rules/what_ifs.h"
#include "support/image_facts_fixture.h"

using namespace imgslim;
using image_rules::Basis;
using image_rules::Candidate;
using image_rules::ImageFinding;
using test::ImageFactsFixture;
using test::LayerFixture;

namespace {

constexpr std::uint32_t files = 40;

tree::MergedTree some_tree() {
  LayerFixture layer;
  for (std::uint32_t i = 0; i < files; ++i) layer.file("f" + std::to_string(i), std::string(1000 + i, 'x'));
  return tree::merge({layer.done()});
}

image_rules::ImageBytes bytes_of(const tree::MergedTree& tree) {
  image_rules::ImageBytes sum;
  for (tree::EntryId id = 0; id < files; ++id) sum.payload_bytes += tree.entry(id).content_bytes;
  sum.compressed_bytes = sum.payload_bytes;
  return sum;
}

}  // namespace

TEST_CASE("claims on the same entry do not add up") {
  const auto tree = some_tree();
  image_rules::Claims claims, more;
  claims.part(tree, 3, 600);
  more.part(tree, 3, 900);
  more.whole(tree, 4);
  CHECK(claims.left_of(more).bytes == 300 + 1004);
  CHECK(claims.add(more).bytes == 300 + 1004);
  CHECK(claims.sum().bytes == 900 + 1004);
  CHECK(claims.left_of(more).bytes == 0);
  claims.part(tree, 5, 1'000'000);
  CHECK(claims.sum().bytes == 900 + 1004 + 1005);
}

TEST_CASE("a measured saving names the bytes that an estimate claims as well") {
  const auto tree = some_tree();
  ImageFinding measured, estimated;
  measured.claims.whole(tree, 1);
  estimated.claims.whole(tree, 1);
  estimated.claims.whole(tree, 2);
  estimated.basis = Basis::estimated;
  const auto result = image_rules::suggest({{0, &estimated}, {1, &measured}}, bytes_of(tree));
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0].saving.bytes == 1002);
  CHECK(result.rows[0].finding == 0);
  CHECK(result.rows[1].saving.bytes == 1001);
  CHECK(result.rows[1].saving.basis == "measured");
}

TEST_CASE("rows of any findings sum to what all of them save, and to no more than there is") {
  const auto tree = some_tree();
  const auto image = bytes_of(tree);
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  for (int round = 0; round < 200; ++round) {
    std::vector<ImageFinding> findings(below(8));
    std::vector<Candidate> candidates;
    std::vector<bool> claimed(files, false);
    for (auto& finding : findings) {
      finding.basis = below(2) == 0 ? Basis::measured : Basis::estimated;
      for (auto claims = 1 + below(20); claims > 0; --claims) {
        const auto entry = below(files);
        claimed[entry] = true;
        finding.claims.whole(tree, entry);
      }
      candidates.push_back({static_cast<std::uint32_t>(candidates.size()), &finding});
    }
    std::uint64_t all = 0, rows = 0;
    for (std::uint32_t entry = 0; entry < files; ++entry)
      if (claimed[entry]) all += tree.entry(entry).content_bytes;
    const auto result = image_rules::suggest(candidates, image);
    for (const auto& row : result.rows) {
      rows += row.saving.bytes;
      CHECK(row.saving.bytes <= findings[row.finding].claims.sum().bytes);
    }
    CHECK(rows == all);
    CHECK(result.payload_bytes_then == image.payload_bytes - all);
    CHECK(result.payload_bytes_now == image.payload_bytes);
  }
}

TEST_CASE("flattening stores every visible file of the author once, and the base as it is") {
  ImageFactsFixture image;
  LayerFixture base, one, two;
  base.file("a", std::string(5000, 'a'));
  one.file("b", std::string(7000, 'b')).file("c", std::string(3000, 'c'));
  two.file("a", std::string(2000, 'd')).file(".wh.b", "");
  image.layer("ADD rootfs.tar /", base).layer("RUN one", one).layer("RUN two", two).base(1);
  const auto found = image_rules::what_ifs(image.facts(), {});
  REQUIRE(found.size() == 3);
  CHECK(found[0].name == "merge-layers");
  CHECK(found[0].payload_bytes == 5000 + 3000 + 2000);
  CHECK(found[1].name == "flatten");
  CHECK(found[1].payload_bytes == 5000 + 3000 + 2000);
  CHECK(found[2].name == "squash");
  CHECK(found[2].payload_bytes == 3000 + 2000);
}

TEST_CASE("RUNs in a row that undo each other are offered as one, without those at the ends that change nothing") {
  ImageFactsFixture image;
  LayerFixture base, quiet, makes, again, removes, copy, more, less;
  base.file("a", std::string(5000, 'a'));
  quiet.file("q", "q");
  makes.file("b", std::string(7000, 'b')).file("c", std::string(4000, 'c')).directory("d");
  again.file("c", std::string(4000, 'C')).directory("d", 0700);
  removes.file(".wh.b", "");
  copy.file("e", "e");
  more.file("f", std::string(3000, 'f'));
  less.file(".wh.f", "");
  image.layer("ADD rootfs.tar /", base).layer("RUN quiet", quiet).layer("RUN makes", makes).layer("RUN again", again);
  image.layer("RUN removes", removes).layer("COPY e /", copy).layer("RUN more", more).step("ENV A=b");
  image.layer("RUN less", less).base(1);
  std::vector<ReportWhatIf> merges;
  for (const auto& way : image_rules::what_ifs(image.facts(), {}))
    if (way.name == "merge-layers") merges.push_back(way);
  REQUIRE(merges.size() == 1);
  CHECK(merges[0].layers == std::vector<std::uint32_t>{2, 4});
  CHECK(merges[0].description == "one RUN in place of those of layers 3 to 5");
  CHECK(merges[0].payload_bytes == 5000 + 1 + 4000 + 1 + 3000);
  CHECK(merges[0].basis == "measured");
}

TEST_CASE("layers of the base are not merged, nor RUNs with a COPY between them") {
  ImageFactsFixture image;
  LayerFixture base, makes, removes, own, copy, rest;
  makes.file("b", std::string(7000, 'b'));
  own.file("c", std::string(7000, 'c'));
  rest.file(".wh.c", "");
  image.layer("ADD rootfs.tar /", base.file("a", "a")).layer("RUN makes", makes);
  image.layer("RUN removes", removes.file(".wh.b", "")).layer("RUN own", own).layer("COPY e /", copy.file("e", "e"));
  for (const auto& way : image_rules::what_ifs(image.layer("RUN rest", rest).base(3).facts(), {}))
    CHECK(way.name != "merge-layers");
}

TEST_CASE("leaving out compiled Python modules is offered with what it costs") {
  ImageFactsFixture image;
  LayerFixture base, own;
  const std::string compiled("\xa7\r\r\n\0\0\0\0\x10\0\0\0\x64\0\0\0", 16);
  base.file("usr/lib/python3.11/__pycache__/os.cpython-311.pyc", compiled + std::string(9000, 'b'));
  own.file("app/__pycache__/main.cpython-311.pyc", compiled + std::string(9000, 'p'));
  own.file("app/loose.pyc", compiled + std::string(9000, 'l'));
  const auto found =
      image_rules::what_ifs(image.layer("ADD rootfs.tar /", base).layer("COPY . /app", own).base(1).facts(), {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].name == "no-bytecode");
  CHECK(found[0].payload_bytes == 2 * (compiled.size() + 9000));
  CHECK(found[0].basis == "estimated");
  CHECK(found[0].description.find("slower start") != std::string::npos);
  CHECK(found[0].description.find("more memory") != std::string::npos);
}

TEST_CASE("a second stage stands on what the findings name, else on nothing") {
  ImageFactsFixture image;
  LayerFixture base;
  base.file("usr/bin/app", std::string(1000, 'a')).file("usr/bin/other", std::string(9000, 'o'));
  image.trace("/usr/bin/app").layer("ADD rootfs.tar /", base).base(1);
  ImageFinding distroless;
  distroless.alternative = "distroless/cc";
  const auto bare = image_rules::what_ifs(image.facts(), {}), on = image_rules::what_ifs(image.facts(), {distroless});
  REQUIRE(bare.size() == 1);
  REQUIRE(on.size() == 1);
  CHECK(bare[0].base == "scratch");
  CHECK(on[0].base == "distroless/cc");
  CHECK(on[0].description.starts_with(
      "a stage on distroless/cc, what else that has not counted, with what the command uses"));
  CHECK(on[0].description.find("imgslim libs IMAGE --copy-from STAGE") != std::string::npos);
}

TEST_CASE("an image of one layer has nothing to flatten") {
  ImageFactsFixture image;
  LayerFixture base;
  base.file("a", "content");
  CHECK(image_rules::what_ifs(image.layer("ADD rootfs.tar /", base).facts(), {}).empty());
}

TEST_CASE("a second stage is offered on a trace's word where the closure cannot know, and says so") {
  const auto build = [](const std::string& paths) {
    ImageFactsFixture image;
    LayerFixture base;
    base.file("usr/bin/app", std::string(1000, 'a')).file("usr/bin/other", std::string(9000, 'o'));
    if (!paths.empty()) image.trace(paths);
    return image_rules::what_ifs(image.layer("ADD rootfs.tar /", base).base(1).facts(), {});
  };
  CHECK(build("").empty());
  const auto found = build("/usr/bin/app\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].name == "second-stage");
  CHECK(found[0].payload_bytes == 1000);
  CHECK(found[0].basis == "estimated");
  CHECK(found[0].description.find("as far as the trace goes") != std::string::npos);
}
