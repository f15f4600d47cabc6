#include "archive/member_store.h"

#include "support/catch.h"
#include "unit/archive/sources.h"
#include "unit/archive/tar_text.h"
#include "unit/archive/temporary_directory.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

using Store = Result<std::unique_ptr<MemberStore>>;

Store index_text(const TemporaryDirectory& directory, const std::string& tar, const Limits& limits = {}) {
  return index_tar_file(File::open(directory.write("a.tar", tar)).value(), limits);
}

std::string names_of(const MemberStore& store) {
  std::string names;
  for (const auto& [name, member] : store.members())
    names += (names.empty() ? "" : " ") + name + (member.link_target.empty() ? "" : ">" + member.link_target);
  return names;
}

std::string link_header(const std::string& name, const std::string& target, char type = '2') {
  return tar_header({.name = name, .type = type, .link_name = target});
}

}  // namespace

TEST_CASE("a tar file is indexed by clean names in its own order") {
  const TemporaryDirectory directory;
  const auto big = std::string(3'000'000, 'b');
  const auto store =
      index_text(directory, tar_header({.name = "./", .type = '5'}) + tar_file("./index.json", "{}") +
                                tar_header({.name = "blobs/", .type = '5'}) + tar_file("blobs/sha256/big", big) +
                                tar_file("/oci-layout", "{\"v\":1}") + tar_file("empty", "") + end_of_archive());
  REQUIRE(store);
  CHECK(names_of(**store) == "index.json blobs/sha256/big oci-layout empty");
  CHECK((*store)->read("index.json", 100).value() == "{}");
  CHECK((*store)->read("oci-layout", 7).value() == "{\"v\":1}");
  CHECK((*store)->read("empty", 0).value().empty());
  const auto source = (*store)->open("blobs/sha256/big");
  REQUIRE(source);
  CHECK((read_all(**source) == big));
  CHECK((*store)->members()[1].second.size_bytes == big.size());
  CHECK_FALSE((*store)->find("./index.json").has_value());
}

TEST_CASE("a member over the reader's limit is a limit error, an unknown one an input error") {
  const TemporaryDirectory directory;
  const auto store = index_text(directory, tar_file("m.json", "12345") + end_of_archive());
  REQUIRE(store);
  CHECK((*store)->read("m.json", 5));
  CHECK((*store)->read("m.json", 4).error().kind == ErrorKind::limit);
  CHECK((*store)->read("other", 4).error().kind == ErrorKind::input);
  CHECK((*store)->open("other").error().message == "no member \"other\" in the archive");
}

TEST_CASE("links resolve relative to their directory, hard links relative to the root") {
  const TemporaryDirectory directory;
  const auto store =
      index_text(directory, tar_file("aaa/layer.tar", "layer") + link_header("bbb/layer.tar", "../aaa/layer.tar") +
                                link_header("ccc/layer.tar", "bbb/layer.tar", '1') +
                                link_header("abs", "/aaa/layer.tar") + link_header("out", "../../etc/passwd") +
                                link_header("loop1", "loop2") + link_header("loop2", "loop1") +
                                link_header("self", ".") + link_header("dangling", "nowhere") + end_of_archive());
  REQUIRE(store);
  CHECK((*store)->resolve("aaa/layer.tar").value() == "aaa/layer.tar");
  CHECK((*store)->resolve("bbb/layer.tar").value() == "aaa/layer.tar");
  CHECK((*store)->resolve("ccc/layer.tar").value() == "aaa/layer.tar");
  CHECK_FALSE((*store)->resolve("missing").value().has_value());
  for (const char* name : {"abs", "out", "loop1", "self", "dangling"}) {
    CAPTURE(name);
    const auto resolved = (*store)->resolve(name);
    REQUIRE_FALSE(resolved);
    CHECK(resolved.error().kind == ErrorKind::input);
    CHECK(resolved.error().message.find(name) != std::string::npos);
  }
  CHECK_FALSE((*store)->open("bbb/layer.tar"));
}

TEST_CASE("of two members with one name the later counts, and is listed once") {
  const TemporaryDirectory directory;
  const auto store =
      index_text(directory, tar_file("m", "old") + tar_file("n", "n") + tar_file("./m", "new") + end_of_archive());
  REQUIRE(store);
  CHECK(names_of(**store) == "n m");
  CHECK((*store)->read("m", 10).value() == "new");
}

