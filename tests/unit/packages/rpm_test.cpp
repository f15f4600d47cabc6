#include "packages/rpm.h"

#include <sqlite3.h>

#include "note_codes.h"
#include "packages/rpm_header.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::packages;
using Files = std::vector<std::string>;

namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string joined(const Files& strings) {
  std::string data;
  for (const auto& text : strings) data.append(text).push_back('\0');
  return data;
}

/// Writes headers as rpm stores them.
class HeaderWriter {
 public:
  void add(std::uint32_t tag, std::uint32_t type, std::uint32_t count, const std::string& data) {
    index_ +=
        big_endian(tag) + big_endian(type) + big_endian(static_cast<std::uint32_t>(data_.size())) + big_endian(count);
    data_ += data;
    ++entries_;
  }
  void add_string(std::uint32_t tag, const std::string& text) { add(tag, 6, 1, joined({text})); }
  void add_strings(std::uint32_t tag, const Files& texts) {
    add(tag, 8, static_cast<std::uint32_t>(texts.size()), joined(texts));
  }
  void add_numbers(std::uint32_t tag, const std::vector<std::uint32_t>& numbers) {
    std::string data;
    for (const auto number : numbers) data += big_endian(number);
    add(tag, 4, static_cast<std::uint32_t>(numbers.size()), data);
  }
  [[nodiscard]] std::string bytes() const {
    return big_endian(entries_) + big_endian(static_cast<std::uint32_t>(data_.size())) + index_ + data_;
  }

 private:
  std::uint32_t entries_ = 0;
  std::string index_, data_;
};

HeaderWriter named(const std::string& name) {
  HeaderWriter header;
  header.add_string(1000, name);
  header.add_string(1001, "1.2");
  header.add_string(1002, "3.el9");
  return header;
}

std::string database_of(const std::vector<std::string>& headers, const std::string& schema) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(":memory:", &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, schema.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  for (const auto& header : headers) {
    sqlite3_stmt* insert = nullptr;
    REQUIRE(sqlite3_prepare_v2(database, "INSERT INTO Packages(blob) VALUES(?)", -1, &insert, nullptr) == SQLITE_OK);
    sqlite3_bind_blob(insert, 1, header.data(), static_cast<int>(header.size()), SQLITE_TRANSIENT);
    REQUIRE(sqlite3_step(insert) == SQLITE_DONE);
    sqlite3_finalize(insert);
  }
  sqlite3_int64 size = 0;
  auto* image = sqlite3_serialize(database, "main", &size, 0);
  std::string bytes(reinterpret_cast<char*>(image), static_cast<std::size_t>(size));
  sqlite3_free(image);
  sqlite3_close(database);
  return bytes;
}

constexpr auto rpm_schema = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)";

Package header_package(const HeaderWriter& header) {
  std::vector<Note> notes;
  const auto bytes = header.bytes();
  const auto package = read_rpm_header(ByteView(bytes), notes);
  REQUIRE(package);
  return *package;
}

}  // namespace

TEST_CASE("an rpm header's files are its directories and base names put together") {
  auto header = named("bash");
  header.add_numbers(1003, {1});
  header.add_string(1022, "x86_64");
  header.add_string(1044, "bash-doc-5.1-6.el9.src.rpm");
  header.add_numbers(1009, {8000});
  header.add_numbers(1116, {0, 1, 0});
  header.add_strings(1117, {"bash", "motd", "sh"});
  header.add_strings(1118, {"/usr/bin/", "/etc/"});
  const auto package = header_package(header);
  CHECK(package.manager == "rpm");
  CHECK(package.name == "bash");
  CHECK(package.version == "1:1.2-3.el9");
  CHECK(package.architecture == "x86_64");
  CHECK(package.source == "bash-doc");
  CHECK(package.declared_bytes == 8000);
  CHECK(package.files == Files{"usr/bin/bash", "etc/motd", "usr/bin/sh"});
}

