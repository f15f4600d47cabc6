#pragma once

#include <string>
#include <vector>

#include "imgslim/comment.h"

/// The parts of the comment, each whole Markdown with a blank line behind it, or "" when there is nothing to say.
namespace imgslim::report {

/// What all parts are made from.
struct CommentSource {
  const Report& report;
  const Comparison* comparison;         ///< may be null
  std::vector<ReportFinding> findings;  ///< with files, lines and patches; those that suggestions name
  const CommentOptions& options;
};

enum class ChangeSize { none, small, large, unknown };
[[nodiscard]] ChangeSize change_size(const CommentSource& source);
[[nodiscard]] const char* change_name(ChangeSize size);

[[nodiscard]] std::string comment_heading(const CommentSource& source);
[[nodiscard]] std::string comment_sizes(const CommentSource& source);
[[nodiscard]] std::string comment_warnings(const CommentSource& source);
[[nodiscard]] std::string comment_cause(const CommentSource& source);
[[nodiscard]] std::string comment_fix(const CommentSource& source);
/// Parts that fold, what matters most first.
[[nodiscard]] std::vector<std::string> comment_details(const CommentSource& source);

/// The suggestion that is told in full: one for what grew, else the best. None without suggestions.
[[nodiscard]] std::optional<std::size_t> best_suggestion(const CommentSource& source);

/// The layer that grew most; null when none did.
[[nodiscard]] const DiffLayer* grown_layer(const CommentSource& source);

/// A code span of at most a hundred characters or so.
[[nodiscard]] std::string short_code(std::string_view text);
/// "`Dockerfile:4`", "layer 2", or "".
[[nodiscard]] std::string place_of(const FindingLocation& at);

/// "+41.8 MB", "0".
[[nodiscard]] std::string change_text(std::int64_t change, Units units);

}  // namespace imgslim::report
