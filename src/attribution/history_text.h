#pragma once

#include <string>
#include <string_view>

namespace imgslim::attribution {

/// A history step's `created_by` read back into an instruction.
struct StepText {
  std::string kind;       ///< "RUN", "COPY" …; "" when it cannot be told
  std::string arguments;  ///< the builder's shell, build-argument prefix and markers taken off
};

/// Understands what the classic builder (`/bin/sh -c #(nop) …`), BuildKit (`RUN |1 A=b /bin/sh -c … # buildkit`),
/// buildah and kaniko write.
[[nodiscard]] StepText read_created_by(std::string_view created_by);

/// True when a history step may come from the instruction: same keyword, and the same command or destination. COPY and
/// ADD compare what every builder keeps (sources' last names may be hashes), variables match anything.
[[nodiscard]] bool same_step(const StepText& history, std::string_view keyword, std::string_view arguments);

}  // namespace imgslim::attribution
