#include "packages/locked_packages.h"

#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::packages;

TEST_CASE("npm's hidden lockfile tells development packages by directory") {
  const auto packages = read_npm_lock("app/node_modules/.package-lock.json", R"({"name":"app","lockfileVersion":3,
    "packages":{
      "node_modules/express":{"version":"4.18.2"},
      "node_modules/jest":{"version":"29.0.0","dev":true},
      "node_modules/jest/node_modules/@types/node":{"version":"20.0.0","dev":true},
      "node_modules/fsevents":{"version":"2.0.0","devOptional":true,"optional":true},
      "node_modules/alias":{"name":"real","version":"1.0.0"},
      "node_modules/local":{"link":true,"resolved":"packages/local"}}})",
                                      {});
  REQUIRE(packages);
  CHECK(*packages ==
        std::vector<LockedPackage>{{"real", "1.0.0", "app/node_modules/alias", false},
                                   {"express", "4.18.2", "app/node_modules/express", false},
                                   {"fsevents", "2.0.0", "app/node_modules/fsevents", false},
                                   {"jest", "29.0.0", "app/node_modules/jest", true},
                                   {"@types/node", "20.0.0", "app/node_modules/jest/node_modules/@types/node", true}});
}

TEST_CASE("npm's hidden lockfile tells where the cache keeps an archive") {
  const auto cached = [](const std::string& integrity) {
    const auto packages = read_npm_lock("node_modules/.package-lock.json",
                                        R"({"packages":{"node_modules/a":{"integrity":")" + integrity + R"("}}})", {});
    REQUIRE(packages);
    return packages->at(0).cached;
  };
  // typescript 5.4.5, as the registry states it and as npm 9 stored it.
  const std::string digest = "vcI4UpRgg81oIRUFwR0WSIHKt11nJ7SAVlYNIu+QpqeyXP+gpQJy/Z4+F0aGxSE4MqwjyXvW/TzgkLAx2AGHwQ==";
  const std::string place =
      "_cacache/content-v2/sha512/bd/c2/"
      "3852946083cd68211505c11d164881cab75d6727b48056560d22ef90a6a7b25cffa0a50272fd9e3e"
      "174686c5213832ac23c97bd6fd3ce090b031d80187c1";
  CHECK(cached("sha512-" + digest) == place);
  CHECK(cached("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha512-" + digest + "?option") == place);
  CHECK(cached("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=").empty());
  CHECK(cached("sha512-Zm9v").empty());
  CHECK(cached("").empty());
}

TEST_CASE("Composer's list tells development packages") {
  const auto packages = read_composer_installed("srv/vendor/composer/installed.json", R"({"packages":[
      {"name":"psr/log","version":"3.0.0","install-path":"../psr/log"},
      {"name":"phpunit/phpunit","version":"10.0.0","install-path":"../phpunit/phpunit"},
      {"name":"no/place","version":"1.0.0"}],
    "dev":true,"dev-package-names":["phpunit/phpunit"]})",
                                                {});
  REQUIRE(packages);
  CHECK(*packages == std::vector<LockedPackage>{{"psr/log", "3.0.0", "srv/vendor/psr/log", false},
                                                {"phpunit/phpunit", "10.0.0", "srv/vendor/phpunit/phpunit", true}});
}

TEST_CASE("lists that are no lists have no packages, broken ones are an error") {
  for (const auto* text : {"[]", "{}", R"({"packages":3})", R"({"packages":[1,{"name":2}]})"}) {
    CAPTURE(text);
    const auto composer = read_composer_installed("vendor/composer/installed.json", text, {});
    REQUIRE(composer);
    CHECK(composer->empty());
    const auto npm = read_npm_lock("node_modules/.package-lock.json", text, {});
    REQUIRE(npm);
    CHECK(npm->empty());
  }
  CHECK_FALSE(read_npm_lock("node_modules/.package-lock.json", "{", {}));
  CHECK_FALSE(read_composer_installed("vendor/composer/installed.json", "{", {}));
}

TEST_CASE("a long path buys no memory") {
  std::string text = R"({"packages":{)";
  for (int i = 0; i < 20'000; ++i) text += '"' + std::to_string(i) + "\":{},";
  text.back() = '}';
  const std::string folder(16'000, 'x');
  const auto packages = read_npm_lock(folder + "/node_modules/.package-lock.json", text + "}", {});
  REQUIRE(packages);
  CHECK(packages->size() < 1000);
}
