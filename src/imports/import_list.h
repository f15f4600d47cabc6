#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "imports/imports.h"

namespace imgslim::imports {

/// Collects imports in file order: each once, bounded in number and in length.
class ImportList {
 public:
  /// Where an import stands that is not asked for its place.
  static constexpr std::size_t nowhere = std::string_view::npos;

  /// `place`: the byte of the text where it stands, for imports of Level::call.
  void add(std::string_view name, Level level, Form form, std::size_t place = nowhere);
  /// Whether any import of Level::call has a place.
  [[nodiscard]] bool has_calls() const { return !calls_.empty(); }
  /// Gives imports of Level::call that have a place the level that `run_of` says, if it says any.
  template <typename RunOf>
  void raise_calls(RunOf run_of) {
    for (const auto& [index, place] : calls_)
      if (const auto level = run_of(place)) imports_[index].level = *level;
  }
  /// Counts bytes of the text that are code.
  void add_code(std::size_t bytes) { code_bytes_ += bytes; }
  [[nodiscard]] std::uint64_t code_bytes() const { return code_bytes_; }
  /// The imports, each once.
  [[nodiscard]] std::vector<Import> take();

 private:
  struct Call {
    std::size_t index, place;
  };

  std::vector<Import> imports_;
  std::vector<Call> calls_;
  std::uint64_t code_bytes_ = 0;
  std::unordered_set<std::string> seen_;  // key_of() each that was added
};

}  // namespace imgslim::imports
