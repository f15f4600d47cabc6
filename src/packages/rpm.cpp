// Since 4.16 rpm keeps its database in SQLite: a table Packages(hnum INTEGER PRIMARY KEY, blob BLOB), one header a row.
// rpm writes it in WAL mode, which a database in memory cannot be opened in; bytes 18 and 19 of the file say so
// (sqlite.org/fileformat2.html, 1.3) and are set to "legacy" in the copy. The file is hostile: schema objects that run
// code (views, triggers, virtual tables) are refused by reading one plain table only, under an authorizer, with a
// budget of virtual machine steps.
#include "packages/rpm.h"

#include <sqlite3.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "packages/rpm_header.h"

namespace imgslim::packages {
namespace {

constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr std::size_t write_version_offset = 18;
constexpr std::size_t read_version_offset = 19;
constexpr int header_bytes_allowed = 64 << 20;
constexpr std::byte legacy_version{1};
constexpr int steps_between_checks = 1'000;
constexpr int checks_allowed = 100'000;  // a real database takes about 10 steps a package

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// NOLINTNEXTLINE(readability-function-size): the parameters are SQLite's
int allow_reading_only(void* /*unused*/, int action, const char* /*unused*/, const char* /*unused*/,
                       const char* /*unused*/, const char* /*unused*/) {
  return action == SQLITE_SELECT || action == SQLITE_READ ? SQLITE_OK : SQLITE_DENY;
}

int stop_when_spent(void* checks_left) { return --*static_cast<int*>(checks_left) <= 0 ? 1 : 0; }

Error sqlite_failure(sqlite3* database) {
  return input_error(std::string("rpmdb.sqlite cannot be read: ") +
                     (database != nullptr ? sqlite3_errmsg(database) : "out of memory"));
}

/// An empty connection that attaches no files and runs no code of the schema.
Result<Database> open_connection(int& checks_left) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(":memory:", &raw, flags, nullptr);
  Database database(raw);
  if (opened != SQLITE_OK) return environment_error("SQLite cannot open a database in memory");
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_limit(raw, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, header_bytes_allowed);
  sqlite3_progress_handler(raw, steps_between_checks, stop_when_spent, &checks_left);
  return database;
}

Status load(sqlite3* database, std::span<const std::byte> bytes) {
  auto* copy = static_cast<std::byte*>(sqlite3_malloc64(bytes.size()));
  if (copy == nullptr) return environment_error("no memory for a copy of rpmdb.sqlite");
  std::memcpy(copy, bytes.data(), bytes.size());
  copy[write_version_offset] = legacy_version;
  copy[read_version_offset] = legacy_version;
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  const unsigned flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY;
  if (sqlite3_deserialize(database, "main", reinterpret_cast<unsigned char*>(copy), size, size, flags) != SQLITE_OK) {
    return sqlite_failure(database);
  }
  sqlite3_set_authorizer(database, allow_reading_only, nullptr);
  return Done{};
}

Result<Statement> prepare(sqlite3* database, const char* query) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database, query, -1, &raw, nullptr) != SQLITE_OK) return sqlite_failure(database);
  return Statement(raw);
}

/// A table with pages of its own: no view and no virtual table.
Result<bool> has_plain_table(sqlite3* database) {
  IMGSLIM_TRY(const Statement statement,
              prepare(database, "SELECT 1 FROM sqlite_schema WHERE type='table' AND name='Packages' AND rootpage>0"));
  const int step = sqlite3_step(statement.get());
  if (step != SQLITE_ROW && step != SQLITE_DONE) return sqlite_failure(database);
  return step == SQLITE_ROW;
}

/// The header of a row; no bytes when the column is empty.
ByteView blob_of(sqlite3_stmt* row) {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(row, 1));
  return data == nullptr ? ByteView() : ByteView({data, static_cast<std::size_t>(sqlite3_column_bytes(row, 1))});
}

void read_row(sqlite3_stmt* row, ByteView blob, PackageSet& found) {
  auto package = read_rpm_header(blob, found.notes);
  if (package) {
    found.packages.push_back(std::move(*package));
    return;
  }
  found.notes.push_back({"rpm-header-unreadable", "Packages/" + std::to_string(sqlite3_column_int64(row, 0)),
                         "a record of the rpm database is no header; its package is left out"});
}

/// Reads until the rows end (SQLITE_DONE), SQLite fails, or the rows add up to more bytes than the file has, which they
/// only can by sharing pages (SQLITE_ROW).
int read_rows(sqlite3_stmt* rows, std::uint64_t file_bytes, PackageSet& found) {
  std::uint64_t left = file_bytes;
  int step = sqlite3_step(rows);
  for (; step == SQLITE_ROW; step = sqlite3_step(rows)) {
    const auto blob = blob_of(rows);
    if (blob.size() > left) break;
    left -= blob.size();
    read_row(rows, blob, found);
  }
  return step;
}

}  // namespace

Result<PackageSet> read_rpm_sqlite(std::span<const std::byte> bytes) {
  if (bytes.size() <= read_version_offset || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0) {
    return input_error("rpmdb.sqlite is no SQLite database");
  }
  int checks_left = checks_allowed;
  IMGSLIM_TRY(const Database database, open_connection(checks_left));
  IMGSLIM_TRY_DONE(load(database.get(), bytes));
  IMGSLIM_TRY(const bool is_rpm, has_plain_table(database.get()));
  if (!is_rpm) return input_error("rpmdb.sqlite has no table Packages");
  IMGSLIM_TRY(const Statement rows, prepare(database.get(), "SELECT hnum, blob FROM Packages ORDER BY hnum"));
  PackageSet found;
  const int last_step = read_rows(rows.get(), bytes.size(), found);
  if (last_step == SQLITE_DONE) return found;
  if (found.packages.empty() && last_step != SQLITE_ROW) return sqlite_failure(database.get());
  found.notes.push_back({"rpm-database-damaged", "rpmdb.sqlite",
                         "reading stopped after " + std::to_string(found.packages.size()) + " packages: " +
                             (last_step == SQLITE_ROW ? "its rows share pages" : sqlite3_errmsg(database.get()))});
  return found;
}

Note unread_rpm_database(std::string_view path) {
  return {"rpm-database-format", std::string(path),
          "the rpm database is not in SQLite format, so the files of its packages have no owner; "
          "`rpm --rebuilddb` of rpm 4.16 or newer converts it"};
}

}  // namespace imgslim::packages
