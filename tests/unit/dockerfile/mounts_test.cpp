#include "dockerfile/parse.h"
#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

File with_mount(std::string_view mount) { return parse("FROM a\nRUN --mount=" + std::string(mount) + " b\n"); }

const Mount& mount_of(const File& file) {
  REQUIRE(file.problems.empty());
  return file.instructions[1].as<Run>()->mounts[0];
}

TEST_CASE("a mount's fields are found by one name, whichever alias is written") {
  const auto file = with_mount("type=cache,dst=/c,src=/s,ro,id=x,sharing=locked,uid=1000,mode=0755");
  const auto& mount = mount_of(file);
  CHECK(mount.type == "cache");
  CHECK(mount.value("target") == "/c");
  CHECK(mount.value("source") == "/s");
  CHECK(mount.field("readonly") != nullptr);
  CHECK_FALSE(mount.field("readonly")->value);
  CHECK(mount.field("dst") == nullptr);
  CHECK(file.text(mount.field("target")->key.span) == "dst");
  CHECK(file.text(mount.field("sharing")->value->span) == "locked");
  CHECK(file.text(mount.span) == "--mount=type=cache,dst=/c,src=/s,ro,id=x,sharing=locked,uid=1000,mode=0755");
}

TEST_CASE("a mount without type binds, and the last of two fields counts") {
  const auto file = with_mount("target=/a,target=/b");
  CHECK(mount_of(file).type == "bind");
  CHECK(mount_of(file).value("target") == "/b");
}

TEST_CASE("places in a mount survive quotes, escapes and continued lines") {
  const auto file = parse("FROM a\nRUN --mount='type=cache',\\\ntarget=\"/x y\" b\n");
  REQUIRE(file.problems.empty());
  const auto& mount = file.instructions[1].as<Run>()->mounts[0];
  CHECK(mount.value("target") == "/x y");
  CHECK(file.text(mount.field("target")->value->span) == "/x y");
}

TEST_CASE("a field in quotes may hold commas") {
  const auto file = with_mount("type=bind,\\\"source=a,b\\\",target=/t");
  CHECK(mount_of(file).value("source") == "a,b");
  CHECK(mount_of(file).value("target") == "/t");
}

TEST_CASE("each wrong field is told, at its place") {
  struct Row {
    const char* mount;
    const char* place;
  };
  for (const auto& [mount, place] :
       std::vector<Row>{{"type=volume,target=/a", "volume"},
                        {"type=cache,tagret=/a", "tagret"},
                        {"target", "target"},
                        {"type=cache,sharing=some", "some"},
                        {"type=bind,sharing=locked", "sharing"},
                        {"type=bind,uid=0", "uid"},
                        {"type=cache,uid=root", "root"},
                        {"type=cache,mode=9", "9"},
                        {"type=cache,ro=maybe", "maybe"},
                        {"type=cache,size=1m", "size"},
                        {"type=tmpfs,size=big", "big"},
                        {"type=cache,required", "required"},
                        {"required,type=secret,id=a", "required"},
                        {"type=cache,env=A", "env"},
                        {"type=cache,from=$x", "$x"},
                        {"type=secret,id=a,from=b", "from"},
                        {"type=secret", "--mount=type=secret"},
                        {"type=secret,id=a,source=b", "--mount=type=secret,id=a,source=b"}}) {
    CAPTURE(mount);
    const auto file = with_mount(mount);
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems[0].kind == ProblemKind::bad_mount);
    CHECK(file.text(file.problems[0].span) == place);
  }
}

TEST_CASE("fields with variables are not judged, neither are those of buildah") {
  for (const char* mount :
       {"type=$t,sharing=x$y,uid=$u", "type=secret,id=$x,required=$r", "type=bind,z,target=/a",
        "type=tmpfs,target=/a,tmpcopyup", "type=secret,env=A,id=a,required=true", "type=ssh,required"}) {
    CAPTURE(mount);
    CHECK(with_mount(mount).problems.empty());
  }
}

TEST_CASE("a mount without fields is told") { CHECK(with_mount("").problems.size() == 1); }

}  // namespace
}  // namespace imgslim::dockerfile
