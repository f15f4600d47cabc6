#pragma once

#include <string>

#include "imgslim/memory.h"
#include "report/page.h"

/// How memory figures are put into words.
namespace imgslim::report {

/// "~41.3 MB (36.1 MB to 47.0 MB)", "at least 38.0 MB".
[[nodiscard]] std::string range_text(const Page& page, const MemoryRange& range);

/// " (3 workers of gunicorn included)", "" without workers. The pools' names are imgslim's own.
[[nodiscard]] std::string workers_text(const MemoryStartup& startup);

/// The summary of a start: own and shared memory, the least limit, what is certain, on lines with `indent` cells
/// before.
void write_memory_summary(Page& page, const MemoryStartup& startup, std::size_t indent);

/// At most `limit` objects, the largest first, then the rest, then the heap: rows that sum to the estimate.
void write_memory_objects(Page& page, const MemoryStartup& startup, std::size_t limit);

}  // namespace imgslim::report
