#include "memory/object_reach.h"

#include <array>
#include <map>

#include "support/catch.h"
#include "support/runtime_image.h"

using namespace imgslim;

namespace {

using test::ElfSpec;

const std::string libraries = "/usr/lib/x86_64-linux-gnu/";

void library(test::RuntimeImage& image, const std::string& name, std::vector<std::string> needed = {}) {
  ElfSpec spec;
  spec.needed = std::move(needed);
  image.library(libraries + name, spec);
}

/// A dpkg database: the package's name, "Source:" and its files.
void install(test::RuntimeImage& image, const std::vector<std::array<std::string, 3>>& packages) {
  std::string status;
  for (const auto& [name, source, path] : packages) {
    status += "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n";
    status += source.empty() ? "\n" : "Source: " + source + "\n\n";
    image.file("/var/lib/dpkg/info/" + name + ".list", path + "\n");
  }
  image.file("/var/lib/dpkg/status", status);
}

/// Whether the object is there only for somebody else's library, by base name.
std::map<std::string, bool> indirect_of(test::RuntimeImage& image) {
  const auto built = image.done();
  const auto closure = runtime::close(built.files, built.config, {});
  const auto indirect = memory::indirect_objects(closure, *built.tree, attribution::find_owners(*built.tree, Limits()));
  std::map<std::string, bool> result;
  for (std::size_t i = 0; i < closure.files.size(); ++i)
    result[closure.files[i].path.substr(closure.files[i].path.rfind('/') + 1)] = indirect[i];
  return result;
}

}  // namespace

TEST_CASE("A library that only another package's library needs is there indirectly") {
  test::RuntimeImage image;
  ElfSpec program;
  program.needed = {"libldap.so", "libown.so", "libssl.so"};
  image.program("/usr/bin/server", program).command({"/usr/bin/server"});
  library(image, "libldap.so", {"libsasl.so"});
  library(image, "libsasl.so", {"libdb.so"});
  library(image, "libdb.so");
  library(image, "libown.so", {"libz.so"});
  library(image, "libz.so");
  library(image, "libssl.so", {"libcrypto.so"});
  library(image, "libcrypto.so");
  install(image, {{"server", "", "/usr/bin/server"},
                  {"libldap2", "openldap", libraries + "libldap.so"},
                  {"libsasl2", "", libraries + "libsasl.so"},
                  {"libdb5", "db", libraries + "libdb.so"},
                  {"server-lib", "server", libraries + "libown.so"},
                  {"zlib1g", "", libraries + "libz.so"},
                  {"libssl3", "openssl", libraries + "libssl.so\n" + libraries + "libcrypto.so"}});
  const auto indirect = indirect_of(image);
  CHECK_FALSE(indirect.at("server"));
  CHECK_FALSE(indirect.at("libldap.so"));
  CHECK(indirect.at("libsasl.so"));
  CHECK(indirect.at("libdb.so"));
  CHECK_FALSE(indirect.at("libown.so"));
  CHECK_FALSE(indirect.at("libz.so"));
  CHECK_FALSE(indirect.at("libcrypto.so"));
  CHECK_FALSE(indirect.at("libc.so.6"));
}

TEST_CASE("Without packages all files count as of one") {
  test::RuntimeImage image;
  ElfSpec program;
  program.needed = {"liba.so"};
  image.program("/usr/bin/server", program).command({"/usr/bin/server"});
  library(image, "liba.so", {"libb.so"});
  library(image, "libb.so");
  CHECK_FALSE(indirect_of(image).at("libb.so"));
}
