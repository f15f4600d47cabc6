// The page of `imgslim diff`: the totals on both sides, then what each change is made of. Every block's rows sum to the
// change of one total; a block that is cut to a screenful ends with a row for the rest.
#include <algorithm>

#include "core/byte_format.h"
#include "imgslim/render.h"
#include "report/escape.h"
#include "report/instruction_text.h"
#include "report/json_writer.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t rows_in_a_screenful = 8;

struct ChangeRow {
  DiffNumber bytes;
  std::string kind;   ///< "added", "moved" …
  std::string label;  ///< escaped
  Cut cut = Cut::end;
};

std::string change_text(const Page& page, const DiffNumber& number) {
  return number.change() == 0 ? "0" : format_byte_change(number.change(), page.options().units);
}

/// "+19.7 %", "x 12" where a percentage says little; nothing against 0, of which everything is infinitely much.
std::string relative(const DiffNumber& number) {
  const bool grew = number.after >= number.before;
  if (number.before > 0 && number.after / number.before >= 10) return "x " + grouped(number.after / number.before);
  const auto share = percent(grew ? number.after - number.before : number.before - number.after, number.before);
  if (share.empty() || number.change() == 0) return {};
  return (grew ? "+" : "-") + share;
}

void add_total(Table& table, const Page& page, const char* name, const DiffNumber& number, const char* mark = "") {
  auto before = page.size(number.before), after = page.size(number.after);
  if (before == after && number.before != number.after) {
    before = grouped(number.before) + " B";
    after = grouped(number.after) + " B";
  }
  table.row({name, mark + before, mark + after, change_text(page, number), relative(number)});
}

void add_count(Table& table, const char* name, const DiffNumber& number) {
  const auto change = number.change();
  table.row({name, grouped(number.before), grouped(number.after),
             change > 0   ? "+" + grouped(static_cast<std::uint64_t>(change))
             : change < 0 ? "-" + grouped(number.before - number.after)
                          : "0",
             ""});
}

void write_totals(Page& page, const Comparison& comparison) {
  const auto& totals = comparison.totals;
  Table table({{}, {.align = Align::right}, {.align = Align::right}, {.align = Align::right}, {.align = Align::right}});
  table.heading({"", "BEFORE", "AFTER", "CHANGE", ""});
  add_total(table, page, "unpacked", totals.payload_bytes);
  if (totals.compressed_bytes)
    add_total(table, page, "pull", *totals.compressed_bytes, totals.compressed_estimated ? "~" : "");
  add_total(table, page, "visible", totals.visible_bytes);
  add_total(table, page, "wasted", totals.wasted_bytes);
  add_total(table, page, "duplicate", totals.duplicate_bytes);
  if (comparison.memory) {
    add_total(table, page, "RSS at start", comparison.memory->rss_bytes, "~");
    add_total(table, page, "not shared any more", comparison.memory->sharing_lost_bytes, "~");
  }
  add_count(table, "layers", totals.layers);
  add_count(table, "files", totals.files);
  page.blank();
  table.print(page);
}

/// One dimension, the largest changes first.
void add_block(Table& table, const Page& page, const char* heading, const std::vector<ChangeRow>& rows) {
  if (rows.empty()) return;
  table.blank();
  table.heading({heading, "CHANGE", "", ""});
  const auto limit = page.rows(rows_in_a_screenful);
  const auto shown = rows.size() <= limit + 1 ? rows.size() : limit;
  std::int64_t rest = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (i < shown)
      table.row({{""}, {change_text(page, row.bytes)}, {row.kind}, {row.label, Style::normal, row.cut}});
    else
      rest += row.bytes.change();
  }
  if (shown < rows.size())
    table.row({"", rest == 0 ? "0" : format_byte_change(rest, page.options().units), "",
               counted(rows.size() - shown, "other")},
              Style::dim);
}

std::string instruction_label(const ReportInstruction& instruction) {
  const auto text = placed_line(instruction, instruction.file.value_or(""));
  return text.empty() ? "unknown step" : text;
}

