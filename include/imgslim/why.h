#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgslim/report.h"

/// The answer to `imgslim why IMAGE QUERY` (JSON: `imgslim.why/1`). Layers are counted from 0 as in a Report.
namespace imgslim {

/// What one layer did to a path.
struct WhyEvent {
  std::uint32_t layer = 0;
  /// added | overwritten | metadata_changed | stored_again | deleted | deleted_with_directory | deleted_by_opaque |
  /// type_replaced | shadowed_in_layer | linked
  std::string event;
  std::uint64_t bytes = 0;              ///< that the layer stores for it; 0 for a deletion
  std::vector<std::string> attributes;  ///< for metadata_changed: which differ
  ReportInstruction instruction;
  friend bool operator==(const WhyEvent&, const WhyEvent&) = default;
};

struct WhyFile {
  std::string path;
  std::uint64_t visible_bytes = 0;
  friend bool operator==(const WhyFile&, const WhyFile&) = default;
};

/// A path through the layers. For a directory the byte counts are of all that is below it.
struct WhyPath {
  std::string path;
  std::string kind;  ///< as kind_name; of the last entry when not visible
  bool visible = false;
  std::uint64_t visible_bytes = 0, compressed_bytes = 0, wasted_bytes = 0;
  std::uint64_t files = 0;             ///< below a directory; 1 for a file
  std::optional<std::string> package;  ///< "deb libssl3 3.0.11"
  std::optional<std::string> content_class;
  std::optional<std::string> link_target;
  std::vector<std::string> hard_links;  ///< the other visible names of its inode, by bytes
  std::vector<WhyEvent> history;        ///< lowest layer first
  std::vector<WhyFile> largest;         ///< below a directory, largest first
  /// loaded | reachable | unreached | unknown, as of a package (report.h); empty when it is not in the final image or
  /// is a directory.
  std::optional<std::string> runtime;
  std::vector<RuntimeFile> chain;  ///< why it is mapped or read: from the program that runs to the file itself
  friend bool operator==(const WhyPath&, const WhyPath&) = default;
};

struct WhyPackage {
  std::string manager, name, version, architecture;
  std::optional<std::uint32_t> layer;  ///< the one that brought most of it
  ReportInstruction instruction;       ///< of that layer
  std::uint64_t visible_bytes = 0, compressed_bytes = 0, declared_bytes = 0, database_bytes = 0, files = 0;
  std::vector<WhyFile> largest;  ///< largest first
  std::optional<std::string> runtime;
  std::vector<RuntimeFile> used;  ///< its files that are mapped or read, largest first
  friend bool operator==(const WhyPackage&, const WhyPackage&) = default;
};

/// All that a query names: paths and packages may share a name. Both lists empty: nothing does, and `nearest` holds
/// names that are spelled alike.
struct WhyAnswer {
  std::string image;  ///< reference, "" when unnamed
  std::string query;
  std::vector<WhyPath> paths;
  std::vector<WhyPackage> packages;
  std::vector<std::string> nearest;
  friend bool operator==(const WhyAnswer&, const WhyAnswer&) = default;
};

}  // namespace imgslim
