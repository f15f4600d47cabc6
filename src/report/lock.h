#pragma once

#include "report/lock_fields.h"

namespace imgslim::report {

/// What a lock keeps of a report.
[[nodiscard]] LockFile lock_of(const Report& report);

/// A report that knows what the lock knows; rows that the lock has not count as cut.
[[nodiscard]] Report report_of(const LockFile& lock);

}  // namespace imgslim::report
