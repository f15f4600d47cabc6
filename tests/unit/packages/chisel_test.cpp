#include "packages/chisel.h"

#include <zstd.h>

#include "note_codes.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::packages;
using Files = std::vector<std::string>;

namespace {

constexpr std::string_view wall = R"({"jsonwall":"1.0","schema":"1.0","count":9}
{"kind":"content","slice":"base-files_base","path":"/etc/"}
{"kind":"package","name":"base-files","version":"12ubuntu4","sha256":"00","arch":"amd64"}
{"kind":"package","name":"libc6","version":"2.35-0ubuntu3","sha256":"00","arch":"amd64"}
{"kind":"path","path":"/etc/","mode":"0755","slices":["base-files_base","libc6_config","libc6_libs"]}
{"kind":"path","path":"/lib/x86_64-linux-gnu/libc.so.6","mode":"0755","slices":["libc6_libs"],"sha256":"00","size":2220400}
{"kind":"path","path":"/var/lib/chisel/manifest.wall","mode":"0644","slices":["base-files_chisel"]}
{"kind":"slice","name":"libc6_libs"}
)";

std::string compressed(std::string_view text) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  bytes.resize(ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), 3));
  return bytes;
}

std::string failure(std::string_view manifest, const Limits& limits = {}) {
  const auto set = read_chisel(manifest, limits);
  return set ? std::string() : set.error().message;
}

}  // namespace

TEST_CASE("paths of a chisel manifest belong to the packages of their slices") {
  for (const auto& manifest : {std::string(wall), compressed(wall)}) {
    const auto set = read_chisel(manifest, {});
    REQUIRE(set);
    REQUIRE(set->packages.size() == 2);
    const auto& base = set->packages[0];
    CHECK(base.manager == "chisel");
    CHECK(base.name == "base-files");
    CHECK(base.version == "12ubuntu4");
    CHECK(base.architecture == "amd64");
    CHECK(base.files == Files{"etc", "var/lib/chisel/manifest.wall"});
    const auto& libc = set->packages[1];
    CHECK(libc.declared_bytes == 2220400);
    CHECK(libc.files == Files{"etc", "lib/x86_64-linux-gnu/libc.so.6"});
    CHECK(set->notes.empty());
  }
}

TEST_CASE("odd lines of a chisel manifest are counted, a missing header refuses it") {
  const auto set = read_chisel(std::string(wall) + "{broken\n[]\n7\n", {});
  REQUIRE(set);
  CHECK(set->packages.size() == 2);
  CHECK(note_codes(*set) == Files{"chisel-lines-unreadable"});
  CHECK(failure("") == "manifest.wall does not begin with the header of a jsonwall");
  CHECK(failure("{\"kind\":\"path\"}\n") == "manifest.wall does not begin with the header of a jsonwall");
}

TEST_CASE("damaged and expanding manifests are refused") {
  const auto bytes = compressed(wall);
  CHECK(failure(bytes.substr(0, bytes.size() - 5)) == "manifest.wall ends inside its zstd frame");
  auto damaged = bytes;
  damaged[6] = '\xff';
  damaged[7] = '\xff';
  damaged[8] = '\xff';
  CHECK_FALSE(failure(damaged).empty());
  Limits limits;
  limits.text_bytes = 1u << 20;
  CHECK(failure(compressed(std::string(64u << 20, ' ')), limits).find("text-bytes") != std::string::npos);
}
