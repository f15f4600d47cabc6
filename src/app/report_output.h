#pragma once

#include <optional>
#include <string>

#include "app/output.h"
#include "imgslim/comment.h"
#include "imgslim/render.h"
#include "imgslim/tree_view.h"

namespace imgslim::app {

/// What one run has to show, in whatever format.
struct ReportOutput {
  const Report& report;
  const TreeView* tree = nullptr;  ///< null for saved reports: exports show directories then
  const Comparison* comparison = nullptr;
  std::optional<DockerfileText> dockerfile;
  CommentOptions comment;
};

/// Whether a format shows every file, for which WithTree::yes is needed.
[[nodiscard]] bool needs_tree(OutputFormat format);

/// The report in a format. `tree` without a tree is a usage error.
Result<std::string> render_output(const ReportOutput& output, OutputFormat format, const RenderOptions& looks);

/// The Dockerfile as findings are placed in it; none for "". Errors: environment.
Result<std::optional<DockerfileText>> read_dockerfile_text(const std::string& path);

/// A file's bytes, or those of standard input for "-". Errors: environment.
Result<std::string> read_text(const std::string& file);

}  // namespace imgslim::app
