#pragma once

#include <vector>

#include "budget/layer_pairs.h"
#include "imgslim/diff.h"

/// The dimensions of a comparison, one function each. The reports do not contradict themselves.
namespace imgslim::budget {

/// Both reports and which of their layers belong together.
struct Sides {
  const Report& base;
  const Report& head;
  std::vector<LayerPair> pairs;
};

[[nodiscard]] std::vector<DiffLayer> layer_changes(const Sides& sides);
[[nodiscard]] std::vector<DiffInstruction> instruction_changes(const std::vector<DiffLayer>& layers);
[[nodiscard]] std::vector<DiffPackage> package_changes(const Sides& sides);
[[nodiscard]] std::vector<DiffPath> path_changes(const Sides& sides);
[[nodiscard]] std::vector<DiffClass> class_changes(const Sides& sides);
[[nodiscard]] std::vector<DiffWaste> waste_changes(const Sides& sides);
[[nodiscard]] std::optional<DiffMemory> memory_changes(const Sides& sides);

/// The findings of `report` that `other` has not: by rule, path and file.
[[nodiscard]] std::vector<ReportFinding> findings_only_in(const std::vector<ReportFinding>& report,
                                                          const std::vector<ReportFinding>& other);

/// Whether the rows of a report exceed their totals.
Status check_sums(const Report& report);

}  // namespace imgslim::budget
