// Archives written by the tars that write images: GNU tar, bsdtar, Python's tarfile. A missing program is reported.
#include <sys/stat.h>

#include <set>

#include "archive/file.h"
#include "archive/tar_guard.h"
#include "archive/tar_reader.h"
#include "support/catch.h"
#include "unit/archive/compress.h"
#include "unit/archive/sources.h"
#include "unit/archive/temporary_directory.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

constexpr std::size_t sparse_size = 5'000'000;

int run(const std::string& command) { return std::system(("LC_ALL=C.UTF-8 " + command).c_str()); }

bool is_installed(const std::string& program) {
  if (run("command -v " + program + " >/dev/null 2>&1") == 0) return true;
  WARN("skipped: " << program << " is not installed");
  return false;
}

/// A tree with what file systems hold; `names_fit` keeps names to what v7 and ustar can store.
enum class Names { short_only, any };

void make_tree(const TemporaryDirectory& directory, Names names) {
  for (const std::size_t size : {0u, 1u, 511u, 512u, 513u, 100'000u})
    directory.write("t/sizes/" + std::to_string(size), noise(size, static_cast<unsigned>(size)));
  std::filesystem::create_symlink("sizes/512", directory.path("t/link"));
  std::filesystem::create_hard_link(directory.path("t/sizes/513"), directory.path("t/zz-hard"));
  std::filesystem::create_directories(directory.path("t/empty-directory"));
  ::chmod(directory.path("t/sizes/1").c_str(), 04751);
  if (names == Names::short_only) return;
  directory.write("t/" + std::string(200, 'n'), "long name");
  directory.write("t/" + std::string(150, 'd') + "/" + std::string(150, 'e') + "/f", "long path");
  std::filesystem::create_symlink(std::string(300, 'l'), directory.path("t/long-link"));
  directory.write("t/caf\xc3\xa9", "composed");
  directory.write("t/cafe\xcc\x81", "decomposed");
  const auto sparse = directory.write("t/sparse", "head");
  std::filesystem::resize_file(sparse, sparse_size);
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void check_entry(const TarEntry& entry, TarReader& reader, const std::string& on_disk) {
  struct stat status {};
  REQUIRE(::lstat(on_disk.c_str(), &status) == 0);
  if (entry.kind == EntryKind::hardlink) {
    CHECK((entry.link_target == "t/sizes/513" || entry.link_target == "t/zz-hard"));
    return;
  }
  CHECK(entry.mtime_ns / 1'000'000'000 == status.st_mtim.tv_sec);
  CHECK(entry.uid == status.st_uid);
  if (S_ISLNK(status.st_mode)) {
    CHECK(entry.kind == EntryKind::symlink);
    CHECK(entry.link_target == std::filesystem::read_symlink(on_disk).string());
    return;
  }
  CHECK(entry.mode == (status.st_mode & 07777u));
  CHECK(entry.kind == (S_ISDIR(status.st_mode) ? EntryKind::directory : EntryKind::regular));
  if (entry.kind != EntryKind::regular) return;
  CHECK(entry.logical_bytes == static_cast<std::uint64_t>(status.st_size));
  TarMemberSource source(reader);
  CHECK((read_all(source, 60'000) == content_of(on_disk)));
}

std::string without_slash(std::string path) {
  if (path.ends_with('/')) path.pop_back();
  return path;
}

std::set<std::string> names_on_disk(const TemporaryDirectory& directory) {
  std::set<std::string> names{"t"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path("t")))
    names.insert(entry.path().string().substr(directory.path().size() + 1));
  return names;
}

/// Each entry begins where the previous one ended, with a header; the last ends where the end blocks begin.
void check_tiling(const std::string& tar, const std::vector<std::uint64_t>& offsets) {
  REQUIRE_FALSE(offsets.empty());
  CHECK(offsets.front() == 0);
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    CHECK(offsets[i] < offsets[i + 1]);
    CHECK(offsets[i] % 512 == 0);
    CHECK(is_tar_header(bytes_of(tar).subspan(offsets[i])));
  }
  CHECK(tar.find_first_not_of('\0', offsets.back()) == std::string::npos);
}

void check_archive(const TemporaryDirectory& directory, const std::string& command) {
  CAPTURE(command);
  REQUIRE(run("cd " + directory.path() + " && rm -f a.tar && " + command) == 0);
  const auto tar = content_of(directory.path("a.tar"));
  MemorySource source(bytes_of(tar));
  HashingSource hashing(source);
  const Limits limits;
  TarReader reader(hashing, limits);
  std::vector<std::uint64_t> offsets;
  std::set<std::string> names;
  std::uint64_t last_end = 0;
  for (auto entry = reader.next();; entry = reader.next()) {
    CAPTURE(entry ? "" : entry.error().message);
    REQUIRE(entry);
    offsets.push_back(reader.entry_offset());
    if (last_end != 0) CHECK(reader.entry_offset() == last_end);
    if (!entry->has_value()) break;
    const auto path = without_slash((*entry)->path);
    CAPTURE(path);
    names.insert(path);
    // What is stored of a sparse file is not in its header.
    last_end = (*entry)->sparse ? 0 : reader.content_offset() + ((*entry)->logical_bytes + 511) / 512 * 512;
    check_entry(**entry, reader, directory.path(path));
  }
  CHECK(names == names_on_disk(directory));
  CHECK(reader.notes().empty());
  CHECK(reader.total_bytes() == tar.size());
  CHECK(hashing.finish() == sha256_of(tar));
  check_tiling(tar, offsets);
}

}  // namespace

TEST_CASE("GNU tar's archives of every format are read as they are on disk") {
  if (!is_installed("tar")) return;
  const TemporaryDirectory plain, rich;
  make_tree(plain, Names::short_only);
  make_tree(rich, Names::any);
  for (const char* format : {"v7", "ustar", "oldgnu", "gnu", "posix"})
    check_archive(plain, std::string("tar --format=") + format + " -cf a.tar t");
  for (const char* format : {"oldgnu", "gnu", "posix"})
    for (const char* sparse : {"", " --sparse"})
      check_archive(rich, std::string("tar --format=") + format + sparse + " -cf a.tar t");
  for (const char* version : {"0.0", "0.1", "1.0"})
    check_archive(rich, std::string("tar --format=posix --sparse --sparse-version=") + version + " -cf a.tar t");
  check_archive(plain, "tar --format=posix --pax-option=globexthdr.name=g,comment=global -b 1 -cf a.tar t");
}

TEST_CASE("GNU tar's sparse map with more runs than a header holds is read") {
  if (!is_installed("tar")) return;
  const TemporaryDirectory directory;
  const auto path = directory.write("t/holes", "");
  {
    std::ofstream out(path, std::ios::binary);
    for (int i = 0; i < 60; ++i) {
      out.seekp(i * 65'536);
      out << "run " << i;
    }
  }
  for (const char* format : {"oldgnu", "gnu", "posix"})
    check_archive(directory, std::string("tar --sparse --format=") + format + " -cf a.tar t");
}

TEST_CASE("bsdtar's archives of every format are read as they are on disk") {
  if (!is_installed("bsdtar")) return;
  const TemporaryDirectory plain, rich;
  make_tree(plain, Names::short_only);
  make_tree(rich, Names::any);
  for (const char* format : {"v7tar", "ustar", "gnutar", "pax", "paxr"})
    check_archive(plain, std::string("bsdtar --format ") + format + " -cf a.tar t");
  for (const char* format : {"gnutar", "pax"})
    check_archive(rich, std::string("bsdtar --format ") + format + " -cf a.tar t");
}

TEST_CASE("Python's archives of every format are read as they are on disk") {
  if (!is_installed("python3")) return;
  const TemporaryDirectory plain, rich;
  make_tree(plain, Names::short_only);
  make_tree(rich, Names::any);
  auto command = [](const std::string& format) {
    return "python3 -c \"import tarfile; t = tarfile.open('a.tar', 'w', format=tarfile." + format +
           "); t.add('t'); t.close()\"";
  };
  check_archive(plain, command("USTAR_FORMAT"));
  for (const char* format : {"GNU_FORMAT", "PAX_FORMAT"}) {
    check_archive(plain, command(format));
    check_archive(rich, command(format));
  }
}
