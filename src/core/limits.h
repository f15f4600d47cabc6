#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "imgslim/result.h"

namespace imgslim {

/// What a hostile image may cost. Every limit has a name, is reported by it when hit (exit 4), and is raised by
/// `--limit NAME=VALUE`. Byte limits are bytes.
struct Limits {
  std::uint64_t json_bytes = 4u << 20;          ///< one index, manifest or config
  std::uint64_t attestation_bytes = 40u << 20;  ///< one in-toto statement
  std::uint64_t json_depth = 32;
  std::uint64_t json_values = 200'000;
  std::uint64_t index_depth = 4;            ///< nested image indexes
  std::uint64_t index_nodes = 4'096;        ///< descriptors looked at over all nested indexes
  std::uint64_t archive_members = 100'000;  ///< entries of the outer archive
  std::uint64_t layers = 1'024;
  std::uint64_t layer_entries = 5'000'000;
  std::uint64_t image_entries = 10'000'000;
  std::uint64_t path_bytes = 16u << 10;
  std::uint64_t path_components = 1'024;
  std::uint64_t layer_bytes = 64ull << 30;   ///< uncompressed bytes of one layer
  std::uint64_t image_bytes = 256ull << 30;  ///< uncompressed bytes of all layers
  std::uint64_t expansion_ratio = 1'100;     ///< uncompressed over compressed, judged once 1 GiB came out
  std::uint64_t zstd_window_bytes = 128u << 20;
  std::uint64_t text_bytes = 16u << 20;        ///< one captured text file (package database, os-release …)
  std::uint64_t text_total_bytes = 64u << 20;  ///< captured package databases of one layer; as much again of other text
  std::uint64_t facts_bytes = 256u << 20;      ///< what is kept of all ELF and source files of one layer
  std::uint64_t database_bytes = 256u << 20;   ///< one binary package database (rpmdb.sqlite)
  std::uint64_t stream_capture_bytes = 256u << 20;  ///< JSON members kept while reading an archive from a pipe
  std::uint64_t symlink_hops = 40;                  ///< as the kernel's ELOOP
};

/// A limit's name on the command line ("layer-entries") and its field.
struct LimitName {
  std::string_view name;
  std::uint64_t Limits::*field;
  std::string_view unit;  ///< "bytes" or "" for counts
};

/// All limits, in the order of the struct.
std::span<const LimitName> limit_names();

/// Applies "NAME=VALUE"; VALUE may carry a byte unit (parse_byte_count). Unknown names name the nearest one.
Status set_limit(Limits& limits, std::string_view assignment);

/// The error of a limit that was hit: what, its value, the flag that raises it.
Error limit_hit(const Limits& limits, std::uint64_t Limits::*field, std::string_view what);

}  // namespace imgslim
