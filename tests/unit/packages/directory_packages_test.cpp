#include "core/path.h"
#include "note_codes.h"
#include "packages/conda.h"
#include "packages/database_kind.h"
#include "packages/gem.h"
#include "packages/npm.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::packages;
using Files = std::vector<std::string>;

namespace {

Package only(const PackageSet& set) {
  REQUIRE(set.packages.size() == 1);
  return set.packages[0];
}

Package gem(const std::string& path, const std::string& specification = "") {
  return only(read_gem(path, specification, {}));
}

}  // namespace

TEST_CASE("an npm package owns its directory") {
  const auto npm = only(read_npm("usr/lib/node_modules/@npmcli/fs/package.json",
                                 R"({"name":"@npmcli/fs","version":"2.1.0","dependencies":{"semver":"^7"}})", {}));
  CHECK(npm.manager == "npm");
  CHECK(npm.name == "@npmcli/fs");
  CHECK(npm.version == "2.1.0");
  CHECK(npm.directories == Files{"usr/lib/node_modules/@npmcli/fs"});
  CHECK(npm.files.empty());
}

TEST_CASE("an npm package without a readable name is called like its directory") {
  const auto broken = read_npm("app/node_modules/@scope/name/package.json", "{", {});
  CHECK(only(broken).name == "@scope/name");
  CHECK(note_codes(broken) == Files{"npm-package-unreadable"});
  const auto odd = read_npm("app/node_modules/name/package.json", R"({"name":7,"version":[]})", {});
  CHECK(only(odd).name == "name");
  CHECK(only(odd).version.empty());
}

TEST_CASE("npm packages of this machine are those npm lists") {
  const auto root = real_tools::output_of("npm root -g 2>/dev/null");
  const auto listed = real_tools::output_of("npm ls -g --all --parseable --long 2>/dev/null");
  if (!root || !listed) IMGSLIM_SKIP("no npm on this machine");
  std::size_t compared = 0;
  for (const auto& line : real_tools::lines_of(*listed)) {
    const auto colon = line.find(':');
    const auto at = line.rfind('@');
    const std::filesystem::path directory = line.substr(0, colon);
    if (colon == std::string::npos || !std::filesystem::exists(directory / "package.json")) continue;
    const auto path = clean_path((directory / "package.json").string()).text;
    if (directory.string() == root->substr(0, root->rfind("/node_modules"))) continue;
    CAPTURE(line);
    CHECK(classify_database(path) == DatabaseKind::npm_package);
    const auto package = only(read_npm(path, real_tools::file_text(directory / "package.json"), {}));
    CHECK(package.name == line.substr(colon + 1, at - colon - 1));
    CHECK(line.substr(at + 1).starts_with(package.version));
    CHECK(package.directories == Files{clean_path(directory.string()).text});
    ++compared;
  }
  WARN(compared << " npm packages held against npm ls");
}

TEST_CASE("a gem owns its directories and its specification") {
  const std::vector<std::string_view> markers = {
      "usr/local/bundle/extensions/x86_64-linux/3.1.0/bcrypt-3.1.18/gem.build_complete",
      "usr/local/bundle/extensions/x86_64-linux/3.1.0/bcrypt-3.1.19/gem.build_complete",
      "other/extensions/x86_64-linux/3.1.0/bcrypt-3.1.18/gem.build_complete"};
  const auto set = read_gem("usr/local/bundle/specifications/bcrypt-3.1.18.gemspec",
                            "# stub: bcrypt 3.1.18 ruby lib ext\n\nGem::Specification.new do |s|\n"
                            "  s.name = \"bcrypt\".freeze\n  s.version = \"3.1.18\"\n"
                            "  s.required_rubygems_version = Gem::Requirement.new(\">= 0\".freeze)\nend\n",
                            markers);
  const auto bcrypt = only(set);
  CHECK(bcrypt.manager == "gem");
  CHECK(bcrypt.name == "bcrypt");
  CHECK(bcrypt.version == "3.1.18");
  CHECK(bcrypt.files ==
        Files{"usr/local/bundle/specifications/bcrypt-3.1.18.gemspec", "usr/local/bundle/cache/bcrypt-3.1.18.gem"});
  CHECK(bcrypt.directories == Files{"usr/local/bundle/gems/bcrypt-3.1.18", "usr/local/bundle/doc/bcrypt-3.1.18",
                                    "usr/local/bundle/extensions/x86_64-linux/3.1.0/bcrypt-3.1.18"});
}

