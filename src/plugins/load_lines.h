#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace imgslim::plugins {

/// What must hold for a line of a configuration file to count: <IfModule NAME>, <IfDefine NAME>.
struct Condition {
  enum class Kind : std::uint8_t { module, define };
  Kind kind = Kind::module;
  std::string_view name;
  bool negated = false;
};

/// A line that seems to load something.
struct LoadLine {
  std::uint32_t number = 0;             ///< 1-based
  std::vector<std::string_view> words;  ///< runs of letters, digits and "_./+-"
  std::vector<Condition> conditions;    ///< all must hold
  bool plugin_key = false;              ///< "plugins = python3": values may be short names of modules
};

/// The lines of a configuration text, in whatever format, that are no comments and speak of loading, modules,
/// extensions or plugins; a list in brackets that such a line opens belongs to it. Views into `text`. Linear in the
/// text.
[[nodiscard]] std::vector<LoadLine> load_lines(std::string_view text);

/// Whether a word speaks of loading.
[[nodiscard]] bool is_loadish(std::string_view text);

}  // namespace imgslim::plugins
