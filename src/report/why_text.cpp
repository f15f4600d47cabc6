#include <algorithm>

#include "report/escape.h"
#include "report/instruction_text.h"
#include "report/runtime_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/waste_groups.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t names_in_a_screenful = 6;
constexpr std::size_t events_in_a_screenful = 20;

std::string layer_number(std::uint32_t layer) { return std::to_string(std::uint64_t{layer} + 1); }

std::string event_words(const WhyEvent& event) {
  std::string attributes;
  for (const auto& attribute : event.attributes)
    attributes.append(attributes.empty() ? "" : ", ").append(escape_terminal(attribute));
  return fate_words(event.event) + (attributes.empty() ? "" : " (" + attributes + ")");
}

void write_history(Page& page, const WhyPath& path) {
  if (path.history.empty()) return;
  Table table({{}, {.align = Align::right}, {}, {.fit = Fit::cut}});
  table.heading({"LAYER", "SIZE", "EVENT", "INSTRUCTION"});
  const auto limit = page.rows(events_in_a_screenful);
  const std::size_t skipped = path.history.size() > limit ? path.history.size() - limit : 0;
  for (std::size_t i = skipped; i < path.history.size(); ++i) {
    const auto& event = path.history[i];
    table.row({layer_number(event.layer), page.size(event.bytes), cut_end(event_words(event), 30, page.ellipsis()),
               placed_line(event.instruction, "")});
  }
  page.blank();
  table.print(page);
  if (skipped > 0) page.line({{"  " + counted(skipped, "earlier event") + " not shown", Style::dim}});
}

void write_largest(Page& page, const std::vector<WhyFile>& largest) {
  if (largest.empty()) return;
  Table table({{.align = Align::right}, {.fit = Fit::cut}});
  table.heading({"SIZE", "LARGEST FILES"});
  const auto limit = std::min(largest.size(), page.rows(names_in_a_screenful));
  for (std::size_t i = 0; i < limit; ++i)
    table.row({{page.size(largest[i].visible_bytes)}, {shown_path(largest[i].path), Style::normal, Cut::middle}});
  page.blank();
  table.print(page);
}

void write_fact(Page& page, const char* name, const std::string& value) {
  constexpr std::size_t name_cells = 12;
  if (value.empty()) return;
  const auto shown = cut_middle(value, page.columns() - name_cells - 2, page.ellipsis());
  page.line({{"  " + pad_after(name, name_cells), Style::dim}, {shown}});
}

std::string runtime_words(const std::string& state) {
  if (state == "loaded") return "loaded by the command";
  if (state == "reachable") return "reachable, not surely used";
  if (state == "unreached") return "not reached by the command";
  if (state == "untraced") return "not in the trace, and not known to be loaded by the command";
  return "unknown: not everything that the command may load is known";
}

/// From the program to the file, each below what led to it.
void write_chain(Page& page, const std::vector<RuntimeFile>& chain) {
  if (chain.empty()) return;
  const auto verb = chain.back().via == "trace"     ? "IN USE"
                    : chain.back().use == "source"  ? "READ"
                    : chain.back().use == "program" ? "RUN"
                                                    : "MAPPED";
  page.blank();
  page.line({{std::string("  WHY IT IS ") + verb, Style::heading}});
  constexpr std::size_t deepest = 8;
  // The ends of a long chain tell most: what runs, and what asked for the file.
  const auto skipped = chain.size() > events_in_a_screenful ? chain.size() - events_in_a_screenful : 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::string indent(2 + 2 * std::min(i, deepest), ' ');
    if (i == deepest && skipped > 0) {
      page.line({{indent + counted(skipped, "link") + " not shown", Style::dim}});
      i += skipped;
    }
    page.line(indent + cut_middle(shown_path(chain[i].path), page.columns() - indent.size(), page.ellipsis()));
    page.line(
        {{indent + "  " + pad_after(escape_terminal(chain[i].confidence), 8) + "  " + reason(chain[i]), Style::dim}});
  }
}

