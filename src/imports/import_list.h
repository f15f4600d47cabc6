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
  void add(std::string_view name, Level level, Form form);
  [[nodiscard]] std::vector<Import> take() { return std::move(imports_); }
  /// Counts bytes of the text that are code.
  void add_code(std::size_t bytes) { code_bytes_ += bytes; }
  [[nodiscard]] std::uint64_t code_bytes() const { return code_bytes_; }

 private:
  std::vector<Import> imports_;
  std::unordered_set<std::string> seen_;  // level, form and name of each
  std::uint64_t code_bytes_ = 0;
};

}  // namespace imgslim::imports
