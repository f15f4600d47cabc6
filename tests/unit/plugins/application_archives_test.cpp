#include "plugins/application_archives.h"

#include "support/catch.h"

namespace imgslim::plugins {
namespace {

TEST_CASE("A class path alone is no framework's application") {
  ApplicationArchives archives;
  archives.add("/usr/share/java/ant.jar", false, 1000);
  archives.add("/app/lib/wiremock.jar", false, 1000);
  archives.add("/app/lib/spring-boot-admin-client-3.jar", false, 1000);
  archives.add("/app/main.py", false, 1000);
  CHECK(archives.bytes() == 0);
}

TEST_CASE("An archive of archives counts by itself") {
  ApplicationArchives archives;
  archives.add("/app/agent.jar", false, 10);
  archives.add("/app/app.jar", true, 1000);
  CHECK(archives.bytes() == 1000);
}

TEST_CASE("Directories count that Spring Boot's archives are in, or are unpacked into") {
  ApplicationArchives unpacked;
  unpacked.add("/app/BOOT-INF/lib/a.jar", false, 10);
  unpacked.add("/app/BOOT-INF/lib/b.jar", false, 20);
  unpacked.add("/app/tool.jar", false, 500);
  CHECK(unpacked.bytes() == 30);
  ApplicationArchives with_others;
  with_others.add("/app/libs/a.jar", false, 10);
  with_others.add("/app/libs/spring-boot-3.3.5.jar", false, 5);
  CHECK(with_others.bytes() == 15);
}

}  // namespace
}  // namespace imgslim::plugins
