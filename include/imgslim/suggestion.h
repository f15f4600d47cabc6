#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgslim/finding.h"

/// What would make an image smaller, best first.
namespace imgslim {

/// A finding with a saving. Rows never count a byte twice: `saving` is what the rows above leave of it.
struct ReportSuggestion {
  std::uint32_t finding = 0;  ///< position in Report::findings
  FindingSaving saving;
  bool patched = false;  ///< its edits are part of ReportSuggestions::patch
  friend bool operator==(const ReportSuggestion&, const ReportSuggestion&) = default;
};

/// Another way to build the same thing, taken by itself: what the image would be then.
struct ReportWhatIf {
  std::string name;         ///< merge-layers | flatten | squash | second-stage | no-bytecode
  std::string description;  ///< one sentence
  std::uint64_t payload_bytes = 0, compressed_bytes = 0;
  std::string basis = "measured";     ///< as of FindingSaving
  std::vector<std::uint32_t> layers;  ///< of merge-layers, which: the first and the last, from 0
  std::string base;                   ///< of second-stage, what it can stand on: "scratch", "distroless/cc"
  std::uint64_t added_rss_bytes = 0;  ///< memory at start that it costs
  friend bool operator==(const ReportWhatIf&, const ReportWhatIf&) = default;
};

/// All suggestions and what is left when every one is followed: the sums of their savings are what `now` and `then`
/// differ by.
struct ReportSuggestions {
  std::vector<ReportSuggestion> rows;
  std::uint64_t payload_bytes_now = 0, payload_bytes_then = 0;
  std::uint64_t compressed_bytes_now = 0, compressed_bytes_then = 0;
  std::string patch;  ///< unified diff of the Dockerfile that makes the edits of all rows that have some; "" = none has
  std::vector<ReportWhatIf> what_ifs;  ///< those that make it smaller; they and the rows do not add up
  friend bool operator==(const ReportSuggestions&, const ReportSuggestions&) = default;
};

}  // namespace imgslim
