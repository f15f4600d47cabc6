#pragma once

#include <map>
#include <string>
#include <string_view>

#include "packages/dpkg.h"
#include "tree/merged_tree.h"

namespace imgslim::attribution {

/// The package databases' texts that the merged file system shows, by kind, then path. Views into the tree's layers.
class DatabaseTexts {
 public:
  using Texts = std::map<std::string, std::string_view, std::less<>>;

  explicit DatabaseTexts(const tree::MergedTree& tree);

  [[nodiscard]] const Texts& of(packages::DatabaseKind kind) const;
  /// The text of a kind that has one place; "" without.
  [[nodiscard]] std::string_view only(packages::DatabaseKind kind) const;
  [[nodiscard]] packages::DpkgDatabase dpkg() const;

 private:
  std::map<packages::DatabaseKind, Texts> texts_;
};

}  // namespace imgslim::attribution
