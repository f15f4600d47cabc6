#include "archive/tar_reader.h"

#include "support/catch.h"
#include "unit/archive/compress.h"
#include "unit/archive/sources.h"
#include "unit/archive/tar_text.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

struct Reading {
  std::vector<TarEntry> entries;
  std::vector<std::string> contents;
  std::vector<std::uint64_t> offsets;  // the end of the archive last
  std::vector<Note> notes;
  std::uint64_t total = 0;
  std::optional<Error> error;

  [[nodiscard]] std::string paths() const {
    std::string joined;
    for (const auto& entry : entries) joined += (joined.empty() ? "" : " ") + entry.path;
    return joined;
  }
  [[nodiscard]] std::string note_codes() const {
    std::string joined;
    for (const auto& note : notes) joined += (joined.empty() ? "" : " ") + note.code;
    return joined;
  }
};

enum class Bodies { read, skip };

Reading read_tar(ByteSource& source, Bodies bodies = Bodies::read, const Limits& limits = {}) {
  Reading reading;
  TarReader reader(source, limits);
  while (true) {
    auto entry = reader.next();
    reading.offsets.push_back(reader.entry_offset());
    if (!entry) reading.error = entry.error();
    if (!entry || !entry->has_value()) break;
    reading.entries.push_back(**entry);
    if (bodies == Bodies::skip) continue;
    reading.contents.emplace_back();
    auto block = reader.next_block();
    for (; block && block->has_value(); block = reader.next_block())
      reading.contents.back().append(reinterpret_cast<const char*>((*block)->bytes.data()), (*block)->bytes.size());
    if (!block) reading.error = block.error();
    if (!block) break;
  }
  reading.notes = reader.notes();
  reading.total = reader.total_bytes();
  return reading;
}

Reading read_tar(const std::string& tar, Bodies bodies = Bodies::read) {
  MemorySource source(bytes_of(tar));
  return read_tar(source, bodies);
}

std::string error_of(const std::string& tar) {
  const auto reading = read_tar(tar);
  return reading.error.has_value() ? reading.error->message : "no error";
}

