#include "memory/bytecode.h"
#include "memory/problem_rules.h"

namespace imgslim::memory {

std::vector<runtime::Finding> missing_bytecode(const ProblemInput& input) {
  constexpr std::uint64_t worth_saying_bytes = 64u << 10;
  std::vector<runtime::Finding> result;
  for (const auto& process : input.startup.processes) {
    const auto state = bytecode_state(input.closure, process.process, input.files);
    if (state.compiled_anew_bytes < worth_saying_bytes) continue;
    const auto replicas = process.bytecode_bytes == 0
                              ? 0
                              : (state.compiled_anew_bytes + process.bytecode_bytes - 1) / process.bytecode_bytes;
    auto finding = problem(runtime::Severity::warning, state.first,
                           std::to_string(state.compiled_anew) + " of " + std::to_string(state.modules) +
                               " modules that are imported at start have no valid bytecode: each container compiles "
                               "them anew and holds about " +
                               mib_text(process.bytecode_bytes) +
                               " more of its own; python -m compileall (uv: UV_COMPILE_BYTECODE=1) costs about " +
                               mib_text(state.compiled_anew_bytes) + " of image, even from " +
                               (replicas <= 1 ? "the first replica" : std::to_string(replicas) + " replicas") + " on");
    finding.evidence.push_back({state.first, state.compiled_anew_bytes});
    result.push_back(std::move(finding));
  }
  return result;
}

}  // namespace imgslim::memory
