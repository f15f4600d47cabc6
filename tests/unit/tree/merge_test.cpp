#include <algorithm>

#include "support/layer_fixture.h"
#include "tree/accounting.h"
#include "tree/visit.h"

using namespace imgslim;
using test::LayerFixture;
using tree::Fate;

namespace {

std::vector<std::string> visible_paths(const tree::MergedTree& tree) {
  std::vector<std::string> paths;
  tree::for_each_visible(tree, [&](tree::NodeId id, bool) { paths.push_back(tree.path(id)); });
  std::sort(paths.begin(), paths.end());
  return paths;
}

using Paths = std::vector<std::string>;

LayerFixture base() {
  LayerFixture layer;
  layer.directory("a")
      .file("a/x", "xx")
      .file("a/y", "yyy")
      .directory("a/sub")
      .file("a/sub/z", "zzzz")
      .file("keep", "k");
  return layer;
}

const tree::EntryFate& fate_of(const tree::MergedTree& tree, tree::LayerIndex wanted_layer, const std::string& path) {
  const tree::EntryFate* found = nullptr;
  tree::for_each_entry(tree, [&](tree::EntryId id, tree::LayerIndex at, const layer::Entry& entry) {
    if (at == wanted_layer && entry.marker == layer::Marker::none && tree.entry_path(id) == path)
      found = &tree.fate(id);
  });
  REQUIRE(found != nullptr);
  return *found;
}

bool has_note(const tree::MergedTree& tree, const std::string& code) {
  return std::any_of(tree.notes().begin(), tree.notes().end(), [&](const Note& note) { return note.code == code; });
}

std::uint64_t waste_of(const tree::MergedTree& tree) { return tree::account(tree).wasted_bytes(); }

}  // namespace

TEST_CASE("a whiteout removes a lower file and its bytes are wasted by the upper layer") {
  const auto tree = tree::merge({base().done(), LayerFixture().file("a/.wh.x", "").done()});
  CHECK(visible_paths(tree) == Paths{"a", "a/sub", "a/sub/z", "a/y", "keep"});
  CHECK(fate_of(tree, 0, "a/x").fate == Fate::deleted);
  CHECK(fate_of(tree, 0, "a/x").cause_layer == 1);
  CHECK(waste_of(tree) == 2);
}

TEST_CASE("a whiteout of a directory wastes everything below it") {
  const auto tree = tree::merge({base().done(), LayerFixture().file(".wh.a", "").done()});
  CHECK(visible_paths(tree) == Paths{"keep"});
  CHECK(waste_of(tree) == 9);
}

TEST_CASE("an opaque marker hides lower children wherever it stands in the tar") {
  for (const bool first : {true, false}) {
    LayerFixture upper;
    if (first) upper.file("a/.wh..wh..opq", "");
    upper.directory("a").file("a/new", "n");
    if (!first) upper.file("a/.wh..wh..opq", "");
    const auto tree = tree::merge({base().done(), upper.done()});
    CHECK(visible_paths(tree) == Paths{"a", "a/new", "keep"});
    CHECK(fate_of(tree, 0, "a/sub/z").fate == Fate::deleted_by_opaque);
  }
}

TEST_CASE("whiteouts never touch their own layer's entries, and engines that differ are named") {
  const auto tree =
      tree::merge({base().done(), LayerFixture().directory("a").file("a/x", "new").file("a/.wh.x", "").done()});
  CHECK(tree.find("a/x") != tree::Node::none);
  CHECK(fate_of(tree, 1, "a/x").fate == Fate::visible);
  CHECK(has_note(tree, "same-layer-whiteout"));
}

TEST_CASE("replacing a file by another kind wastes it") {
  const auto tree = tree::merge({base().done(), LayerFixture().file("a", "file now").done()});
  CHECK(visible_paths(tree) == Paths{"a", "keep"});
  CHECK(fate_of(tree, 0, "a/y").fate == Fate::type_replaced);
  const auto link = tree::merge({base().done(), LayerFixture().symlink("keep", "a/x").done()});
  CHECK(fate_of(link, 0, "keep").fate == Fate::type_replaced);
}

