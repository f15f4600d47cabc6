#include "measure/unpack.h"

#include <filesystem>

#include "support/catch.h"
#include "unit/archive/sources.h"
#include "unit/archive/tar_text.h"

using namespace imgslim;
using namespace imgslim::archive;
using namespace imgslim::measure;

namespace {

namespace fs = std::filesystem;

/// A root below a directory of its own, in which nothing else may appear.
class Place {
 public:
  Place()
      : outside_(RootDirectory::make(fs::temp_directory_path()).value()),
        root_(RootDirectory::make(outside_.path()).value()) {}

  Status unpack(const std::string& members) {
    ChunkedSource layer(members + end_of_archive(), {1000});
    return unpack_layer(layer, Limits(), root_);
  }
  [[nodiscard]] bool has(const std::string& path) const {
    return fs::symlink_status(root_.path() + "/" + path).type() != fs::file_type::not_found;
  }
  [[nodiscard]] std::string text(const std::string& path) const { return root_.text(path); }
  [[nodiscard]] bool is_alone() const {
    return std::distance(fs::directory_iterator(outside_.path()), fs::directory_iterator()) == 1;
  }
  [[nodiscard]] const std::string& path() const { return root_.path(); }

 private:
  RootDirectory outside_, root_;
};

std::string link_member(const std::string& name, const std::string& target, char type = '2') {
  return tar_header({.name = name, .type = type, .link_name = target});
}

}  // namespace

TEST_CASE("Files, links and modes are unpacked; later layers replace what is there") {
  Place place;
  REQUIRE(place.unpack(tar_file("usr/bin/a", "first") + link_member("usr/bin/b", "a") +
                       link_member("usr/bin/c", "usr/bin/a", '1')));
  CHECK(place.text("usr/bin/b") == "first");
  CHECK(place.text("usr/bin/c") == "first");
  REQUIRE(place.unpack(tar_file("usr/bin/a", "second") + tar_file("usr/bin/b", "own")));
  CHECK(place.text("usr/bin/a") == "second");
  CHECK(place.text("usr/bin/b") == "own");
  CHECK(place.text("usr/bin/c") == "first");
}

TEST_CASE("Whiteouts remove what layers below put there, and nothing of their own layer") {
  Place place;
  REQUIRE(place.unpack(tar_file("d/x", "1") + tar_file("d/y", "2") + tar_file("e/deep/z", "3")));
  REQUIRE(place.unpack(tar_file("d/.wh.x", "") + tar_file("e/new", "4") + tar_file("e/.wh..wh..opq", "")));
  CHECK_FALSE(place.has("d/x"));
  CHECK(place.has("d/y"));
  CHECK_FALSE(place.has("e/deep"));
  CHECK(place.has("e/new"));
}

TEST_CASE("Nothing is written, linked or removed outside of the root") {
  Place place;
  const auto up = "../" + fs::path(place.path()).filename().string() + "-outside";
  const auto absolute = fs::path(place.path()).parent_path().string();
  (void)place.unpack(tar_file("../escaped", "x") + tar_file("a/../../escaped", "x"));
  (void)place.unpack(link_member("up", "..") + tar_file("up/escaped", "x") + link_member("there", absolute) +
                     tar_file("there/escaped", "x"));
  (void)place.unpack(link_member("self", place.path()) + tar_file("self/escaped", "x"));
  (void)place.unpack(link_member("file", absolute + "/made") + tar_file("file", "replaces the link"));
  (void)place.unpack(link_member("hard", absolute + "/escaped", '1') + link_member(up, "x"));
  (void)place.unpack(tar_file("up/.wh.x", "") + tar_file("there/.wh..wh..opq", ""));
  CHECK(place.is_alone());
  CHECK(place.text("file") == "replaces the link");
}

TEST_CASE("The directory goes with all that is in it") {
  std::string path;
  {
    Place place;
    path = place.path();
    REQUIRE(place.unpack(tar_file("a/b/c/d", "x") + link_member("l", "/")));
    REQUIRE(fs::exists(path));
  }
  CHECK_FALSE(fs::exists(path));
}
