#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "imgslim/diff.h"
#include "imgslim/libraries.h"
#include "imgslim/measure.h"
#include "imgslim/memory.h"
#include "imgslim/report.h"
#include "imgslim/result.h"
#include "imgslim/tree_view.h"
#include "imgslim/units.h"
#include "imgslim/why.h"

namespace imgslim {

/// What a report can be written as: the terminal page, `imgslim.report/1`, an ncdu export, folded stacks.
enum class Format { text, json, ncdu, folded };

/// "text", "json", "ncdu" or "folded".
Result<Format> parse_format(std::string_view name);

/// How text is laid out; only `top` concerns the other formats. Nothing here changes a number.
struct RenderOptions {
  Units units = Units::si;
  int columns = 80;                      ///< at least 60 is used; bars and names take what is left
  bool color = false;                    ///< SGR sequences; the caller knows whether there is a terminal
  bool plain = false;                    ///< no bars, for screen readers
  bool unicode = true;                   ///< block characters and "…"; else ASCII
  std::size_t top = 0;                   ///< rows per list; 0 = a screenful in text, all elsewhere
  std::string image_argument = "IMAGE";  ///< how the user named the image, for the next-step line
};

/// Renders a report; the same report and options give the same bytes. Text is safe to print on a terminal whatever the
/// image holds. ncdu and folded show the directories of `paths`; render_ncdu and render_folded show every file.
[[nodiscard]] std::string render(const Report& report, Format format, const RenderOptions& options);

/// Reads what render wrote as JSON, of any version 1. The report may be hostile. Unknown members are ignored; a missing
/// or mistyped required one is ErrorKind::input with its place ("layers[2].entries").
Result<Report> parse_report(std::string_view text);

/// An export for `ncdu -f` (format 1.2, dev.yorhel.nl/ncdu/jsonfmt) with every file.
[[nodiscard]] std::string render_ncdu(const Report& report, const TreeView& tree);

/// Folded stacks `layer;package;dir;…;file bytes` for flame graphs; Σ bytes = totals.visible_bytes.
[[nodiscard]] std::string render_folded(const Report& report, const TreeView& tree);

/// One JSON object a line for each name, in the tree's order: path, kind, bytes, mode, uid, gid, link, layer.
[[nodiscard]] std::string render_tree(const TreeView& tree);

/// Renders the closure as a table or JSON; the other formats are for reports only and fall back to text.
[[nodiscard]] std::string render_libraries(const LibrariesAnswer& answer, Format format, const RenderOptions& options);

/// The absolute path of each object, one a line, sorted by bytes. A name that a terminal cannot show has its bytes as
/// \xNN; the JSON is exact.
[[nodiscard]] std::string render_library_list(const LibrariesAnswer& answer);

/// The objects, each below what led to it, with its reason; paths are never cut.
[[nodiscard]] std::string render_library_tree(const LibrariesAnswer& answer, const RenderOptions& options);

/// COPY instructions that bring what runs from a build stage into another one, by package. What a Dockerfile cannot
/// name, or the closure does not know, stands in comments.
[[nodiscard]] std::string render_copy_instructions(const LibrariesAnswer& answer, const std::string& stage,
                                                   const RenderOptions& options);

/// Renders what `imgslim measure` found, as text or JSON; the other formats fall back to text.
[[nodiscard]] std::string render_measure(const MeasureAnswer& answer, Format format, const RenderOptions& options);

enum class WithParts { no, yes };  ///< whether each part of each object has a row

/// Renders what `imgslim memory` tells, as text or JSON; the other formats fall back to text.
[[nodiscard]] std::string render_memory(const MemoryAnswer& answer, Format format, WithParts with_parts,
                                        const RenderOptions& options);

/// Renders a comparison as text or `imgslim.diff/1`; the other formats fall back to text.
[[nodiscard]] std::string render_comparison(const Comparison& comparison, Format format, const RenderOptions& options);

/// Renders an answer as text or JSON; the other formats are for reports only and fall back to text.
[[nodiscard]] std::string render_why(const WhyAnswer& answer, Format format, const RenderOptions& options);

}  // namespace imgslim
