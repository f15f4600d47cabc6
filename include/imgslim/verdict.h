#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Whether an image may ship: budgets, growth over a baseline, findings.
namespace imgslim {

/// One budget held against the image. A value equal to its limit passes.
struct VerdictCheck {
  std::string name;            ///< as BudgetLimit::name, "findings" or "complete"
  std::string subject;         ///< which layer, path glob or package; "" when the whole image is meant
  std::string unit = "bytes";  ///< bytes | count
  std::uint64_t limit = 0, value = 0;
  std::optional<std::uint64_t> baseline;  ///< the value before, when the check is about growth
  bool passed = true;
  std::optional<std::string> waived;  ///< why it does not count although it failed
  std::string source;                 ///< who states the limit: ".imgslim.yaml:6", "--max-size"
  std::string message;                ///< one sentence, what to do included when it failed
  friend bool operator==(const VerdictCheck&, const VerdictCheck&) = default;
};

struct Verdict {
  bool passed = true;
  std::vector<VerdictCheck> checks;  ///< in the order of the configuration, flags last, then findings
  std::string message;               ///< of the project, for whoever is over; "" when it passed
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace imgslim
