#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plugins/config_blocks.h"

namespace imgslim::plugins {

/// A line that seems to load something.
struct LoadLine {
  std::uint32_t number = 0;             ///< 1-based
  std::vector<std::string_view> words;  ///< runs of letters, digits and "_./+-"
  std::vector<Condition> conditions;    ///< all must hold
  bool plugin_key = false;              ///< "plugins = python3": values may be short names of modules
};

struct LoadText {
  std::vector<LoadLine> lines;
  std::vector<std::string_view> defined;  ///< names that the text defines for conditions
};

/// The lines of a configuration text, in whatever format, that are no comments and speak of loading, modules,
/// extensions or plugins; a list in brackets that such a line opens belongs to it. Views into `text`. Linear in the
/// text.
[[nodiscard]] LoadText load_lines(std::string_view text);

/// Whether a word speaks of loading.
[[nodiscard]] bool is_loadish(std::string_view text);

}  // namespace imgslim::plugins
