#include "layer/content_probe.h"

#include "layer/layer_builder.h"
#include "layer/runtime_text.h"
#include "support/catch.h"
#include "support/elf_builder.h"

using namespace imgslim;
using namespace imgslim::layer;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

ContentFacts facts_of(std::string_view path, std::string_view content, bool executable = false,
                      std::size_t block = SIZE_MAX) {
  const Limits limits;
  ContentProbe probe(path, content.size(), executable, limits, {limits.text_total_bytes, limits.text_total_bytes});
  for (std::size_t at = 0; at < content.size(); at += std::min(block, content.size() - at))
    probe.feed(at, bytes_of(content.substr(at, block)));
  return probe.finish();
}

bool wants(std::string_view path, std::string_view content, bool executable = false) {
  return wants_runtime_text({path, executable, content.size(), content});
}

Layer layer_of(const std::vector<std::pair<std::string, std::string>>& files, const Limits& limits) {
  LayerBuilder builder(limits);
  for (const auto& [path, content] : files) {
    archive::TarEntry header;
    header.path = path;
    header.logical_bytes = content.size();
    const auto index = builder.add(header);
    REQUIRE(index);
    auto probe = builder.probe(*index, header);
    probe.feed(0, bytes_of(content));
    builder.set_content(*index, content.size(), probe.kind(), probe.finish());
  }
  return std::move(builder).finish();
}

}  // namespace

TEST_CASE("configuration, scripts and metadata are wanted as texts") {
  for (const auto* path :
       {"etc/passwd", "etc/nginx/nginx.conf", "usr/local/etc/php/php.ini", "usr/local/apache2/conf/httpd.conf",
        "opt/x/etc/y", "usr/share/nginx/modules-available/mod.conf", "usr/lib/ssl/openssl.cnf",
        "usr/lib/python3/dist-packages/a.pth", "venv/pyvenv.cfg", "app/a.runtimeconfig.json", "app/a.deps.json",
        "usr/lib/jvm/x/lib/jvm.cfg", "app/package.json", "usr/lib/gdk-pixbuf-2.0/2.10.0/loaders.cache",
        "usr/lib/gconv/gconv-modules", "etc/ld-musl-x86_64.path", "usr/lib/systemd/system/a.service", "entry.sh"})
    CHECK(wants(path, "text"));
  CHECK(wants("usr/bin/anything", "#!/usr/bin/perl\n", true));
  CHECK(wants("usr/local/bin/run", "#!/usr/bin/env -S bash -e\n"));
}

TEST_CASE("an executable text without #! is wanted where programs stand, since shells run it") {
  CHECK(wants("usr/local/bin/anything", "exec app\n", true));
  CHECK(wants("entrypoint", "exec app\n", true));
  CHECK(wants("app/start", "mkdir -p /run/app\nexec app\n"));
  CHECK_FALSE(wants("app/README", "how to run it: exec app\n"));
  CHECK_FALSE(wants("app/start", "exec app\n\x01"));
}

TEST_CASE("a script may be longer than a configuration") {
  const auto script = "#!/bin/sh\n" + std::string(largest_runtime_text_bytes, '#');
  CHECK(wants("install", script, true));
  CHECK_FALSE(wants("install", script + std::string(largest_script_bytes, '#'), true));
}

TEST_CASE("other files, binary and large ones are not wanted as texts") {
  CHECK_FALSE(wants("usr/bin/anything", "#!/usr/bin/perl\n"));
  CHECK_FALSE(wants("usr/share/x/anything", "text", true));
  CHECK_FALSE(wants("usr/bin/anything", "text\x01", true));
  CHECK_FALSE(wants("usr/share/doc/x/nginx.conf", "text"));
  CHECK_FALSE(wants("etc/ssl/certs/ca-certificates.crt", "text"));
  CHECK_FALSE(wants("usr/share/zoneinfo/Europe/Rome", "text"));
  CHECK_FALSE(wants("etc/aliases.db", std::string_view("a\0b", 3)));
  CHECK_FALSE(wants("etc/services", std::string(largest_runtime_text_bytes + 1, 'x')));
  CHECK_FALSE(wants("sketch/x", "text"));
}

