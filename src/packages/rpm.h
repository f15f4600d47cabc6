#pragma once

#include <span>

#include "packages/package.h"

namespace imgslim::packages {

/// The packages of rpmdb.sqlite, in the order of their record numbers. Works on a copy in memory. A row that is no
/// header is noted and skipped; bytes that are no SQLite database, or one without rpm's table, are an input error.
Result<PackageSet> read_rpm_sqlite(std::span<const std::byte> bytes);

/// The note that stands for a database in one of rpm's other formats (Berkeley DB, ndb), which are not read.
[[nodiscard]] Note unread_rpm_database(std::string_view path);

}  // namespace imgslim::packages
