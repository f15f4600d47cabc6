#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/rule.h"

namespace imgslim::plugins {

/// A module that a word was found to mean.
struct ModuleMatch {
  std::string path;  ///< canonical
  std::string host;  ///< the mapped object that names its directory; "" when the word is the module's own path
};

/// The modules of an image that mapped objects may load: shared objects that stand in no directory of libraries, but in
/// or below a directory that a mapped object names.
class ModuleIndex {
 public:
  explicit ModuleIndex(const Context& context);

  /// Counts a directory as named by `host`, as a mapped object's own path or a configuration may name it.
  void name_directory(const std::string& directory, const std::string& host);

  /// Modules that a word of a configuration means: by path, by file name, or by file name without suffix ("mod_ssl.c"
  /// of ProFTPD's and "opcache" of PHP's). Of equal names, those in a directory that is named exactly.
  [[nodiscard]] std::vector<ModuleMatch> find(std::string_view word) const;
  /// Modules whose name is `word` but for affixes and a version: "python3" is python311_plugin.so.
  [[nodiscard]] std::vector<ModuleMatch> find_short(std::string_view word) const;
  /// Modules that stand in or below a directory of this name, wherever that is; by path.
  [[nodiscard]] std::vector<std::string> below_named(std::string_view name) const;
  /// Whether any module has this stem, whatever its directory.
  [[nodiscard]] bool has_stem(std::string_view stem) const { return by_stem_.find(stem) != by_stem_.end(); }

 private:
  [[nodiscard]] std::vector<ModuleMatch> hosted(const std::vector<std::string>& paths) const;
  [[nodiscard]] std::vector<ModuleMatch> find_path(std::string_view word) const;
  [[nodiscard]] std::vector<ModuleMatch> find_link(std::string_view name) const;

  const Context& context_;
  std::map<std::string, std::vector<std::string>, std::less<>> by_stem_;
  std::map<std::string, std::vector<std::string>, std::less<>> by_short_name_;
  std::map<std::string, std::vector<std::string>, std::less<>> by_directory_;
  std::map<std::string, std::string, std::less<>> named_;  // directory -> who names it, beside context_.named
};

/// The program and the libraries of its own, as far as they are sure: those that it needs and that stand outside the
/// linker's directories.
[[nodiscard]] std::vector<linker::ObjectIndex> own_objects(const Context& context);

/// File name without ".so", ".la", ".c", ".node" and what follows.
[[nodiscard]] std::string_view module_stem(std::string_view name);

}  // namespace imgslim::plugins
