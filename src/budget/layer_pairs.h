#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgslim/report.h"

namespace imgslim::budget {

/// Which layer of one image takes the place of which of another.
struct LayerPair {
  std::optional<std::size_t> before, after;  ///< positions in Report::layers
  bool moved = false;                        ///< the same content, out of order
};

/// Every layer of both reports, once. Mirrored when the reports change places. The order is that of the layers after,
/// removed ones behind the last one below them.
[[nodiscard]] std::vector<LayerPair> pair_layers(const Report& before, const Report& after);

/// The text with each run of white space and line continuations as one space.
[[nodiscard]] std::string folded_instruction(const ReportInstruction& instruction);

}  // namespace imgslim::budget