TEST_CASE("the 64-bit size wins and files of other states are not the package's") {
  auto header = named("a");
  header.add_numbers(1009, {1});
  header.add(5009, 5, 1, big_endian(2) + big_endian(0));
  header.add_numbers(1116, {0, 0, 0, 0});
  header.add_strings(1117, {"own", "replaced", "skipped", "missing"});
  header.add_strings(1118, {"/"});
  header.add(1029, 1, 4, std::string("\0\1\2\xff", 4));
  const auto package = header_package(header);
  CHECK(package.declared_bytes == 2ull << 32);
  CHECK(package.files == Files{"own", "missing"});
}

TEST_CASE("old headers with whole file names are read") {
  auto header = named("old");
  header.add_strings(1027, {"/bin/old", "/"});
  CHECK(header_package(header).files == Files{"bin/old"});
}

TEST_CASE("hostile rpm headers cost no more than their bytes") {
  std::vector<Note> notes;
  auto bad_index = named("a");
  bad_index.add_numbers(1116, {0xffffffff, 7, 0});
  bad_index.add_strings(1117, {"x", "y", "z", "no-index"});
  bad_index.add_strings(1118, {"/"});
  CHECK(read_rpm_header(ByteView(bad_index.bytes()), notes)->files == Files{"z"});
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].code == "rpm-header-inconsistent");
  CHECK(notes[0].text.starts_with("3 files"));

  auto huge_counts = named("a");
  huge_counts.add(1117, 8, 0xffffffff, joined({"x"}));
  huge_counts.add(1116, 4, 0xffffffff, big_endian(0));
  huge_counts.add(1118, 8, 0xffffffff, joined({"/d/"}));
  CHECK(read_rpm_header(ByteView(huge_counts.bytes()), notes)->files == Files{"d/x"});

  auto amplified = named("a");
  amplified.add_numbers(1116, std::vector<std::uint32_t>(20'000, 0));
  amplified.add_strings(1117, Files(20'000, "f"));
  amplified.add_strings(1118, {std::string(50'000, 'd') + '/'});
  notes.clear();
  CHECK(read_rpm_header(ByteView(amplified.bytes()), notes)->files.size() < 100);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].code == "package-paths-dropped");

  for (const auto& bytes :
       {std::string(), std::string(7, '\0'), std::string(16, '\xff'), std::string(64, '\0'),
        big_endian(1) + big_endian(0) + std::string(15, 'x'), big_endian(1) + big_endian(1) + std::string(16, 'x')}) {
    CHECK_FALSE(read_rpm_header(ByteView(bytes), notes));
  }
}

TEST_CASE("every truncation of an rpm header is refused") {
  auto header = named("bash");
  header.add_numbers(1116, {0});
  header.add_strings(1117, {"bash"});
  header.add_strings(1118, {"/usr/bin/"});
  const auto bytes = header.bytes();
  std::vector<Note> notes;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(read_rpm_header(ByteView(std::string_view(bytes).substr(0, size)), notes));
  }
}

TEST_CASE("rpmdb.sqlite gives its packages in order and notes rows that are no header") {
  const auto bytes = database_of({named("b").bytes(), "no header", named("a").bytes()}, rpm_schema);
  const auto set = read_rpm_sqlite(real_tools::bytes_of(bytes));
  REQUIRE(set);
  REQUIRE(set->packages.size() == 2);
  CHECK(set->packages[0].name == "b");
  CHECK(set->packages[1].name == "a");
  CHECK(note_codes(*set) == Files{"rpm-header-unreadable"});
}

TEST_CASE("a database that would run code or is none is refused") {
  const auto message = [](const std::string& bytes) {
    const auto set = read_rpm_sqlite(real_tools::bytes_of(bytes));
    return set ? std::string("read") : set.error().message;
  };
  CHECK(message("") == "rpmdb.sqlite is no SQLite database");
  CHECK(message(std::string("SQLite format 3\0", 16)) == "rpmdb.sqlite is no SQLite database");
  CHECK(message(database_of({}, "CREATE TABLE Other(x)")) == "rpmdb.sqlite has no table Packages");
  CHECK(message(database_of({},
                            "CREATE VIEW Packages AS WITH RECURSIVE c(hnum, blob) AS (SELECT 1, x'00' UNION ALL "
                            "SELECT hnum + 1, blob FROM c) SELECT * FROM c")) == "rpmdb.sqlite has no table Packages");
  CHECK(message(std::string("SQLite format 3\0", 16) + std::string(4096, '\xff'))
            .starts_with("rpmdb.sqlite cannot be read: "));
}

TEST_CASE("a truncated rpm database keeps what came before the damage") {
  std::vector<std::string> headers;
  for (int i = 0; i < 200; ++i) headers.push_back(named("package-" + std::to_string(i)).bytes());
  const auto bytes = database_of(headers, rpm_schema);
  for (std::size_t size = 0; size < bytes.size(); size += 1024) {
    const auto set = read_rpm_sqlite(real_tools::bytes_of(std::string_view(bytes).substr(0, size)));
    if (set) CHECK((set->packages.size() < 200 && !set->notes.empty()));
  }
}

TEST_CASE("a database written by rpm itself lists what rpm lists") {
  if (!real_tools::has_program("rpmbuild") || !real_tools::has_program("rpm")) IMGSLIM_SKIP("no rpm on this machine");
  const real_tools::ScratchDirectory scratch;
  const auto root = scratch.path().string();
  std::ofstream(scratch.path() / "demo.spec")
      << "Name: demo\nVersion: 1.2\nRelease: 3\nEpoch: 4\nSummary: x\nLicense: MIT\nBuildArch: noarch\n"
         "%description\nx\n%install\nmkdir -p %{buildroot}/usr/share/demo %{buildroot}/etc\n"
         "echo hello > %{buildroot}/usr/share/demo/data\nln -s data %{buildroot}/usr/share/demo/link\n"
         "echo c > %{buildroot}/etc/demo.conf\n%files\n%dir /usr/share/demo\n/usr/share/demo/data\n"
         "/usr/share/demo/link\n%config /etc/demo.conf\n%ghost /etc/demo.ghost\n";
  const auto rpm = "rpm --root " + root + "/root --dbpath /db --define '_db_backend sqlite' ";
  const auto built = real_tools::output_of("cd " + root + " && rpmbuild -bb --quiet --define '_topdir " + root +
                                           "/top' demo.spec >/dev/null 2>&1 && mkdir root && " + rpm +
                                           "-i --nodeps top/RPMS/noarch/*.rpm 2>/dev/null");
  if (!built) IMGSLIM_SKIP("rpm cannot install into a directory here");
  const auto listed = real_tools::output_of(
      rpm + "-qa --qf '%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{SIZE} %{SOURCERPM}\\n[F%{FILENAMES}\\n]'");
  REQUIRE(listed);
  const auto expected = real_tools::lines_of(*listed);
  const auto bytes = real_tools::file_text(scratch.path() / "root/db/rpmdb.sqlite");
  const auto set = read_rpm_sqlite(real_tools::bytes_of(bytes));
  REQUIRE(set);
  REQUIRE(set->packages.size() == 1);
  const auto& package = set->packages[0];
  CHECK(package.name + ' ' + package.version + ' ' + std::to_string(package.declared_bytes) + ' ' + package.source +
            "-1.2-3.src.rpm" ==
        expected.at(0));
  Files files;
  for (const auto& file : package.files) files.push_back("F/" + file);
  CHECK(files == Files(expected.begin() + 1, expected.end()));
}

TEST_CASE("other rpm formats are named in a note") {
  const auto note = unread_rpm_database("var/lib/rpm/Packages");
  CHECK(note.code == "rpm-database-format");
  CHECK(note.where == "var/lib/rpm/Packages");
}
