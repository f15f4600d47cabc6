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
  std::string_view outer;               ///< of a block in another one: what opens the outermost, "" else
};

struct LoadText {
  std::vector<LoadLine> lines;
  std::vector<std::string_view> defined;  ///< names that the text defines for conditions
  std::vector<std::string_view> paths;    ///< absolute ones that lines state, of two or more components
};

/// Whether the words that open blocks ("eap {") name modules: in a directory of modules' configurations they do.
enum class BlockHeads : std::uint8_t { ignored, name_modules };

/// The lines of a configuration text, in whatever format, that are no comments and speak of loading, modules,
/// extensions or plugins; a list in brackets that such a line opens belongs to it; and the heads of blocks that are to
/// be loaded ("attr { load = yes }" on lines of their own). Views into `text`. Linear in the text.
[[nodiscard]] LoadText load_lines(std::string_view text, BlockHeads heads = BlockHeads::ignored);

/// Whether a word speaks of loading.
[[nodiscard]] bool is_loadish(std::string_view text);

}  // namespace imgslim::plugins