TEST_CASE("storing a file again is told apart by content and metadata") {
  const auto tree = tree::merge(
      {base().done(), LayerFixture().file("a/x", "xx", 0600).file("a/y", "yyy").file("keep", "other").done()});
  CHECK(fate_of(tree, 0, "a/x").fate == Fate::metadata_only);
  CHECK(tree::difference_names(fate_of(tree, 0, "a/x").differences) == Paths{"mode"});
  CHECK(fate_of(tree, 0, "a/y").fate == Fate::identical);
  CHECK(fate_of(tree, 0, "keep").fate == Fate::overwritten);
  CHECK(waste_of(tree) == 6);
}

TEST_CASE("an inode lives while one of its names does") {
  LayerFixture lower;
  lower.file("one", "12345").hardlink("two", "one");
  const auto lowest = lower.done();
  const auto half = tree::merge({lowest, LayerFixture().file(".wh.one", "").done()});
  CHECK(waste_of(half) == 0);
  CHECK(fate_of(half, 0, "one").fate == Fate::visible);
  CHECK(fate_of(half, 0, "two").fate == Fate::visible);
  const auto gone =
      tree::merge({lowest, LayerFixture().file(".wh.one", "").done(), LayerFixture().file(".wh.two", "").done()});
  CHECK(waste_of(gone) == 5);
  CHECK(fate_of(gone, 0, "one").cause_layer == 2);
}

TEST_CASE("the last of two entries for one path in a layer counts") {
  const auto tree = tree::merge({LayerFixture().file("f", "old").file("f", "newer").done()});
  CHECK(waste_of(tree) == 3);
  CHECK(has_note(tree, "duplicate-path"));
}

TEST_CASE("entries below a lower symlink are written through it and noted") {
  const auto tree = tree::merge({LayerFixture()
                                     .directory("usr")
                                     .directory("usr/lib")
                                     .file("usr/lib/libc.so", "c")
                                     .symlink("lib", "usr/lib")
                                     .done(),
                                 LayerFixture().file("lib/libfoo.so", "foo").done()});
  CHECK(tree.find("usr/lib/libfoo.so") != tree::Node::none);
  CHECK(tree.resolve("lib/libc.so") == tree.find("usr/lib/libc.so"));
  CHECK(has_note(tree, "layer-replaces-symlink"));
}

TEST_CASE("links in circles, dangling links and links above the root end") {
  const auto tree = tree::merge({LayerFixture()
                                     .symlink("a", "b")
                                     .symlink("b", "a")
                                     .symlink("up", "../../keep")
                                     .file("keep", "k")
                                     .hardlink("h", "nowhere")
                                     .done(),
                                 LayerFixture().file("a/inside", "i").done()});
  CHECK(tree.resolve("b") == tree.find("a"));  // the loop could not be followed: a directory took its place
  CHECK(tree.kind(tree.find("a")) == layer::EntryKind::directory);
  CHECK(tree.resolve("up") == tree.find("keep"));
  CHECK(has_note(tree, "hardlink-target-missing"));
  CHECK(tree::account(tree).payload_bytes == 2);
}

TEST_CASE("a path that comes, goes and comes back is counted each time") {
  const auto tree = tree::merge({base().done(), LayerFixture().file(".wh.a", "").done(),
                                 LayerFixture().directory("a").file("a/x", "12").done(),
                                 LayerFixture().file(".wh.a", "").done(), LayerFixture().file("a/y", "3").done()});
  CHECK(visible_paths(tree) == Paths{"a", "a/y", "keep"});
  CHECK(waste_of(tree) == 11);
}

TEST_CASE("waste splits at the base by who can reclaim it") {
  const auto tree = tree::merge({base().done(), LayerFixture().file("a/.wh.y", "").file("mine", "12345").done(),
                                 LayerFixture().file(".wh.mine", "").done()});
  const auto split = tree::split_waste(tree, 1);
  CHECK(split.hidden_base == 3);
  CHECK(split.mine == 5);
  CHECK(split.base == 0);
}

TEST_CASE("equal contents at several visible inodes are duplicates, hard links are not") {
  const auto tree = tree::merge({LayerFixture()
                                     .file("a", "same")
                                     .file("b", "same")
                                     .hardlink("c", "b")
                                     .file("d", "same")
                                     .file("e", "")
                                     .file("f", "")
                                     .done()});
  const auto groups = tree::find_duplicates(tree);
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].inodes.size() == 3);
  CHECK(groups[0].wasted_bytes() == 8);
}
