#include "app/comment_settings.h"

#include <algorithm>

#include "app/lint_config.h"
#include "app/report_output.h"

namespace imgslim::app {

CommentOptions comment_options(const config::CommentSettings& flags, const config::CommentSettings& configured) {
  CommentOptions options;
  options.key = flags.key.empty() ? configured.key : flags.key;
  const auto otherwise = configured.min_change_bytes.value_or(options.min_change_bytes);
  options.min_change_bytes = flags.min_change_bytes.value_or(otherwise);
  options.max_suggestions =
      flags.max_suggestions.value_or(configured.max_suggestions.value_or(options.max_suggestions));
  return options;
}

Result<CommentOptions> comment_options(const config::CommentSettings& flags,
                                       const std::vector<OutputRequest>& outputs) {
  const bool wanted = std::any_of(outputs.begin(), outputs.end(),
                                  [](const OutputRequest& output) { return output.format == OutputFormat::markdown; });
  const auto file = wanted ? find_imgslim_config().string() : std::string();
  if (file.empty()) return comment_options(flags, config::CommentSettings{});
  IMGSLIM_TRY(const auto text, read_text(file));
  IMGSLIM_TRY(const auto config, config::read_config(text, file));
  return comment_options(flags, config.comment);
}

}  // namespace imgslim::app
