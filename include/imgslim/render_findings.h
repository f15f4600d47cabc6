#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imgslim/render_lint.h"
#include "imgslim/report.h"

/// Findings on an image in the formats that the linter writes, each at a line of a Dockerfile: services show only what
/// has one.
namespace imgslim {

struct DockerfileText {
  std::string path;  ///< as findings name it
  std::string text;
};

/// The findings of a report as the linter's formats take them. One that has no line of a Dockerfile stands at the
/// instruction of its layer where that is known, else at the last FROM of `dockerfile`, else of the report's own
/// instructions, else at line 1 of "Dockerfile". `rules` are those that findings may name.
[[nodiscard]] LintReport findings_of(const Report& report, const std::optional<DockerfileText>& dockerfile,
                                     std::vector<RuleInfo> rules);

/// Gives each fix with edits of this Dockerfile the unified diff of them alone, where it has none.
void fill_patches(std::vector<ReportFinding>& findings, const DockerfileText& dockerfile);

}  // namespace imgslim
