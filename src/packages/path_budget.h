#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgslim/note.h"

namespace imgslim::packages {

/// Bounds the memory of owned paths by the bytes they were read from. Most formats name a directory once for many
/// files, so a hostile database could buy any number of bytes with a long directory; real ones stay below half of this.
class PathBudget {
 public:
  explicit PathBudget(std::uint64_t input_bytes) : left_(base_bytes + input_bytes * bytes_per_input_byte) {}

  /// Adds a clean path to `paths`; the root is nobody's.
  void add(std::vector<std::string>& paths, std::string path) {
    if (path.empty()) return;
    const auto cost = path.size() + sizeof(std::string);
    if (cost > left_) {
      ++dropped_;
      return;
    }
    left_ -= cost;
    paths.push_back(std::move(path));
  }

  /// Says how many paths were dropped, if any.
  void report(std::string_view where, std::vector<Note>& notes) const {
    if (dropped_ == 0) return;
    notes.push_back({"package-paths-dropped", std::string(where),
                     std::to_string(dropped_) + " paths were dropped: the database expands to far more than its size"});
  }

 private:
  static constexpr std::uint64_t base_bytes = 1u << 20;
  static constexpr std::uint64_t bytes_per_input_byte = 8;

  std::uint64_t left_;
  std::uint64_t dropped_ = 0;
};

}  // namespace imgslim::packages
