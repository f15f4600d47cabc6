#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
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
  /// As add() of an import of Level::lazy that offers the constant.
  void add_offer(std::string_view name, Form form, std::string_view constant);
  /// Notes a name for SourceFacts::named.
  void mention(std::string_view name);
  /// Whether any import of Level::call has a place.
  [[nodiscard]] bool has_calls() const { return !calls_.empty(); }
  /// Gives imports of Level::call that have a place the level that `run_of` says, if it says any.
  template <typename RunOf>
  void raise_calls(RunOf run_of) {
    for (const auto& [index, place] : calls_)
      if (const auto level = run_of(place)) imports_[index].level = *level;
  }
  /// Gives imports of Level::call that have a place the names that `names_of` tells for it.
  template <typename NamesOf>
  void offer_calls(NamesOf names_of) {
    for (const auto& [index, place] : calls_) {
      if (imports_[index].level != Level::call || offers_.size() >= most_imports) continue;
      for (const auto name : names_of(place)) offers_.push_back({static_cast<std::uint32_t>(index), name_number(name)});
    }
  }
  /// Counts bytes of the text that are code.
  void add_code(std::size_t bytes) { code_bytes_ += bytes; }
  [[nodiscard]] std::uint64_t code_bytes() const { return code_bytes_; }
  /// Moves the imports, each once, and what is told of them into `facts`.
  void give(SourceFacts& facts);

 private:
  struct Call {
    std::size_t index, place;
  };

  std::vector<Import> imports_;
  void merge_equal();

  std::vector<Call> calls_;
  std::vector<Offer> offers_;
  std::uint64_t code_bytes_ = 0;
  std::unordered_set<std::uint32_t> mentioned_;
  std::unordered_map<std::string, std::uint32_t> seen_;  // by key_of() each that was added: where
};

}  // namespace imgslim::imports