TEST_CASE("the linker's cache is wanted though it is large and binary") {
  CHECK(wants("etc/ld.so.cache", std::string(largest_runtime_text_bytes + 1, '\0')));
}

TEST_CASE("facts do not depend on how a file is cut into blocks") {
  const std::string script = "#!/bin/sh\n" + std::string(9000, '#') + "\nexec \"$@\"\n";
  const std::string source = "import os\n" + std::string(9000, '#') + "\nimport sys\n";
  const auto elf = test::build_elf({.needed = {"liba.so"}});
  for (const auto block : {std::size_t{1}, std::size_t{3}, std::size_t{4096}, std::size_t{5000}}) {
    const auto in_blocks = facts_of("entry", script, true, block);
    CHECK(in_blocks.runtime_text == script);
    CHECK(in_blocks.hash == facts_of("entry", script, true).hash);
    CHECK(facts_of("a.py", source, false, block).source == facts_of("a.py", source).source);
    CHECK(facts_of("liba.so", elf, false, block).elf.value().facts.needed == std::vector<std::string>{"liba.so"});
  }
  CHECK(facts_of("a.py", source).source.value().imports.size() == 2);
}

TEST_CASE("a script in a source language is kept and its imports are read") {
  const auto facts = facts_of("usr/bin/tool.py", "#!/usr/bin/python3\nimport os\n", true);
  CHECK(facts.runtime_text.has_value());
  CHECK(facts.source.value().imports.size() == 1);
  CHECK_FALSE(facts_of("lib/tool.py", "import os\n").runtime_text);
}

TEST_CASE("of a source file beyond what is read the begin counts") {
  const auto facts = facts_of("a.py", "import os\n" + std::string(5u << 20, '\n') + "import sys\n", false, 1u << 20);
  CHECK(facts.source.value().imports.size() == 1);
}

TEST_CASE("texts beyond the budget of a layer are noted and left out") {
  Limits limits;
  limits.text_total_bytes = 10;
  const auto layer = layer_of({{"etc/a", "12345678"}, {"etc/b", "12345678"}, {"etc/c", "12"}}, limits);
  REQUIRE(layer.runtime_texts.size() == 2);
  CHECK(layer.runtime_texts[1].bytes == "12");
  REQUIRE(layer.notes.size() == 1);
  CHECK(layer.notes.front().code == "content-not-read");
  CHECK(layer.notes.front().where == "etc/b");
}

TEST_CASE("facts beyond the limit of a layer are noted and left out") {
  Limits limits;
  limits.facts_bytes = sizeof(ElfFile) + 500;
  const auto elf = test::build_elf({.needed = {"liba.so"}});
  const auto layer = layer_of({{"a.so", elf}, {"b.so", elf}}, limits);
  CHECK(layer.elf.size() == 1);
  REQUIRE(layer.notes.size() == 1);
  CHECK(layer.notes.front().code == "facts-left-out");
}

TEST_CASE("an ELF file whose tables are out of reach is noted") {
  test::ElfSpec spec;
  spec.needed = {"liba.so"};
  spec.data_bytes = 10u << 20;
  auto file = test::build_elf(spec);
  // DT_STRTAB leads to the end of the writable segment, of which 8 MiB are kept.
  const auto dynamic = file.size() - (test::elf_data_address - test::elf_dynamic_address) - spec.data_bytes;
  auto at = dynamic;
  while (file[at] != 5) at += 16;
  constexpr auto place = test::elf_dynamic_address + (9u << 20);
  for (std::size_t i = 0; i < 8; ++i) file[at + 8 + i] = static_cast<char>(place >> 8 * i & 0xff);
  const auto layer = layer_of({{"a.so", file}}, Limits());
  REQUIRE(layer.notes.size() == 1);
  CHECK(layer.notes.front().code == "elf-not-read-whole");
  CHECK(layer.elf.front().facts.needed.empty());
}
