#include <algorithm>

#include "memory/problem_rules.h"

namespace imgslim::memory {
namespace {

using runtime::Finding;
using runtime::Severity;

/// The objects with the most private memory: what a start limit is made of.
std::vector<runtime::Evidence> largest_private(const ProblemInput& input) {
  constexpr std::size_t most = 5;
  std::vector<const ObjectMemory*> objects;
  for (const auto& object : input.startup.objects) objects.push_back(&object);
  std::stable_sort(objects.begin(), objects.end(),
                   [](const auto* a, const auto* b) { return a->private_bytes > b->private_bytes; });
  std::vector<runtime::Evidence> evidence;
  for (const auto* object : objects)
    if (evidence.size() < most && object->private_bytes > 0)
      evidence.push_back({input.closure.files[object->use].path, object->private_bytes});
  return evidence;
}

}  // namespace

std::vector<Finding> start_over_limit(const ProblemInput& input) {
  if (!input.bounds) return {};
  const auto limit = input.bounds->limit_bytes;
  const auto verdict = judge_limit(input.startup, limit);
  if (verdict == Verdict::starts) return {};
  const auto severity = verdict == Verdict::does_not_start ? Severity::error : Severity::warning;
  auto finding = problem(severity, input.closure.processes[input.startup.processes[0].process].process.program.path,
                         "a limit of " + mib_text(limit) + " is less than the start needs: about " +
                             mib_text(input.startup.start_limit.estimate) + " that cannot be reclaimed, of it heap " +
                             mib_text(input.startup.heap_bytes));
  finding.evidence = largest_private(input);
  return {finding};
}

std::vector<Finding> heap_outgrows_limit(const ProblemInput& input) {
  if (!input.bounds) return {};
  std::vector<Finding> result;
  for (const auto& process : input.startup.processes) {
    const auto& closure = input.closure.processes[process.process];
    const auto heap = heap_limit(closure, input.files, *input.bounds);
    if (!heap || !outgrows(*heap, process, *input.bounds)) continue;
    result.push_back(problem(Severity::error, closure.process.program.path,
                             closure.runtime + " lets its heap grow to " + mib_text(heap->heap_bytes) + " (" +
                                 heap->reason + ") > container limit " + mib_text(input.bounds->limit_bytes) +
                                 " with what it needs beside: the kernel will kill it before it collects"));
  }
  return result;
}

}  // namespace imgslim::memory
