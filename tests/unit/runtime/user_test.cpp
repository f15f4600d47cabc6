#include "runtime/user.h"

#include "support/runtime_image.h"

using namespace imgslim;
using runtime::resolve_user;

TEST_CASE("USER is a name or a number, of passwd or not") {
  const auto image = test::RuntimeImage().done();
  CHECK(resolve_user(image.files, "").uid == 0);
  CHECK(resolve_user(image.files, "").numeric);
  CHECK(resolve_user(image.files, "app").uid == 1000);
  CHECK(resolve_user(image.files, "app").gid == 1000);
  CHECK_FALSE(resolve_user(image.files, "app").numeric);
  CHECK(resolve_user(image.files, "1000").gid == 1000);
  CHECK(resolve_user(image.files, "65532").uid == 65532);
  CHECK(resolve_user(image.files, "65532").gid == 0);
  CHECK(resolve_user(image.files, "65532:12").gid == 12);
  CHECK(resolve_user(image.files, "1000:root").gid == 0);
}

TEST_CASE("names that passwd and group do not have are told") {
  const auto image = test::RuntimeImage().done();
  CHECK(resolve_user(image.files, "nobody").unknown_user == "nobody");
  CHECK(resolve_user(image.files, "app:wheel").unknown_group == "wheel");
  CHECK(resolve_user(image.files, "app:app").unknown_group.empty());
  CHECK(resolve_user(image.files, "4711").unknown_user.empty());
}