TEST_CASE("a truncated archive is an error that names the member and the byte") {
  const TemporaryDirectory directory;
  const auto tar = tar_file("manifest.json", "[]") + tar_file("aaa/layer.tar", std::string(2'000'000, 'l'));
  const auto store = index_text(directory, tar.substr(0, 1'000'000));
  REQUIRE_FALSE(store);
  CHECK(store.error().kind == ErrorKind::input);
  CHECK(store.error().message.find("\"aaa/layer.tar\"") != std::string::npos);
  CHECK(store.error().message.find("byte 1000000") != std::string::npos);
  const auto in_header = index_text(directory, tar.substr(0, 1'300));
  REQUIRE_FALSE(in_header);
  CHECK(in_header.error().message.find("byte 1024") != std::string::npos);
}

TEST_CASE("bodies are skipped, so that an index of huge members takes no time") {
  const TemporaryDirectory directory;
  constexpr std::size_t body = 4'000'000'000;
  const auto path = directory.write("huge.tar", tar_header({.name = "huge", .size_field = octal(body)}));
  const auto padded_body = (body + 511) / 512 * 512;
  std::filesystem::resize_file(path, 512 + padded_body);
  std::ofstream(path, std::ios::app | std::ios::binary) << tar_file("after", "x") << end_of_archive();
  const auto store = index_tar_file(File::open(path).value(), {});
  REQUIRE(store);
  CHECK(names_of(**store) == "huge after");
  CHECK((*store)->read("after", 1).value() == "x");
}

TEST_CASE("more members than the limit are refused by its name") {
  const TemporaryDirectory directory;
  Limits limits;
  limits.archive_members = 2;
  const auto two = tar_file("a", "") + tar_file("b", "");
  CHECK(index_text(directory, two + end_of_archive(), limits));
  const auto three = index_text(directory, two + tar_file("c", "") + end_of_archive(), limits);
  REQUIRE_FALSE(three);
  CHECK(three.error().kind == ErrorKind::limit);
  CHECK(three.error().message.find("archive-members") != std::string::npos);
  CHECK_FALSE(open_directory(directory.path(), Limits{.archive_members = 0}));
}

TEST_CASE("a directory lists its regular files sorted and never follows a link out of itself") {
  const TemporaryDirectory outside, directory;
  outside.write("secret", "secret");
  directory.write("oci-layout", "{}");
  directory.write("blobs/sha256/bb", "layer");
  directory.write("blobs/sha256/aa", "config");
  std::filesystem::create_symlink("blobs/sha256/aa", directory.path("inside"));
  std::filesystem::create_symlink(outside.path("secret"), directory.path("absolute"));
  std::filesystem::create_symlink("../../../../../../../.." + outside.path("secret"), directory.path("relative"));
  std::filesystem::create_directory_symlink(outside.path(), directory.path("directory"));
  const auto store = open_directory(directory.path(), {});
  REQUIRE(store);
  REQUIRE((*store)->members().size() == 7);
  CHECK((*store)->members()[1].first == "blobs/sha256/aa");
  CHECK((*store)->members()[2].first == "blobs/sha256/bb");
  CHECK((*store)->read("blobs/sha256/bb", 100).value() == "layer");
  CHECK((*store)->resolve("inside").value() == "blobs/sha256/aa");
  CHECK_FALSE((*store)->resolve("absolute"));
  CHECK_FALSE((*store)->resolve("relative"));
  CHECK_FALSE((*store)->resolve("directory"));
  CHECK_FALSE((*store)->find("directory/secret").has_value());
}

TEST_CASE("a file that became a link after the listing is not followed") {
  const TemporaryDirectory outside, directory;
  directory.write("blobs/aa", "mine");
  const auto store = open_directory(directory.path(), {});
  REQUIRE(store);
  std::filesystem::rename(directory.path("blobs"), directory.path("moved"));
  outside.write("aa", "theirs");
  std::filesystem::create_directory_symlink(outside.path(), directory.path("blobs"));
  const auto followed = (*store)->read("blobs/aa", 100);
  REQUIRE_FALSE(followed);
  CHECK(followed.error().kind == ErrorKind::environment);
}

TEST_CASE("a directory or file that is not there is an environment error with its path") {
  const auto missing = open_directory("/nonexistent/directory", {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::environment);
  CHECK(missing.error().message == "cannot read \"/nonexistent/directory\": No such file or directory");
  CHECK(File::open("/nonexistent").error().message == "cannot open \"/nonexistent\": No such file or directory");
  CHECK(File::open("/").error().message == "cannot read \"/\": not a regular file");
}

TEST_CASE("captured members give back what was kept and say what was not") {
  CapturedMembers captured;
  captured.add("manifest.json", {2, ""}, "[]");
  captured.add("layer.tar", {1'000, ""}, std::nullopt);
  captured.add("link", {0, "layer.tar"}, std::nullopt);
  captured.finish();
  CHECK(captured.read("manifest.json", 10).value() == "[]");
  CHECK(read_all(**captured.open("manifest.json")) == "[]");
  CHECK(captured.read("manifest.json", 1).error().kind == ErrorKind::limit);
  CHECK(captured.open("layer.tar").error().kind == ErrorKind::input);
  CHECK(captured.open("layer.tar").error().message == "\"layer.tar\" was not kept while the archive passed by");
  CHECK(captured.resolve("link").value() == "layer.tar");
}

TEST_CASE("a region of a file ends with the region or the file") {
  const TemporaryDirectory directory;
  const auto file = File::open(directory.write("f", "0123456789")).value();
  FileRegion middle(file, 2, 3);
  CHECK(read_all(middle, 2) == "234");
  FileRegion past(file, 8, 100);
  CHECK(past.skip(1) == 1);
  CHECK(read_all(past) == "9");
  FileRegion beyond(file, 50, 5);
  CHECK(beyond.skip(3) == 0);
  CHECK(read_all(beyond).empty());
}
