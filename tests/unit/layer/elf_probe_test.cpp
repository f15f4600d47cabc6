#include "layer/elf_probe.h"

#include <random>

#include "elf/read_elf.h"
#include "support/catch.h"
#include "support/elf_builder.h"
#include "support/real_tools.h"

using namespace imgslim;
using layer::ElfProbe;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

layer::ElfFile in_one_piece(std::string_view file) {
  ElfProbe probe(file.size());
  probe.feed(0, bytes_of(file));
  return probe.finish();
}

/// Fed in blocks of random sizes.
layer::ElfFile in_blocks(std::string_view file, std::size_t largest, std::mt19937& random) {
  ElfProbe probe(file.size());
  for (std::size_t at = 0; at < file.size();) {
    const auto size = std::min<std::size_t>(file.size() - at, 1 + random() % largest);
    probe.feed(at, bytes_of(file.substr(at, size)));
    at += size;
  }
  return probe.finish();
}

void check_same(const layer::ElfFile& a, const layer::ElfFile& b) {
  CHECK(a.facts == b.facts);
  CHECK(a.debug_bytes == b.debug_bytes);
  CHECK(a.symbol_bytes == b.symbol_bytes);
}

}  // namespace

TEST_CASE("an ELF file reads the same however it is cut into blocks") {
  std::mt19937 random(1);
  std::vector<std::string> files{test::build_elf({.needed = {"liba.so"}, .imports = {"dlopen"}}),
                                 "\x7f"
                                 "ELF"};
  for (const auto* path :
       {"/bin/sh", "/lib64/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin/python3"})
    if (auto text = real_tools::file_text(path); !text.empty()) files.push_back(std::move(text));
  for (const auto& file : files) {
    const auto whole = in_one_piece(file);
    check_same(whole, in_blocks(file, 512, random));
    check_same(whole, in_blocks(file, 300'000, random));
  }
}

TEST_CASE("a file that is kept in parts has the facts of the whole") {
  const auto text = real_tools::file_text("/usr/lib/x86_64-linux-gnu/libc.so.6");
  if (text.empty()) IMGSLIM_SKIP("no libc.so.6 of Debian's name on this machine");
  CHECK(in_one_piece(text).facts == elf::read_elf(elf::SparseImage(ByteView(text))));
}

TEST_CASE("holes of a sparse ELF file are zeros") {
  test::ElfSpec spec;
  spec.needed = {"liba.so"};
  spec.data_bytes = 0x100000;
  const auto file = test::build_elf(spec);
  const auto end_of_data = file.find_last_not_of('\0') + 1;
  ElfProbe probe(file.size());
  probe.feed(0, bytes_of(std::string_view(file).substr(0, end_of_data)));
  check_same(probe.finish(), in_one_piece(file));
}

TEST_CASE("the dynamic section of a very large file is found behind what is not kept") {
  // The writable segment is moved behind 100 MB of read-only data, as far as the program headers tell.
  constexpr std::uint64_t far = 100u << 20;
  test::ElfSpec spec;
  spec.needed = {"liba.so"};
  auto begin = test::build_elf(spec);
  const auto dynamic = begin.substr(begin.size() / 4096 * 4096);
  begin.resize(begin.size() / 4096 * 4096);
  for (std::size_t at = 64; at < 64 + 3 * 56; at += 56) {
    const auto type = static_cast<unsigned char>(begin[at]);
    const bool writable = begin[at + 4] == 6;
    if ((type != 1 && type != 2) || !writable) continue;
    for (std::size_t i = 0; i < 8; ++i) begin[at + 8 + i] = static_cast<char>(far >> 8 * i & 0xff);
  }
  ElfProbe probe(far + dynamic.size());
  probe.feed(0, bytes_of(begin));
  probe.feed(far, bytes_of(dynamic));
  const auto file = probe.finish();
  CHECK(file.facts.needed == std::vector<std::string>{"liba.so"});
  CHECK_FALSE(file.facts.incomplete);
}

TEST_CASE("no more is kept of a file than its bound, whatever it claims") {
  std::string header = test::build_elf({});
  for (std::size_t at = 64; at < 64 + 3 * 56; at += 56)
    for (std::size_t i = 0; i < 5; ++i) header[at + 32 + i] = '\xff';  // p_filesz
  std::uint64_t sum = 0;
  for (const auto& range : elf::wanted_ranges(ByteView(std::string_view(header)), std::uint64_t{1} << 50))
    sum += range.size_bytes;
  CHECK(sum <= elf::most_wanted_bytes);
  CHECK(sum > (1u << 20));
}
