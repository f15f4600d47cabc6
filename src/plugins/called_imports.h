#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/tier.h"
#include "imports/imports.h"

namespace imgslim::plugins {

/// Calls across files: `import cli` and `cli.main()` at the outermost level of a program run what cli.main() imports. A
/// function is told by the last part of its name, and looked for in the files that the caller imports and in those that
/// they hand it on from (`from .cli import main` in a package).
class CalledImports {
 public:
  /// An import inside a function that a file which is loaded calls.
  struct Called {
    const imports::Import* import = nullptr;
    std::string file;
    Tier tier = Tier::likely;  ///< of the file
  };

  /// A file that is loaded for sure enough to count; `facts` outlive this.
  void add_file(const std::string& path, const imports::SourceFacts& facts, Tier tier);
  /// That `importer` loads `file`.
  void add_import(const std::string& importer, const std::string& file);
  /// What is called by what was added so far, each import once.
  [[nodiscard]] std::vector<Called> take_called();

 private:
  struct File {
    std::string path;
    const imports::SourceFacts* facts = nullptr;
    Tier tier = Tier::likely;
    std::vector<bool> taken;  // of facts->offers
  };
  [[nodiscard]] bool is_called(const std::string& file, std::uint32_t name, bool directly) const;
  [[nodiscard]] const imports::SourceFacts* facts_of(const std::string& path) const;

  std::vector<File> files_;
  std::unordered_map<std::string, std::size_t> places_;  // in files_
  std::unordered_map<std::string, std::vector<std::string>> importers_;
};

}  // namespace imgslim::plugins
