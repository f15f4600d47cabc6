#pragma once

#include <string>
#include <vector>

#include "imgslim/runtime.h"
#include "report/page.h"

/// How the run-time closure is put into words. Results have gone through escape_terminal, where nothing else is said.
namespace imgslim::report {

/// Whether a tier counts as used: all but "possible".
[[nodiscard]] bool counts_as_used(const RuntimeFile& file);

/// The objects that count as used, the largest first.
[[nodiscard]] std::vector<const RuntimeFile*> used_objects(const ReportRuntime& runtime);

/// "DT_NEEDED libssl.so.3, RUNPATH $ORIGIN/../lib".
[[nodiscard]] std::string reason(const RuntimeFile& file);

/// "/usr/bin/python3.11 (python 3.11)", of the program that the container becomes; "" when there is none.
[[nodiscard]] std::string main_program(const ReportRuntime& runtime);

/// "healthcheck: curl is not in the image: no directory of PATH has it"; not escaped, for each sink has its own way.
[[nodiscard]] std::string failure_sentence(const RuntimeFailure& failure);

/// What is missing, cannot start, or is not known: a line each, nothing when all is well.
void write_runtime_warnings(Page& page, const ReportRuntime& runtime);

/// What traces say beside the closure; nothing without one.
void write_trace(Page& page, const ReportRuntime& runtime);

}  // namespace imgslim::report
