#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgslim/report.h"

namespace imgslim::report {

/// All that one layer wasted of one other in one way.
struct WasteGroup {
  std::uint32_t cause_layer = 0, origin_layer = 0;
  std::string fate;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
  std::vector<std::string> attributes;  ///< of all entries, sorted
  std::string path;                     ///< the one entry, or the deepest directory that holds most of the bytes
  bool holds_all = true;                ///< `path` holds all of the bytes
};

/// The groups of one cause, largest first.
struct WasteCause {
  std::uint32_t layer = 0;
  std::uint64_t bytes = 0;
  std::vector<WasteGroup> groups;
};

/// The report's waste by cause, and below that by origin and fate; largest first.
[[nodiscard]] std::vector<WasteCause> group_waste(const Report& report);

/// What happened, for a reader: "deletes", "stores again, only its uid differs" …
[[nodiscard]] std::string describe_waste(const WasteGroup& group);

/// "deleted", "metadata only", …: a fate as words.
[[nodiscard]] std::string fate_words(const std::string& fate);

}  // namespace imgslim::report
