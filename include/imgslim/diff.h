#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgslim/finding.h"
#include "imgslim/note.h"
#include "imgslim/report.h"
#include "imgslim/result.h"

/// What changed from one image to another, and why: `imgslim.diff/1` as plain values.
///
/// Each dimension explains the change of one total: the changes of its rows sum to the change of that total, exactly.
/// What rows of a report that was cut cannot tell stands in a row named "[rest]". Rows without any change are left out,
/// except layers. Rows are sorted by the size of their change, then by name; layers from the lowest up.
namespace imgslim {

/// A number on both sides.
struct DiffNumber {
  std::uint64_t before = 0, after = 0;
  [[nodiscard]] std::int64_t change() const { return static_cast<std::int64_t>(after - before); }
  friend bool operator==(const DiffNumber&, const DiffNumber&) = default;
};

/// One of the two images.
struct DiffSide {
  std::string reference, source, platform;  ///< as in ReportImage
  std::string digest;                       ///< of the manifest, else of the config, else ""
  bool complete = true;
  std::string tool_version;
  friend bool operator==(const DiffSide&, const DiffSide&) = default;
};

/// The totals of ReportTotals that a change is told in.
struct DiffTotals {
  DiffNumber payload_bytes;                    ///< unpacked
  std::optional<DiffNumber> compressed_bytes;  ///< pull; empty when one side does not know it
  bool compressed_estimated = false;           ///< of at least one side
  DiffNumber visible_bytes, wasted_bytes, duplicate_bytes, stored_bytes;
  DiffNumber layers, files;
  friend bool operator==(const DiffTotals&, const DiffTotals&) = default;
};

/// A layer, or a pair of layers that take the same place. Σ payload_bytes explains totals.payload_bytes.
struct DiffLayer {
  /// same: the same diff_id in the same order; moved: the same diff_id elsewhere; changed: another content of the same
  /// instruction, or of one that was edited; added; removed.
  std::string change;
  std::optional<std::uint32_t> index_before, index_after;
  std::string diff_id;                     ///< after; before when it was removed
  ReportInstruction instruction;           ///< after; before when it was removed
  std::optional<std::string> text_before;  ///< the instruction before, when it was edited
  DiffNumber payload_bytes;
  std::optional<DiffNumber> compressed_bytes;
  DiffNumber wasted_bytes;        ///< dead bytes that it stores
  DiffNumber caused_waste_bytes;  ///< dead bytes, of any layer, that it killed or stored again
  friend bool operator==(const DiffLayer&, const DiffLayer&) = default;
};

/// All layers of one instruction's text. Σ payload_bytes explains totals.payload_bytes.
struct DiffInstruction {
  std::string change;             ///< added | removed | edited | size
  ReportInstruction instruction;  ///< after; before when it was removed
  std::optional<std::string> text_before;
  DiffNumber payload_bytes;
  friend bool operator==(const DiffInstruction&, const DiffInstruction&) = default;
};

/// All versions of one package. Σ visible_bytes explains totals.visible_bytes.
struct DiffPackage {
  std::string change;  ///< added | removed | version | size
  std::string manager, name, architecture;
  std::string version_before, version_after;               ///< several are joined by ", "
  std::optional<std::uint32_t> layer_before, layer_after;  ///< the one that holds most of it
  DiffNumber visible_bytes, compressed_bytes, files;
  friend bool operator==(const DiffPackage&, const DiffPackage&) = default;
};

/// A directory. One that is on both sides counts what no row below it counts; one that was added, removed or renamed
/// counts all that is below it. A directory of less than a thousandth of its image has no row of its own: its bytes are
/// in its parent's. Σ visible_bytes explains totals.visible_bytes.
struct DiffPath {
  std::string change;                      ///< added | removed | renamed | size
  std::string path;                        ///< after; before when it was removed
  std::optional<std::string> path_before;  ///< when it was renamed
  DiffNumber visible_bytes;
  friend bool operator==(const DiffPath&, const DiffPath&) = default;
};

/// A kind of files. Σ visible_bytes explains totals.visible_bytes, Σ wasted_bytes totals.wasted_bytes.
struct DiffClass {
  std::string name;
  DiffNumber visible_bytes, wasted_bytes;
  friend bool operator==(const DiffClass&, const DiffClass&) = default;
};

/// Waste of one fate caused by one instruction. Σ bytes explains totals.wasted_bytes.
struct DiffWaste {
  std::string fate;
  ReportInstruction cause;  ///< after; before when there is none after
  DiffNumber bytes;
  friend bool operator==(const DiffWaste&, const DiffWaste&) = default;
};

/// A mapped file. Σ rss_bytes explains DiffMemory::rss_bytes; heap, stacks and mapped data have the row "[heap]".
struct DiffMemoryObject {
  std::string path;
  DiffNumber rss_bytes;
  friend bool operator==(const DiffMemoryObject&, const DiffMemoryObject&) = default;
};

/// The estimate of memory at start.
struct DiffMemory {
  DiffNumber rss_bytes;
  DiffNumber anonymous_bytes, file_shareable_bytes, file_private_bytes;
  DiffNumber sharing_lost_bytes;  ///< of file_shareable_bytes, that no other image shares any more
  std::vector<DiffMemoryObject> objects;
  friend bool operator==(const DiffMemory&, const DiffMemory&) = default;
};

struct Comparison {
  DiffSide base, head;
  DiffTotals totals;
  std::vector<DiffLayer> layers;
  std::vector<DiffInstruction> instructions;
  std::vector<DiffPackage> packages;
  std::vector<DiffPath> paths;
  std::vector<DiffClass> classes;
  std::vector<DiffWaste> waste;
  std::optional<DiffMemory> memory;                            ///< when both sides know theirs
  std::optional<std::vector<ReportFinding>> findings_added;    ///< when both sides were looked at
  std::optional<std::vector<ReportFinding>> findings_removed;  ///< same
  /// What makes the comparison doubtful: platform-mismatch, incomplete, estimated, other-version.
  std::vector<Note> notes;
  friend bool operator==(const Comparison&, const Comparison&) = default;
};

/// Compares two reports; either may have been read from a file. A report that contradicts itself, its rows exceeding
/// their total, is ErrorKind::input.
Result<Comparison> compare(const Report& base, const Report& head);

}  // namespace imgslim
