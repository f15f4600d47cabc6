#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/rule.h"

namespace imgslim::plugins {

/// How sure an import of a file makes what it names, by when it runs; nothing for one that does not run.
enum class IsProgram : bool { no, yes };
[[nodiscard]] std::optional<Tier> tier_of(imports::Level level, IsProgram is_program);

/// The breadth-first walk through the imports of source files that all languages share: what is sure enough to count is
/// followed to its end before what is only possible, so that each file is visited once, with its surest tier.
class ImportWalk {
 public:
  /// Where an import led and why, for the reason chain.
  struct Reason {
    Tier tier = Tier::likely;
    std::string from;    ///< path of the importing file or mapped object
    std::string detail;  ///< "import json"
  };

  /// A file whose imports are to be followed.
  struct Visit {
    std::string path;
    Tier tier = Tier::likely;
    const imports::SourceFacts* facts = nullptr;  ///< null for compiled modules and texts of unknown imports
    const elf::ElfFacts* object = nullptr;        ///< of compiled modules
  };

  ImportWalk(const Context& context, Via via, imports::Language language);

  /// Reaches a file: a compiled module when it is an ELF file, else a source.
  void reach(const rootfs::Found& file, const Reason& reason) { reach(file, reason, via_); }
  void reach(const rootfs::Found& file, const Reason& reason, Via via);
  /// Reads program text that no file holds (`-c`, `-e`); it is visited as `path`.
  void reach_text(std::string_view text, const std::string& path, Tier tier);
  /// The next file to follow, nothing at the end. The pointers are valid as long as the walk is.
  [[nodiscard]] std::optional<Visit> next();
  [[nodiscard]] std::vector<Candidate> take() { return std::move(candidates_); }

 private:
  [[nodiscard]] const imports::SourceFacts* facts_of(rootfs::FileId file);

  const Context& context_;
  Via via_;
  imports::Language language_;
  std::unordered_map<rootfs::FileId, Tier> tiers_;
  std::deque<Visit> sure_, doubtful_;
  std::deque<imports::SourceFacts> own_facts_;  // of texts whose language only the interpreter tells
  std::vector<Candidate> candidates_;
};

}  // namespace imgslim::plugins