void write_used(Page& page, const std::vector<RuntimeFile>& used) {
  if (used.empty()) return;
  Table table({{.align = Align::right}, {}, {}, {.fit = Fit::cut}});
  table.heading({"SIZE", "SURE", "WHY", "FILES IN USE"});
  const auto limit = std::min(used.size(), page.rows(names_in_a_screenful));
  for (std::size_t i = 0; i < limit; ++i)
    table.row({{page.size(used[i].visible_bytes)},
               {escape_terminal(used[i].confidence)},
               {cut_end(escape_terminal(used[i].via), 20, page.ellipsis())},
               {shown_path(used[i].path), Style::normal, Cut::middle}});
  page.blank();
  table.print(page);
  if (used.size() > limit) page.line({{"  " + counted(used.size() - limit, "other file") + " in use", Style::dim}});
}

void write_path(Page& page, const WhyPath& path) {
  page.line({{shown_path(path.path), Style::heading}});
  page.blank();
  auto state = escape_terminal(path.kind) + (path.visible ? ", visible" : ", not in the final image");
  if (path.kind == "directory" && path.visible) state.append(", ").append(counted(path.files, "file"));
  write_fact(page, "state", state);
  write_fact(page, "size", page.size(path.visible_bytes) + ", " + page.size(path.compressed_bytes) + " of a pull");
  if (path.wasted_bytes > 0)
    write_fact(page, "wasted", page.size(path.wasted_bytes) + " in layers that hold it unseen");
  if (path.package) write_fact(page, "package", escape_terminal(*path.package));
  if (path.content_class) write_fact(page, "kind", escape_terminal(*path.content_class));
  if (path.link_target) write_fact(page, "points to", escape_terminal(*path.link_target));
  const auto limit = std::min(path.hard_links.size(), page.rows(names_in_a_screenful));
  for (std::size_t i = 0; i < limit; ++i) write_fact(page, i == 0 ? "same inode" : "", shown_path(path.hard_links[i]));
  if (path.hard_links.size() > limit) write_fact(page, "", counted(path.hard_links.size() - limit, "other name"));
  const bool is_traced = !path.chain.empty() && path.chain.back().via == "trace";
  if (path.runtime) write_fact(page, "at run time", is_traced ? "opened in the trace" : runtime_words(*path.runtime));
  write_chain(page, path.chain);
  write_history(page, path);
  write_largest(page, path.largest);
}

void write_package(Page& page, const WhyPackage& package) {
  const ReportPackage named{.manager = package.manager, .name = package.name, .version = package.version};
  page.line({{package_label(named), Style::heading}});
  page.blank();
  write_fact(page, "arch", escape_terminal(package.architecture));
  write_fact(page, "size",
             page.size(package.visible_bytes) + " in " + counted(package.files, "file") + ", " +
                 page.size(package.compressed_bytes) + " of a pull");
  if (package.declared_bytes > 0) write_fact(page, "declared", page.size(package.declared_bytes) + " by its database");
  if (package.database_bytes > 0) write_fact(page, "records", page.size(package.database_bytes) + " in its database");
  if (package.layer) {
    const auto instruction = placed_line(package.instruction, "");
    write_fact(page, "layer", layer_number(*package.layer) + (instruction.empty() ? "" : "  " + instruction));
  }
  if (package.runtime) write_fact(page, "at run time", runtime_words(*package.runtime));
  write_used(page, package.used);
  write_largest(page, package.largest);
}

void write_nothing_found(Page& page, const WhyAnswer& answer) {
  page.line("nothing in the image is called \"" + escape_terminal(answer.query) + "\"");
  for (const auto& name : answer.nearest)
    page.line("  like it: " + cut_middle(escape_terminal(name), page.columns() - 11, page.ellipsis()));
}

}  // namespace

std::string write_why_text(const WhyAnswer& answer, const RenderOptions& options) {
  Page page(options);
  bool first = true;
  const auto separate = [&] {
    if (!first) page.blank();
    first = false;
  };
  for (const auto& path : answer.paths) {
    separate();
    write_path(page, path);
  }
  for (const auto& package : answer.packages) {
    separate();
    write_package(page, package);
  }
  if (first) write_nothing_found(page, answer);
  return std::move(page).take();
}

}  // namespace imgslim::report
