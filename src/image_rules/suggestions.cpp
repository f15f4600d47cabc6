#include "image_rules/suggestions.h"

#include <algorithm>
#include <tuple>

namespace imgslim::image_rules {

ReportSuggestions suggest(const std::vector<Candidate>& candidates, ImageBytes image) {
  // Measured before estimated: where both claim a byte, the surer one gives it its name.
  const auto rank = [](const Candidate& candidate) {
    const auto sum = candidate.from->claims.sum();
    return std::tuple(candidate.from->basis, ~sum.bytes, ~sum.compressed_bytes, candidate.finding);
  };
  std::vector<std::pair<decltype(rank(candidates.front())), Candidate>> ranked;
  for (const auto& candidate : candidates) ranked.emplace_back(rank(candidate), candidate);
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

  ReportSuggestions suggestions;
  suggestions.payload_bytes_now = suggestions.payload_bytes_then = image.payload_bytes;
  suggestions.compressed_bytes_now = suggestions.compressed_bytes_then = image.compressed_bytes;
  Claims taken;
  for (const auto& [order, candidate] : ranked) {
    const auto& from = *candidate.from;
    const auto left = taken.add(from.claims);
    if (left.bytes == 0) continue;
    const auto compressed = std::min(left.compressed_bytes, suggestions.compressed_bytes_then);
    suggestions.rows.push_back({candidate.finding,
                                {left.bytes, compressed, from.rss_bytes, from.added_rss_bytes,
                                 from.basis == Basis::measured ? "measured" : "estimated"}});
    suggestions.payload_bytes_then -= left.bytes;
    suggestions.compressed_bytes_then -= compressed;
  }
  std::stable_sort(
      suggestions.rows.begin(), suggestions.rows.end(),
      [](const ReportSuggestion& a, const ReportSuggestion& b) { return a.saving.bytes > b.saving.bytes; });
  return suggestions;
}

Claims superfluous_entries(const std::vector<ImageFinding>& findings) {
  Claims all;
  for (const auto& finding : findings)
    if (finding.basis == Basis::measured) all.add(finding.claims);
  return all;
}

}  // namespace imgslim::image_rules