std::vector<ChangeRow> layer_rows(const std::vector<DiffLayer>& layers) {
  std::vector<ChangeRow> rows;
  for (const auto& layer : layers) {
    if (layer.change == "same") continue;
    const auto number = [](const auto& index) { return std::to_string(std::uint64_t{*index} + 1); };
    const auto place = layer.change == "moved" && layer.index_before && layer.index_after
                           ? number(layer.index_before) + "->" + number(layer.index_after)
                       : layer.index_after ? number(layer.index_after)
                                           : number(layer.index_before);
    rows.push_back(
        {layer.payload_bytes, escape_terminal(layer.change), place + "  " + instruction_label(layer.instruction)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const ChangeRow& a, const ChangeRow& b) {
    return std::abs(a.bytes.change()) > std::abs(b.bytes.change());
  });
  return rows;
}

std::vector<ChangeRow> instruction_rows(const std::vector<DiffInstruction>& instructions) {
  std::vector<ChangeRow> rows;
  for (const auto& row : instructions)
    rows.push_back({row.payload_bytes, row.change == "size" ? "" : escape_terminal(row.change),
                    instruction_label(row.instruction)});
  return rows;
}

std::vector<ChangeRow> package_rows(const std::vector<DiffPackage>& packages) {
  std::vector<ChangeRow> rows;
  for (const auto& row : packages) {
    auto label = (row.manager.empty() ? "" : row.manager + " ") + row.name;
    if (row.change == "version")
      label += " " + row.version_before + " -> " + row.version_after;
    else
      label += " " + (row.version_after.empty() ? row.version_before : row.version_after);
    rows.push_back(
        {row.visible_bytes, row.change == "size" ? "" : escape_terminal(row.change), escape_terminal(label)});
  }
  return rows;
}

std::vector<ChangeRow> path_rows(const std::vector<DiffPath>& paths) {
  std::vector<ChangeRow> rows;
  for (const auto& row : paths) {
    const bool is_rest = row.path.starts_with('[') && row.change == "size";
    auto label = is_rest ? escape_terminal(row.path) : shown_path(row.path);
    if (row.path_before) label.insert(0, shown_path(*row.path_before) + " -> ");
    rows.push_back({row.visible_bytes, row.change == "size" ? "" : escape_terminal(row.change), label, Cut::middle});
  }
  return rows;
}

template <typename Rows, typename Make>
std::vector<ChangeRow> rows_of(const Rows& rows, Make make) {
  std::vector<ChangeRow> out;
  for (const auto& row : rows) out.push_back(make(row));
  std::erase_if(out, [](const ChangeRow& row) { return row.bytes.change() == 0; });
  return out;
}

void write_blocks(Page& page, const Comparison& comparison) {
  Table table({{}, {.align = Align::right}, {}, {.fit = Fit::cut}});
  add_block(table, page, "LAYERS", layer_rows(comparison.layers));
  add_block(table, page, "INSTRUCTIONS", instruction_rows(comparison.instructions));
  add_block(table, page, "PACKAGES", package_rows(comparison.packages));
  add_block(table, page, "DIRECTORIES", path_rows(comparison.paths));
  add_block(table, page, "KINDS OF FILES", rows_of(comparison.classes, [](const DiffClass& row) {
              return ChangeRow{row.visible_bytes, "", escape_terminal(row.name)};
            }));
  add_block(table, page, "WASTE", rows_of(comparison.waste, [](const DiffWaste& row) {
              auto fate = escape_terminal(row.fate);
              std::replace(fate.begin(), fate.end(), '_', ' ');
              return ChangeRow{row.bytes, "", fate + "  " + placed_line(row.cause, "")};
            }));
  if (comparison.memory)
    add_block(
        table, page, "RSS AT START", rows_of(comparison.memory->objects, [](const DiffMemoryObject& row) {
          const bool is_path = !row.path.starts_with('[');
          return ChangeRow{row.rss_bytes, "", is_path ? shown_path(row.path) : escape_terminal(row.path), Cut::middle};
        }));
  table.print(page);
}

void write_findings(Page& page, const char* heading, const std::optional<std::vector<ReportFinding>>& findings) {
  if (!findings || findings->empty()) return;
  page.blank();
  page.line({{heading, Style::heading}});
  const auto limit = page.rows(rows_in_a_screenful);
  for (std::size_t i = 0; i < findings->size() && i < limit; ++i)
    page.paragraph({"    " + escape_terminal((*findings)[i].rule) + "  "}, escape_terminal((*findings)[i].message));
  if (findings->size() > limit) page.line({{"    " + counted(findings->size() - limit, "other"), Style::dim}});
}

std::string side_name(const DiffSide& side) {
  if (!side.reference.empty()) return escape_terminal(side.reference);
  return side.digest.empty() ? "unnamed image" : escape_terminal(side.digest.substr(0, 19));
}

std::string write_comparison_text(const Comparison& comparison, const RenderOptions& options) {
  Page page(options);
  const auto& base = comparison.base;
  const auto& head = comparison.head;
  const auto platform = base.platform == head.platform ? base.platform : base.platform + " -> " + head.platform;
  page.line({{side_name(base) + " -> " + side_name(head), Style::heading}, {"   " + escape_terminal(platform)}});
  for (const auto& note : comparison.notes)
    page.paragraph({"  " + escape_terminal(note.code) + "  ", Style::warning},
                   escape_terminal(note.where + ": " + note.text));
  write_totals(page, comparison);
  write_blocks(page, comparison);
  write_findings(page, "  NEW FINDINGS", comparison.findings_added);
  write_findings(page, "  FINDINGS GONE", comparison.findings_removed);
  const auto& change = comparison.totals.payload_bytes;
  page.blank();
  if (change.change() == 0)
    page.line("  unpacked size unchanged");
  else
    page.line({{std::string("  ") + (change.change() > 0 ? "GREW  " : "SHRANK  "), Style::heading},
               {"by " + page.size(change.change() > 0 ? change.after - change.before : change.before - change.after) +
                (relative(change).empty() ? "" : " (" + relative(change) + ")")}});
  return std::move(page).take();
}

}  // namespace
}  // namespace imgslim::report

namespace imgslim {

std::string render_comparison(const Comparison& comparison, Format format, const RenderOptions& options) {
  return format == Format::json ? report::write_comparison_json(comparison)
                                : report::write_comparison_text(comparison, options);
}

}  // namespace imgslim
