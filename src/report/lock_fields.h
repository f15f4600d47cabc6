#pragma once

#include "imgslim/report.h"
#include "report/json_runtime_fields.h"

/// `imgslim.lock/1`: the part of a report that growth is judged by. See json_fields.h.
namespace imgslim::report {

struct LockTotals {
  std::uint64_t files = 0;
  std::uint64_t payload_bytes = 0, visible_bytes = 0, wasted_bytes = 0, stored_bytes = 0, duplicate_bytes = 0;
  std::optional<std::uint64_t> compressed_bytes, compressed_bytes_estimate;
  std::optional<std::uint64_t> rss_bytes, sharing_lost_bytes;
};

struct LockLayer {
  std::string diff_id, instruction, kind;
  std::uint64_t payload_bytes = 0;
  std::optional<std::uint64_t> compressed_bytes;
};

struct LockPackage {
  std::string manager, name, version, architecture;
  std::uint64_t visible_bytes = 0;
};

struct LockFile {
  std::string reference, platform, tool_version;
  LockTotals totals;
  std::vector<LockLayer> layers;      ///< lowest first
  std::vector<LockPackage> packages;  ///< by manager, name, version
};

template <typename V, Is<LockTotals> T>
void visit_fields(V& v, T& totals) {
  v("files", totals.files);
  v("payload_bytes", totals.payload_bytes);
  v("visible_bytes", totals.visible_bytes);
  v("wasted_bytes", totals.wasted_bytes);
  v("stored_bytes", totals.stored_bytes);
  v("duplicate_bytes", totals.duplicate_bytes);
  v("compressed_bytes", totals.compressed_bytes);
  v("compressed_bytes_estimate", totals.compressed_bytes_estimate);
  v("rss_bytes", totals.rss_bytes);
  v("sharing_lost_bytes", totals.sharing_lost_bytes);
}

template <typename V, Is<LockLayer> T>
void visit_fields(V& v, T& layer) {
  v("diff_id", layer.diff_id);
  v("payload_bytes", layer.payload_bytes);
  v("compressed_bytes", layer.compressed_bytes);
  v("kind", layer.kind);
  v("instruction", layer.instruction);
}

template <typename V, Is<LockPackage> T>
void visit_fields(V& v, T& package) {
  v("manager", package.manager);
  v("name", package.name);
  v("version", package.version);
  v("architecture", package.architecture);
  v("visible_bytes", package.visible_bytes);
}

template <typename V, Is<LockFile> T>
void visit_fields(V& v, T& lock) {
  v("reference", lock.reference);
  v("platform", lock.platform);
  v("tool_version", lock.tool_version);
  v("totals", lock.totals);
  v("layers", lock.layers);
  v("packages", lock.packages);
}

}  // namespace imgslim::report
