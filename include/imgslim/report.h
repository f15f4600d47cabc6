#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "imgslim/finding.h"
#include "imgslim/memory.h"
#include "imgslim/note.h"
#include "imgslim/runtime.h"
#include "imgslim/suggestion.h"
#include "imgslim/verdict.h"

/// The report `imgslim.report/1` as plain values: member names are the names in the JSON (docs/report.schema.json).
///
/// Byte counts are named by their domain: `compressed` is what a pull moves, `stored` the uncompressed tar,
/// `payload` the file contents in the tar, `visible` the merged filesystem with each inode once, `wasted` what is
/// stored and no longer visible. Layers are counted from 0 here and in the JSON, from 1 on the terminal. A
/// std::optional member is null in the JSON when empty; an optional section is left out. Text may hold any bytes: it
/// comes from images.
namespace imgslim {

/// The program that made the report.
struct ReportTool {
  std::string name = "imgslim";
  std::string version;
  friend bool operator==(const ReportTool&, const ReportTool&) = default;
};

/// Which image, and what its config says of running it. Digests are "sha256:…" or "" when the input states none.
struct ReportImage {
  std::string reference;  ///< "api:pr-42", "" when unnamed
  std::string source;     ///< docker-archive | oci-archive | oci-layout | dir | rootfs
  std::string manifest_digest, config_digest;
  std::string platform;  ///< "linux/arm64/v8"
  std::vector<std::string> entrypoint, cmd, env;
  std::string user, working_dir;
  std::map<std::string, std::string> labels;
  friend bool operator==(const ReportImage&, const ReportImage&) = default;
};

/// The sums that everything else is a part of: payload_bytes = visible_bytes + wasted_bytes.
struct ReportTotals {
  std::uint64_t layers = 0;
  std::uint64_t entries = 0;                               ///< tar entries of all layers
  std::uint64_t directories = 0;                           ///< in the merged filesystem
  std::uint64_t files = 0;                                 ///< visible names that are no directories
  std::optional<std::uint64_t> compressed_bytes;           ///< Σ blobs as stored; empty for an uncompressed archive
  std::optional<std::uint64_t> compressed_bytes_estimate;  ///< set when compressed_bytes is not
  std::uint64_t stored_bytes = 0;                          ///< Σ uncompressed tar bytes
  std::uint64_t payload_bytes = 0;                         ///< S: Σ file contents in the layers
  std::uint64_t tar_overhead_bytes = 0;                    ///< stored_bytes − payload_bytes: headers, padding
  std::uint64_t visible_bytes = 0;                         ///< F: contents of the merged filesystem, each inode once
  std::uint64_t visible_compressed_bytes = 0;              ///< the part of the compressed bytes that visible files cost
  std::uint64_t disk_bytes = 0;         ///< visible tree in 4 KiB blocks, hard links once: an estimate
  std::uint64_t wasted_bytes = 0;       ///< W = S − F
  std::uint64_t duplicate_bytes = 0;    ///< D: Σ wasted_bytes of duplicates; not part of W
  std::uint64_t attestation_bytes = 0;  ///< attestation blobs beside the image; no pull moves them
  double efficiency = 1;                ///< F / S, 1 when S = 0; see rounded_ratio
  friend bool operator==(const ReportTotals&, const ReportTotals&) = default;
};

/// `part / whole` in [0, 1] with 6 decimals, as every ratio of a report must be; nothing when whole is 0.
[[nodiscard]] std::optional<double> rounded_ratio(std::uint64_t part, std::uint64_t whole);

/// The waste split at the base image: reclaimable by this Dockerfile, hidden (bytes of the base that a later layer
/// removed, which saves nothing), and the base's own.
struct BaseWaste {
  std::uint64_t mine = 0, hidden_base = 0, base = 0;
  friend bool operator==(const BaseWaste&, const BaseWaste&) = default;
};

/// Where the base image ends, and how that is known.
struct ReportBase {
  std::uint32_t layers = 0;         ///< the lowest `layers` layers are the base
  std::string signal = "none";      ///< base-image | flag | provenance | dockerfile | history | history-gap | none
  std::optional<std::string> name;  ///< "debian:12-slim"
  BaseWaste wasted_bytes;           ///< sums to totals.wasted_bytes
  std::uint64_t user_bytes = 0;     ///< payload of the layers above the base
  std::optional<double> wasted_user_ratio;  ///< wasted_bytes.mine / user_bytes; empty when user_bytes = 0
  friend bool operator==(const ReportBase&, const ReportBase&) = default;
};

/// The step that made a layer. Lines are 1-based and inclusive; file and lines are empty when only history is known.
struct ReportInstruction {
  std::string text;             ///< "RUN make", maybe on several lines, without what builders add; "" when unknown
  std::string kind;             ///< "RUN", "COPY", …; "" when unknown
  std::string source = "none";  ///< provenance | dockerfile | history | none
  std::optional<std::string> file;
  std::optional<std::uint32_t> start_line, end_line;
  std::optional<bool> matched;  ///< with --dockerfile: whether the history agrees with the Dockerfile here
  friend bool operator==(const ReportInstruction&, const ReportInstruction&) = default;
};

struct ReportLayer {
  std::uint32_t index = 0;  ///< 0 = lowest
  std::string digest, diff_id, media_type;
  std::string compression;                        ///< "gzip", "zstd", "none", as the bytes show, not the media type
  std::optional<std::uint64_t> compressed_bytes;  ///< empty when the archive holds the layer uncompressed
  std::uint64_t stored_bytes = 0, payload_bytes = 0, visible_bytes = 0;
  std::uint64_t wasted_bytes = 0;        ///< dead bytes that this layer stores: payload_bytes − visible_bytes
  std::uint64_t caused_waste_bytes = 0;  ///< dead bytes, of any layer, that this layer killed or stored again
  std::uint64_t entries = 0;
  bool empty = false;                         ///< no entries at all
  std::optional<std::uint64_t> mapped_bytes;  ///< visible bytes of its files that the command maps; see ReportRuntime
  std::optional<std::uint64_t> startup_rss_bytes;         ///< resident bytes of its files at start; see MemoryStartup
  std::optional<bool> digest_verified, diff_id_verified;  ///< empty when there was nothing to compare with
  std::optional<std::string> created;                     ///< as the image's history states it
  ReportInstruction instruction;
  friend bool operator==(const ReportLayer&, const ReportLayer&) = default;
};

/// A build step in order, also those that made no layer.
struct ReportStep {
  ReportInstruction instruction;
  std::optional<std::uint32_t> layer;
  friend bool operator==(const ReportStep&, const ReportStep&) = default;
};

/// How layers were given their instructions.
struct HistoryMatch {
  std::string source = "none";  ///< provenance | dockerfile | history | none
  double matched_ratio = 0;     ///< share of the layers whose instruction agrees with that source, 6 decimals
  friend bool operator==(const HistoryMatch&, const HistoryMatch&) = default;
};

/// One dead entry: `origin_layer` stores the bytes, `cause_layer` killed them or stored them again.
struct ReportWaste {
  std::string path;  ///< without leading "/"
  std::uint64_t bytes = 0;
  /// deleted | deleted_by_opaque | overwritten | metadata_only | identical | type_replaced | shadowed_in_layer |
  /// package_database
  std::string fate;
  std::uint32_t origin_layer = 0, cause_layer = 0;
  std::vector<std::string> attributes;  ///< for metadata_only: which differ (mode, uid, gid, mtime, xattr)
  friend bool operator==(const ReportWaste&, const ReportWaste&) = default;
};

/// A row of the package dimension. Σ visible_bytes over rows = totals.visible_bytes, Σ compressed_bytes =
/// totals.visible_compressed_bytes; what no package owns is a row with manager "" and a bracketed name
/// ("[unattributed]").
struct ReportPackage {
  std::string manager, name, version, architecture;
  std::optional<std::uint32_t> layer;  ///< the one that holds most of its bytes; empty for bracketed rows
  std::uint64_t visible_bytes = 0, compressed_bytes = 0, stored_bytes = 0;
  std::uint64_t declared_bytes = 0;  ///< the package database's own installed size, 0 when it states none
  std::uint64_t database_bytes =
      0;  ///< the manager's records of it; no part of visible_bytes, they have a row "[package databases]"
  std::uint64_t files = 0;
  /// loaded: a main or service process maps an object of it; reachable: less sure, or only read; unreached: neither;
  /// untraced: neither, nor in a trace, while something may be open to the program that no rule knows; unknown: the
  /// same without a trace. Empty for bracketed rows.
  std::optional<std::string> runtime;
  friend bool operator==(const ReportPackage&, const ReportPackage&) = default;
};

/// A directory of a cut of the tree. The totals count all that is below; the `own_` values leave out the directories
/// that have a row themselves, so that Σ own_visible_bytes = totals.visible_bytes. The root is the row "".
struct ReportPath {
  std::string path;
  std::uint64_t visible_bytes = 0, compressed_bytes = 0, files = 0;
  std::uint64_t own_visible_bytes = 0, own_compressed_bytes = 0;
  friend bool operator==(const ReportPath&, const ReportPath&) = default;
};

/// A row of the content-class dimension: Σ visible_bytes = totals.visible_bytes, Σ wasted_bytes = totals.wasted_bytes.
struct ReportClass {
  std::string name;  ///< "shared objects", …, or a bracketed fallback
  std::uint64_t visible_bytes = 0, compressed_bytes = 0, wasted_bytes = 0, files = 0;
  friend bool operator==(const ReportClass&, const ReportClass&) = default;
};

/// Equal contents at several live inodes.
struct ReportDuplicate {
  std::uint64_t bytes_each = 0;
  std::uint64_t count = 0;         ///< inodes
  std::uint64_t wasted_bytes = 0;  ///< (count − 1) · bytes_each
  std::vector<std::string> paths;  ///< one name of each inode, by bytes
  friend bool operator==(const ReportDuplicate&, const ReportDuplicate&) = default;
};

/// What a node pulls, unpacks and reads to start a container, given what it has (--have, --bandwidth).
struct ReportColdStart {
  std::vector<std::string> have;  ///< names of images, digests of layers
  std::uint64_t layers_present = 0;
  std::uint64_t pull_bytes = 0;      ///< compressed, of the layers that are not there
  bool pull_is_estimate = false;     ///< a layer of an uncompressed archive is among them
  std::uint64_t unpacked_bytes = 0;  ///< payload of those layers
  /// Page cache that a first start brings in, read-ahead too: an estimate of the memory model. Empty when no program is
  /// known.
  std::optional<std::uint64_t> touched_bytes;
  std::optional<std::uint64_t> bytes_per_second, pull_ms;  ///< with --bandwidth
  friend bool operator==(const ReportColdStart&, const ReportColdStart&) = default;
};

/// Everything that is known of one image, in the order of the JSON. `waste`, `packages`, `classes` and `duplicates` are
/// sorted by size, then name; `paths` by path.
struct Report {
  bool complete = true;  ///< false when a limit, a fault or a missing blob left something out; notes say what
  ReportTool tool;
  ReportImage image;
  ReportTotals totals;
  ReportBase base;
  std::vector<ReportLayer> layers;  ///< lowest first
  std::optional<std::vector<ReportStep>> instructions;
  std::optional<HistoryMatch> history_match;
  std::map<std::string, std::uint64_t> wasted_by_fate;  ///< sums to totals.wasted_bytes
  std::vector<ReportWaste> waste;
  std::vector<ReportPackage> packages;
  std::vector<ReportPath> paths;
  std::vector<ReportClass> classes;
  std::vector<ReportDuplicate> duplicates;
  std::optional<ReportRuntime> runtime;
  std::optional<ReportMemory> memory;                  ///< empty when no program is known
  std::optional<ReportColdStart> cold_start;           ///< when it was asked for
  std::optional<std::vector<ReportFinding>> findings;  ///< by rule, then path
  std::optional<ReportSuggestions> suggestions;
  std::optional<Verdict> verdict;  ///< of `imgslim check`
  std::vector<Note> notes;
  std::map<std::string, std::uint64_t> omitted;  ///< section -> rows that were cut from it
  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace imgslim
