#include "memory/findings.h"

#include <algorithm>
#include <iterator>

#include "core/byte_format.h"
#include "memory/problem_rules.h"

namespace imgslim::memory {
namespace {

struct RuleEntry {
  std::string_view id;
  ProblemRule find;
};

constexpr RuleEntry rules[] = {
    {"SL6001", start_over_limit},  {"SL6004", unsettled_java_heap}, {"SL6005", unbounded_arenas},
    {"SL6006", segment_padding},   {"SL6008", heap_outgrows_limit}, {"SL6009", unknown_java_flag},
    {"SL6010", ignores_cgroup_v2}, {"SL6011", missing_bytecode},    {"SL6012", threads_on_musl}};

}  // namespace

std::vector<runtime::Finding> find_memory_problems(const ProblemInput& input) {
  std::vector<runtime::Finding> result;
  for (const auto& rule : rules) {
    auto found = rule.find(input);
    for (auto& finding : found) finding.rule = rule.id;
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    std::move(found.begin(), found.end(), std::back_inserter(result));
  }
  return result;
}

Verdict judge_limit(const StartupEstimate& startup, std::uint64_t limit_bytes) {
  if (limit_bytes < startup.start_limit.low) return Verdict::does_not_start;
  return limit_bytes < startup.start_limit.estimate ? Verdict::may_not_start : Verdict::starts;
}

bool outgrows(const HeapLimit& heap, const ProcessMemory& process, const Bounds& bounds) {
  const auto outside = process.file_private_bytes;
  return heap.heap_bytes > bounds.limit_bytes || outside > bounds.limit_bytes - heap.heap_bytes;
}

runtime::Finding problem(runtime::Severity severity, std::string path, std::string message) {
  runtime::Finding finding;
  finding.severity = severity;
  finding.path = std::move(path);
  finding.message = std::move(message);
  return finding;
}

std::string mib_text(std::uint64_t bytes) { return format_bytes(bytes, Units::iec); }

}  // namespace imgslim::memory
