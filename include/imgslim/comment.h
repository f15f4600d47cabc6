#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "imgslim/diff.h"
#include "imgslim/render_findings.h"
#include "imgslim/report.h"
#include "imgslim/units.h"

/// The comment on a pull request.
namespace imgslim {

struct CommentOptions {
  std::string key;                             ///< in the marker; "" = the image's name without its tag
  std::uint64_t min_change_bytes = 1'000'000;  ///< unpacked; what changes by less is told in one line
  std::size_t max_suggestions = 5;             ///< in the table, behind the first
  std::size_t max_bytes = 60'000;              ///< GitHub refuses 65,536 characters
  Units units = Units::si;
};

/// Markdown for GitHub and GitLab. The first line is a marker, by which ci/github/post-comment.sh finds the comment
/// again:
/// "<!-- imgslim:id=KEY change=none|small|large|unknown v=1 -->". Then come the verdict and the change, where it comes
/// from, what to do about it, and the rest in parts that fold. What does not fit goes as whole parts, and a line says
/// so. Without a comparison the change is unknown. Text of the image and the Dockerfile is inert.
[[nodiscard]] std::string render_comment(const Report& report, const Comparison* comparison,
                                         const std::optional<DockerfileText>& dockerfile,
                                         const CommentOptions& options);

}  // namespace imgslim
