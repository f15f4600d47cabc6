#pragma once

#include <set>
#include <string>
#include <vector>

namespace imgslim::image {

/// Names in the order in which they came, each once; adding costs a look-up, however many there are.
class NameList {
 public:
  void add(const std::string& name) {
    if (known_.insert(name).second) names_.push_back(name);
  }
  void add_all(const std::vector<std::string>& names) {
    for (const auto& name : names) add(name);
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::set<std::string> known_;
};

}  // namespace imgslim::image
