#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What rules say of a Dockerfile or an image, as plain values.
namespace imgslim {

/// Where a finding applies. Lines and columns are 1-based, columns count bytes; `end_column` is the last one that is
/// part of it. All are empty when no text is concerned.
struct FindingLocation {
  std::optional<std::string> file;
  std::optional<std::uint32_t> line, column, end_line, end_column;
  std::optional<std::uint32_t> layer;
  std::optional<std::string> path;  ///< in the image
  friend bool operator==(const FindingLocation&, const FindingLocation&) = default;
};

struct FindingEvidence {
  std::string path;  ///< may be of a file that is not there
  std::uint64_t bytes = 0;
  friend bool operator==(const FindingEvidence&, const FindingEvidence&) = default;
};

/// One change of the text: bytes [begin, end) of the file become `text`.
struct FindingEdit {
  std::uint32_t begin = 0, end = 0;
  std::string text;
  friend bool operator==(const FindingEdit&, const FindingEdit&) = default;
};

/// What goes when a finding's fix is made. `bytes` is payload: the file contents in the layers, which is what the image
/// takes unpacked; `compressed_bytes` is what a pull no longer moves.
struct FindingSaving {
  std::uint64_t bytes = 0, compressed_bytes = 0;
  std::uint64_t rss_bytes = 0;        ///< less memory at start
  std::uint64_t added_rss_bytes = 0;  ///< memory at start that the fix costs
  std::string basis = "measured";     ///< measured: the very bytes of the image; estimated: a bound or a model
  friend bool operator==(const FindingSaving&, const FindingSaving&) = default;
};

/// How to make a finding go away. Without edits it is advice only.
struct FindingFix {
  std::string description;
  std::string patch;               ///< unified diff of the Dockerfile, for `git apply`; "" when there are no edits
  std::vector<FindingEdit> edits;  ///< in order, none overlaps another
  friend bool operator==(const FindingFix&, const FindingFix&) = default;
};

/// Something that will fail, surprise or cost, with the id of the rule that says so.
struct ReportFinding {
  std::string rule;      ///< "SL5004", "DL3008", "StageNameCasing"
  std::string severity;  ///< error | warning | info | style
  std::string message;
  std::vector<std::string> aliases;  ///< ids of other tools' rules that the finding stands for
  FindingLocation location;
  std::vector<FindingEvidence> evidence;
  std::optional<FindingSaving> saving;  ///< empty when the rule is not about bytes, or nothing was measured
  std::optional<FindingFix> fix;
  friend bool operator==(const ReportFinding&, const ReportFinding&) = default;
};

}  // namespace imgslim
