#pragma once

#include <cstdint>
#include <vector>

#include "image_rules/image_check.h"
#include "imgslim/suggestion.h"

namespace imgslim::image_rules {

/// Whether the finding's saving adds up with others': it has claims, and is no other way to build the image.
[[nodiscard]] inline bool is_suggestion(const ImageFinding& finding) {
  return !finding.claims.empty() && finding.alternative.empty();
}

/// A finding with claims.
struct Candidate {
  std::uint32_t finding = 0;  ///< position in the report's findings
  const ImageFinding* from = nullptr;
};

/// What the image is before anything is changed.
struct ImageBytes {
  std::uint64_t payload_bytes = 0, compressed_bytes = 0;
};

/// The candidates, the largest saving first. Each row counts what the rows above leave, so that the rows' sum is what
/// all of them together save; candidates of which nothing is left have no row.
[[nodiscard]] ReportSuggestions suggest(const std::vector<Candidate>& candidates, ImageBytes image);

/// What measured findings take out, all together.
[[nodiscard]] Claims superfluous_entries(const std::vector<ImageFinding>& findings);

}  // namespace imgslim::image_rules
