#pragma once

#include <optional>
#include <vector>

#include "entrypoint/script_state.h"

namespace imgslim::entrypoint {

/// What programs print that turn known text into other text: head, tail, grep, cut, sed "s/…/…/", tr, awk
/// "{ print $N }", and `expr TEXT : PATTERN`. The text is a file of the image, or what the pipeline hands on. Nothing
/// for others, and for options beyond those that scripts use to read a line of a file.
[[nodiscard]] std::optional<Answer> answer_filter(const Question& question, const std::vector<shell::Value>& words);

}  // namespace imgslim::entrypoint
