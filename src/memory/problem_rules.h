#pragma once

#include <string>
#include <vector>

#include "memory/findings.h"

/// The rules behind find_memory_problems(), one function each.
namespace imgslim::memory {

using ProblemRule = std::vector<runtime::Finding> (*)(const ProblemInput& input);

// limit_problems.cpp
std::vector<runtime::Finding> start_over_limit(const ProblemInput& input);     ///< SL6001
std::vector<runtime::Finding> heap_outgrows_limit(const ProblemInput& input);  ///< SL6008

// file_problems.cpp
std::vector<runtime::Finding> segment_padding(const ProblemInput& input);  ///< SL6006

// runtime_problems.cpp
std::vector<runtime::Finding> unsettled_java_heap(const ProblemInput& input);  ///< SL6004
std::vector<runtime::Finding> unbounded_arenas(const ProblemInput& input);     ///< SL6005
std::vector<runtime::Finding> unknown_java_flag(const ProblemInput& input);    ///< SL6009
std::vector<runtime::Finding> ignores_cgroup_v2(const ProblemInput& input);    ///< SL6010
std::vector<runtime::Finding> threads_on_musl(const ProblemInput& input);      ///< SL6012

// bytecode_problems.cpp
std::vector<runtime::Finding> missing_bytecode(const ProblemInput& input);  ///< SL6011

/// A finding about a file; `path` is absolute or "".
[[nodiscard]] runtime::Finding problem(runtime::Severity severity, std::string path, std::string message);

/// Whether a version of a runtime reads the limits of cgroup v2. Versions that are not understood count as doing so.
/// Java: 8u372, 11.0.16, 15 (JDK-8230305 and its backports); Node: 20.3, by libuv 1.45.
[[nodiscard]] bool reads_cgroup_v2(std::string_view runtime_name, std::string_view version);

/// "20.0 MiB", for messages.
[[nodiscard]] std::string mib_text(std::uint64_t bytes);

}  // namespace imgslim::memory
