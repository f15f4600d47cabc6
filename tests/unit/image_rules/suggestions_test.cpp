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
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "flatten");
  CHECK(found[0].payload_bytes == 5000 + 3000 + 2000);
  CHECK(found[1].name == "squash");
  CHECK(found[1].payload_bytes == 3000 + 2000);
}

TEST_CASE("an image of one layer has nothing to flatten") {
  ImageFactsFixture image;
  LayerFixture base;
  base.file("a", "content");
  CHECK(image_rules::what_ifs(image.layer("ADD rootfs.tar /", base).facts(), {}).empty());
}
