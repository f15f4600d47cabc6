#pragma once

#include "app/output.h"
#include "config/gate_config.h"
#include "imgslim/comment.h"

namespace imgslim::app {

/// What -o markdown goes by: flags over what a configuration says.
[[nodiscard]] CommentOptions comment_options(const config::CommentSettings& flags,
                                             const config::CommentSettings& configured);

/// The same with the .imgslim.yaml that counts here, for commands that judge nothing by it; it is read only when one of
/// the outputs is a comment. Errors: usage, environment.
Result<CommentOptions> comment_options(const config::CommentSettings& flags, const std::vector<OutputRequest>& outputs);

}  // namespace imgslim::app
