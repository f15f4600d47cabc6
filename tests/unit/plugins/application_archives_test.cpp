#include "plugins/application_archives.h"

#include "support/catch.h"

namespace imgslim::plugins {
namespace {

TEST_CASE("A class path alone is no framework's application") {
  ApplicationArchives archives;
  archives.add("/usr/share/java/ant.jar", nullptr, 1000);
  archives.add("/app/lib/wiremock.jar", nullptr, 1000);
  archives.add("/app/lib/spring-boot-admin-client-3.jar", nullptr, 1000);
  archives.add("/app/main.py", nullptr, 1000);
  CHECK(archives.bytes() == 0);
}

TEST_CASE("An archive of archives counts by itself") {
  const layer::JavaArchive executable{0, true, ""}, thin{0, false, "lib/a.jar"};
  ApplicationArchives archives;
  archives.add("/app/agent.jar", nullptr, 10);
  archives.add("/app/thin.jar", &thin, 20);
  archives.add("/app/app.jar", &executable, 1000);
  CHECK(archives.bytes() == 1000);
}

TEST_CASE("Directories count that Spring Boot's archives or Tomcat's are in, or that one is unpacked into") {
  ApplicationArchives unpacked;
  unpacked.add("/app/BOOT-INF/lib/a.jar", nullptr, 10);
  unpacked.add("/app/BOOT-INF/lib/b.jar", nullptr, 20);
  unpacked.add("/app/tool.jar", nullptr, 500);
  CHECK(unpacked.bytes() == 30);
  ApplicationArchives with_others;
  with_others.add("/app/libs/a.jar", nullptr, 10);
  with_others.add("/app/libs/spring-boot-3.3.5.jar", nullptr, 5);
  CHECK(with_others.bytes() == 15);
  ApplicationArchives tomcat;
  tomcat.add("/usr/local/tomcat/lib/catalina.jar", nullptr, 10);
  tomcat.add("/usr/local/tomcat/lib/jasper.jar", nullptr, 5);
  tomcat.add("/usr/local/tomcat/bin/bootstrap.jar", nullptr, 1);
  CHECK(tomcat.bytes() == 15);
}

}  // namespace
}  // namespace imgslim::plugins