std::string base256(bool negative, unsigned char fill) {
  std::string field(12, static_cast<char>(fill));
  field[0] = static_cast<char>(negative ? 0xff : 0x80);
  return field;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a plain archive is read with all its metadata") {
  const auto tar = tar_file("etc/passwd", "root:x:0") +
                   tar_header({.name = "bin", .type = '2', .link_name = "usr/bin"}) +
                   tar_header({.name = "hard", .type = '1', .link_name = "etc/passwd"}) +
                   tar_header({.name = "dir/", .type = '5', .mode = "0001777"}) +
                   tar_header({.name = "old-style-dir/", .type = '\0'}) + tar_header({.name = "pipe", .type = '6'}) +
                   end_of_archive();
  const auto reading = read_tar(tar);
  REQUIRE_FALSE(reading.error.has_value());
  CHECK(reading.paths() == "etc/passwd bin hard dir/ old-style-dir/ pipe");
  CHECK(reading.entries[0].mode == 0644);
  CHECK(reading.entries[0].uid == 01750);
  CHECK(reading.entries[0].gid == 01751);
  CHECK(reading.entries[0].mtime_ns == 100'000'000'000);
  CHECK(reading.entries[0].logical_bytes == 8);
  CHECK(reading.contents[0] == "root:x:0");
  CHECK(reading.entries[1].kind == EntryKind::symlink);
  CHECK(reading.entries[1].link_target == "usr/bin");
  CHECK(reading.entries[2].kind == EntryKind::hardlink);
  CHECK(reading.entries[2].link_target == "etc/passwd");
  CHECK(reading.entries[3].kind == EntryKind::directory);
  CHECK(reading.entries[3].mode == 01777);
  CHECK(reading.entries[4].kind == EntryKind::directory);
  CHECK(reading.entries[5].kind == EntryKind::fifo);
  CHECK(reading.offsets == std::vector<std::uint64_t>{0, 1024, 1536, 2048, 2560, 3072, 3584});
  CHECK(reading.total == tar.size());
  CHECK(reading.notes.empty());
}

TEST_CASE("an empty stream and an archive of zeros are empty archives") {
  CHECK(read_tar("").entries.empty());
  CHECK_FALSE(read_tar("").error.has_value());
  const auto zeros = read_tar(std::string(10'240, '\0'));
  CHECK_FALSE(zeros.error.has_value());
  CHECK(zeros.offsets == std::vector<std::uint64_t>{0});
  CHECK(zeros.total == 10'240);
  CHECK(zeros.notes.empty());
}

TEST_CASE("bytes that are no tar are an input error") {
  CHECK(contains(error_of(noise(5'000)), "tar: byte 0: "));
  CHECK(contains(error_of("{}"), "tar: byte 0: "));
  CHECK(contains(error_of(tar_header({.name = "f", .good_checksum = false})), "tar: byte 0: "));
}

TEST_CASE("names keep their bytes: composed, decomposed and invalid UTF-8 stay apart, in any locale") {
  const std::string composed = "caf\xc3\xa9", decomposed = "cafe\xcc\x81", latin = "caf\xe9", escape = "a\x1b[31m\n";
  std::string tar;
  for (const auto& name : {composed, decomposed, latin, escape})
    tar += pax_header(pax_record("path", name)) + tar_file("x", "1");
  tar += tar_file(latin, "1") + pax_header(pax_record("hdrcharset", "BINARY") + pax_record("path", latin)) +
         tar_file("x", "1");
  tar +=
      pax_header(pax_record("linkpath", decomposed)) + tar_header({.name = "link", .type = '2', .link_name = "short"});
  for (const char* locale : {"C", "C.UTF-8"}) {
    REQUIRE(setlocale(LC_ALL, locale) != nullptr);
    const auto reading = read_tar(tar + end_of_archive());
    setlocale(LC_ALL, "C");
    REQUIRE_FALSE(reading.error.has_value());
    REQUIRE(reading.entries.size() == 7);
    CHECK(reading.entries[0].path == composed);
    CHECK(reading.entries[1].path == decomposed);
    CHECK(reading.entries[2].path == latin);
    CHECK(reading.entries[3].path == escape);
    CHECK(reading.entries[4].path == latin);
    CHECK(reading.entries[5].path == latin);
    CHECK(reading.entries[6].link_target == decomposed);
    CHECK(reading.notes.empty());
  }
}

TEST_CASE("a name is never lost to hdrcharset") {
  const auto reading = read_tar(pax_header(pax_record("hdrcharset", "ISO-IR 10646 2000 UTF-8")) +
                                tar_file("caf\xe9", "1") + end_of_archive());
  REQUIRE_FALSE(reading.error.has_value());
  CHECK(reading.paths() == "caf\xe9");
}

TEST_CASE("PAX records apply: long names, nanoseconds, big ids, extended attributes") {
  const auto long_path = std::string(3'000, 'p') + "/file";
  const auto records = pax_record("path", long_path) + pax_record("mtime", "1700000000.123456789") +
                       pax_record("uid", "3000000000") + pax_record("SCHILY.xattr.user.b", std::string("v\0w", 3)) +
                       pax_record("LIBARCHIVE.xattr.user.a", "aGk=") +
                       pax_record("SCHILY.xattr.security.capability", std::string("\1\0\0\2", 4));
  const auto reading = read_tar(pax_header(pax_record("comment", "global"), 'g') + pax_header(records) +
                                tar_file("x", "abc") + tar_file("next", "") + end_of_archive());
  REQUIRE_FALSE(reading.error.has_value());
  REQUIRE(reading.entries.size() == 2);
  const auto& entry = reading.entries[0];
  CHECK(entry.path == long_path);
  CHECK(entry.mtime_ns == 1'700'000'000'123'456'789);
  CHECK(entry.uid == 3'000'000'000);
  REQUIRE(entry.xattrs.size() == 3);
  CHECK(entry.xattrs[0].name == "security.capability");
  CHECK(entry.xattrs[0].value == std::string("\1\0\0\2", 4));
  CHECK(entry.xattrs[1].name == "user.a");
  CHECK(entry.xattrs[1].value == "hi");
  CHECK(entry.xattrs[2].value == std::string("v\0w", 3));
  CHECK(reading.entries[1].path == "next");
  CHECK(reading.entries[1].xattrs.empty());
  CHECK(reading.offsets[0] == 0);  // the global header is stored for the first entry
}

TEST_CASE("GNU long names and long link names apply") {
  const std::string name(1'500, 'n'), target(700, 't');
  const auto reading = read_tar(long_name(target + '\0', 'K') + long_name(name + '\0') +
                                tar_header({.name = "short", .type = '2', .link_name = "short"}) + end_of_archive());
  REQUIRE(reading.entries.size() == 1);
  CHECK(reading.entries[0].path == name);
  CHECK(reading.entries[0].link_target == target);
  CHECK(reading.notes.empty());
}

TEST_CASE("times beyond nanoseconds in 64 bits are clamped") {
  const auto reading =
      read_tar(pax_header(pax_record("mtime", "99999999999999")) + tar_file("future", "") +
               pax_header(pax_record("mtime", "-99999999999999")) + tar_file("past", "") + end_of_archive());
  REQUIRE(reading.entries.size() == 2);
  CHECK(reading.entries[0].mtime_ns == std::numeric_limits<std::int64_t>::max());
  CHECK(reading.entries[1].mtime_ns == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("the PAX size counts where it contradicts the header, with a note") {
  const auto larger = pax_header(pax_record("size", "600")) + tar_header({.name = "f", .size_field = octal(3)}) +
                      padded(std::string(600, 'a')) + tar_file("after", "b") + end_of_archive();
  const auto reading = read_tar(larger);
  REQUIRE_FALSE(reading.error.has_value());
  CHECK(reading.paths() == "f after");
  CHECK(reading.contents[0] == std::string(600, 'a'));
  CHECK(reading.note_codes() == "size-mismatch");
  const auto smaller =
      read_tar(pax_header(pax_record("size", "3")) + tar_header({.name = "f", .size_field = octal(600)}) +
               padded("abc") + tar_file("after", "b") + end_of_archive());
  CHECK(smaller.paths() == "f after");
  CHECK(smaller.note_codes() == "size-mismatch");
  const auto same = read_tar(pax_header(pax_record("size", "3")) + tar_file("f", "abc") + end_of_archive());
  CHECK(same.notes.empty());
}

TEST_CASE("impossible sizes are errors that name the entry") {
  const auto good = tar_file("good", "x");
  for (const auto& field : {base256(true, 0xff), base256(false, 0x7f), std::string("77777777777x")}) {
    const auto message =
        error_of(good + tar_header({.name = "bad", .size_field = field}) + padded("x") + end_of_archive());
    CAPTURE(message);
    CHECK(contains(message, "tar entry 2"));
  }
  for (const char* size : {"-1", "99999999999999999999", "9223372036854775807"}) {
    const auto message =
        error_of(good + pax_header(pax_record("size", size)) + tar_file("bad", "x") + end_of_archive());
    CAPTURE(size, message);
    CHECK(contains(message, "tar entry 2"));
  }
}

TEST_CASE("special headers that claim or hold too much are errors, without the memory they claim") {
  for (const char type : {'x', 'g', 'L', 'K'}) {
    const auto claimed = tar_header({.name = "h", .type = type, .size_field = octal((1ull << 32) + 5)});
    CHECK(contains(error_of(tar_file("good", "x") + claimed + padded("x")), "tar entry 2"));
    const std::string body(2u << 20, 'a');
    const auto held = tar_header({.name = "h", .type = type, .size_field = octal(body.size())}) + body;
    CHECK(contains(error_of(tar_file("good", "x") + held + tar_file("f", "") + end_of_archive()), "tar entry 2"));
  }
}

TEST_CASE("a bad checksum behind a good entry is an error, not an entry") {
  const auto tar = tar_file("good", "x") + tar_header({.name = "bad", .good_checksum = false}) + end_of_archive();
  const auto reading = read_tar(tar);
  CHECK(reading.paths() == "good");
  REQUIRE(reading.error.has_value());
  CHECK(reading.error->kind == ErrorKind::input);
  CHECK(contains(reading.error->message, "tar entry 2 at byte 1024: "));
}

TEST_CASE("an error is final") {
  const auto tar = tar_file("good", "x") + tar_header({.name = "bad", .good_checksum = false}) + end_of_archive();
  MemorySource source(bytes_of(tar));
  const Limits limits;
  TarReader reader(source, limits);
  REQUIRE(reader.next());
  const auto first = reader.next();
  REQUIRE_FALSE(first);
  CHECK(reader.next().error().message == first.error().message);
  CHECK(reader.next_block().error().message == first.error().message);
}

TEST_CASE("what stands behind the end is noted, read and counted") {
  const auto body = tar_file("f", "x");
  CHECK(read_tar(body + end_of_archive() + std::string(300'000, '\0')).notes.empty());
  const auto lone = body + std::string(512, '\0') + tar_file("hidden", "x") + end_of_archive();
  CHECK(read_tar(lone).note_codes() == "hidden-entries");
  CHECK(read_tar(lone).total == lone.size());
  CHECK(read_tar(lone).paths() == "f");
  const auto lone_garbage = read_tar(body + std::string(512, '\0') + std::string(512, 'g'));
  CHECK(lone_garbage.note_codes() == "trailing-data");
  const auto second_archive = read_tar(body + end_of_archive() + body + end_of_archive());
  CHECK(second_archive.note_codes() == "trailing-data");
  CHECK(second_archive.notes[0].where == "byte 2048");
  const auto far_garbage = body + end_of_archive() + std::string(400'000, '\0') + "x";
  const auto far = read_tar(far_garbage);
  REQUIRE(far.note_codes() == "trailing-data");
  CHECK(far.notes[0].where == "byte " + std::to_string(far_garbage.size() - 1));
  CHECK(far.total == far_garbage.size());
  CHECK(read_tar(body).notes.empty());  // no end marker at all
  CHECK(read_tar(body + std::string(512, '\0')).notes.empty());
}

TEST_CASE("hidden entries are found wherever the blocks of the reader end") {
  // Reader blocks hold 128 KiB; the lone zero block moves over the border between the first two.
  for (std::size_t blocks = 250; blocks < 260; ++blocks) {
    const auto tar = tar_file("f", std::string(blocks * 512, 'x')) + std::string(512, '\0') + tar_file("hidden", "x") +
                     end_of_archive();
    CAPTURE(blocks);
    CHECK(read_tar(tar).note_codes() == "hidden-entries");
  }
}

TEST_CASE("names cut at a NUL are noted") {
  const auto pax =
      read_tar(pax_header(pax_record("path", std::string("short\0tail", 10))) + tar_file("x", "") + end_of_archive());
  CHECK(pax.paths() == "short");
  CHECK(pax.note_codes() == "name-truncated");
  const auto gnu = read_tar(long_name(std::string("short\0tail\0", 11)) + tar_file("x", "") + end_of_archive());
  CHECK(gnu.paths() == "short");
  CHECK(gnu.note_codes() == "name-truncated");
}

TEST_CASE("an archive cut anywhere is an error or ends between entries, and never goes on for ever") {
  const auto tar = pax_header(pax_record("path", "long")) + tar_file("x", std::string(700, 'a')) +
                   tar_file("second", "b") + end_of_archive();
  const auto first_end = 512u + 512u + 512u + 1024u;
  const auto last_end = first_end + 1024u;
  for (std::size_t length = 1; length < tar.size(); ++length) {
    for (const auto bodies : {Bodies::read, Bodies::skip}) {
      const auto reading = read_tar(tar.substr(0, length), bodies);
      CAPTURE(length, reading.paths());
      const bool between_entries = length == first_end || length == last_end || length > last_end;
      if (between_entries && length % 512 == 0) CHECK_FALSE(reading.error.has_value());
      if (length < first_end - 324 || (length > first_end && length < last_end - 511)) CHECK(reading.error.has_value());
    }
  }
}

TEST_CASE("a link or directory with a size in its header has no content") {
  for (const char type : {'2', '5', '3', '6'}) {
    const auto reading = read_tar(tar_header({.name = "l", .type = type, .size_field = octal(512), .link_name = "t"}) +
                                  tar_file("next", "x") + end_of_archive());
    CAPTURE(type);
    REQUIRE_FALSE(reading.error.has_value());
    CHECK(reading.paths() == "l next");
    CHECK(reading.entries[0].logical_bytes == 0);
    CHECK(reading.contents[0].empty());
  }
}

TEST_CASE("a sparse file of one TiB is read as the four bytes it stores") {
  const std::string map = "1\n1099511627772\n4\n";
  const auto body = padded(map) + "data";
  const auto records = pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
                       pax_record("GNU.sparse.name", "huge") + pax_record("GNU.sparse.realsize", "1099511627776");
  const auto tar =
      pax_header(records) + tar_file("GNUSparseFile.0/huge", body) + tar_file("after", "x") + end_of_archive();
  const auto reading = read_tar(tar);
  REQUIRE_FALSE(reading.error.has_value());
  CHECK(reading.paths() == "huge after");
  CHECK(reading.entries[0].sparse);
  CHECK(reading.entries[0].logical_bytes == 1'099'511'627'776);
  CHECK(reading.contents[0] == "data");
}

TEST_CASE("a sparse map that goes back or beyond the file is an error, not a file with bytes counted twice") {
  const auto sparse = [](const std::string& map, const std::string& body) {
    const auto records = pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
                         pax_record("GNU.sparse.name", "s") + pax_record("GNU.sparse.realsize", "40");
    return pax_header(records) + tar_file("x", padded(map) + body) + end_of_archive();
  };
  CHECK(contains(error_of(sparse("2\n30\n2\n10\n4\n", "XYdata")), "sparse map"));
  CHECK(contains(error_of(sparse("1\n38\n4\n", "data")), "tar entry 1 (\"s\")"));
}

TEST_CASE("a member source reads holes as zeros, up to the logical size") {
  const auto body = padded("2\n10\n4\n30\n2\n") + "dataXY";
  const auto records = pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
                       pax_record("GNU.sparse.name", "s") + pax_record("GNU.sparse.realsize", "40");
  const auto tar = pax_header(records) + tar_file("x", body) + tar_file("plain", "hello") + end_of_archive();
  MemorySource source(bytes_of(tar));
  const Limits limits;
  TarReader reader(source, limits);
  REQUIRE(reader.next().value().has_value());
  TarMemberSource sparse(reader);
  CHECK(read_all(sparse, 7) == std::string(10, '\0') + "data" + std::string(16, '\0') + "XY" + std::string(8, '\0'));
  REQUIRE(reader.next().value().has_value());
  TarMemberSource plain(reader);
  CHECK(read_all(plain, 2) == "hello");
}

TEST_CASE("names and link targets over the path limit hit that limit") {
  const std::string name(20'000, 'n');
  for (const auto& tar : {long_name(name) + tar_file("x", ""),
                          long_name(name, 'K') + tar_header({.name = "x", .type = '2', .link_name = "t"})}) {
    const auto reading = read_tar(tar + end_of_archive());
    REQUIRE(reading.error.has_value());
    CHECK(reading.error->kind == ErrorKind::limit);
    CHECK(contains(reading.error->message, "path-bytes"));
    CHECK(reading.error->message.size() < 1'000);
  }
}

TEST_CASE("skipping bodies gives the same entries, offsets and bytes to hash as reading them") {
  std::string tar;
  for (unsigned i = 0; i < 60; ++i) tar += tar_file("f" + std::to_string(i), noise(i * 1'777, i));
  tar += end_of_archive();
  const auto read = read_tar(tar);
  ChunkedSource source(tar, {1, 511, 100'000});
  HashingSource hashing(source);
  const auto skipped = read_tar(hashing, Bodies::skip);
  CHECK(read.paths() == skipped.paths());
  CHECK(read.offsets == skipped.offsets);
  CHECK(skipped.total == tar.size());
  CHECK(hashing.finish() == sha256_of(tar));
  for (unsigned i = 0; i < 60; ++i) REQUIRE((read.contents[i] == noise(i * 1'777, i)));
}

TEST_CASE("an error of the source comes through as it is") {
  const auto tar = tar_file("f", std::string(1'000'000, 'x')) + end_of_archive();
  FailingSource source(tar.substr(0, 500'000));
  const auto reading = read_tar(source);
  REQUIRE(reading.error.has_value());
  CHECK(reading.error->message == "disk on fire");
  CHECK(reading.error->kind == ErrorKind::environment);
}