TEST_CASE("the file name stands in for what a gemspec does not state literally") {
  const auto computed = gem("g/specifications/default/json-2.6.1.gemspec",
                            "s.name = File.basename(__FILE__)\ns.version = JSON::VERSION\ns.summary = \"x\"\n"
                            "s.namespace = \"no\"\nversion = \"9\"\ns.name = \"a#{b}\"\n");
  CHECK(computed.name == "json");
  CHECK(computed.version == "2.6.1");
  CHECK(computed.directories[0] == "g/gems/json-2.6.1");
  CHECK(gem("specifications/a.gemspec", "spec.version = Gem::Version.new('7.1')\nspec.name='b'").version == "7.1");
  const auto native = gem("g/specifications/nokogiri-1.15.4-x86_64-linux.gemspec");
  CHECK(native.name == "nokogiri");
  CHECK(native.version == "1.15.4");
  const auto dashed = gem("g/specifications/net-http-2-persistent-4.0.1.gemspec");
  CHECK(dashed.name == "net-http-2-persistent");
  CHECK(dashed.version == "4.0.1");
  CHECK(gem("g/specifications/name.gemspec").name == "name");
  CHECK(gem("g/specifications/-.gemspec").version.empty());
}

TEST_CASE("a gemspec without a name before its suffix is no gem") {
  for (const char* path : {"g/specifications/.gemspec", "g/specifications/..gemspec", "g/specifications/...gemspec"})
    CHECK(read_gem(path, "s.name = 'a'", {}).packages.empty());
}

TEST_CASE("gems of this machine are those Ruby lists") {
  const auto listed = real_tools::output_of(
      "ruby -e 'Gem::Specification.each { |s| puts [s.loaded_from, s.name, s.version].join(\"\\t\") }' 2>/dev/null");
  if (!listed || listed->empty()) IMGSLIM_SKIP("no Ruby on this machine");
  std::size_t compared = 0;
  for (const auto& line : real_tools::lines_of(*listed)) {
    const auto tab = line.find('\t');
    CAPTURE(line);
    const auto path = clean_path(line.substr(0, tab)).text;
    CHECK(classify_database(path) == DatabaseKind::gem_specification);
    const auto package = gem(path, real_tools::file_text(line.substr(0, tab)));
    CHECK(package.name + '\t' + package.version == line.substr(tab + 1));
    ++compared;
  }
  WARN(compared << " gems held against Ruby");
}

TEST_CASE("a conda record owns its files below the prefix and itself") {
  const auto conda = only(read_conda("opt/conda/conda-meta/zlib-1.2.13-h0.json",
                                     R"({"name":"zlib","version":"1.2.13","subdir":"linux-64","size":94000,
                          "files":["include/zlib.h","lib/libz.so","../../etc/x"],
                          "paths_data":{"paths":[{"_path":"include/zlib.h","size_in_bytes":96000},
                                                 {"_path":"lib/libz.so","size_in_bytes":100},{"_path":"l"}]}})",
                                     {}));
  CHECK(conda.manager == "conda");
  CHECK(conda.name == "zlib");
  CHECK(conda.version == "1.2.13");
  CHECK(conda.architecture == "linux-64");
  CHECK(conda.declared_bytes == 96100);
  CHECK(conda.files == Files{"opt/conda/include/zlib.h", "opt/conda/lib/libz.so", "etc/x",
                             "opt/conda/conda-meta/zlib-1.2.13-h0.json"});
}

TEST_CASE("conda records that cannot be read give a note and no package") {
  for (const auto* text : {"", "[]", "{}", R"({"name":1})", "{\"name\":\"a\""}) {
    const auto set = read_conda("conda-meta/a.json", text, {});
    CHECK(set.packages.empty());
    CHECK(note_codes(set) == Files{"conda-record-unreadable"});
  }
  const auto odd =
      read_conda("conda-meta/a.json", R"({"name":"a","files":{"x":1},"paths_data":[1],"version":null})", {});
  CHECK(only(odd).files == Files{"conda-meta/a.json"});
}
