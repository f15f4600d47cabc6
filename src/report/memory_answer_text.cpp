// What `imgslim memory` prints: the whole table, by object, layer and package, and what tools will show.
#include <algorithm>

#include "imgslim/render.h"
#include "report/escape.h"
#include "report/json_writer.h"
#include "report/memory_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim {
namespace report {
namespace {

constexpr std::size_t objects_in_a_screenful = 12;
constexpr std::size_t packages_in_a_screenful = 8;
constexpr std::size_t indent = 2;

void write_processes(Page& page, const MemoryStartup& startup) {
  if (startup.processes.size() < 2) return;
  Table table({{.align = Align::right}, {.align = Align::right}, {.fit = Fit::cut}, {}});
  table.heading({"RSS", "OWN", "PROCESS", "RUNTIME"});
  for (const auto& process : startup.processes)
    table.row({{page.size(process.rss_bytes.estimate)},
               {page.size(process.anonymous_bytes + process.file_private_bytes)},
               {shown_path(process.program), Style::normal, Cut::middle},
               {cut_end(escape_terminal(process.runtime), 20, page.ellipsis())}});
  page.blank();
  table.print(page);
}

void write_layers_and_packages(Page& page, const MemoryStartup& startup) {
  Table layers({{.align = Align::right}, {.align = Align::right}, {.align = Align::right}});
  layers.heading({"RSS", "OWN", "LAYER"});
  for (const auto& row : startup.layers)
    layers.row({page.size(row.rss_bytes), page.size(row.private_bytes), std::to_string(std::uint64_t{row.layer} + 1)});
  page.blank();
  layers.print(page);
  Table packages({{.align = Align::right}, {.align = Align::right}, {.fit = Fit::cut}});
  packages.heading({"RSS", "OWN", "PACKAGE"});
  const auto shown = std::min(page.rows(packages_in_a_screenful), startup.packages.size());
  for (std::size_t i = 0; i < shown; ++i)
    packages.row({page.size(startup.packages[i].rss_bytes), page.size(startup.packages[i].private_bytes),
                  escape_terminal(startup.packages[i].name)});
  page.blank();
  packages.print(page);
  if (shown < startup.packages.size())
    page.line({{"  " + counted(startup.packages.size() - shown, "other package"), Style::dim}});
}

void write_tools(Page& page, const std::vector<MemoryView>& views) {
  Table table({{.fit = Fit::cut}, {.align = Align::right}, {.align = Align::right}});
  table.heading({"WHAT YOUR TOOLS WILL SHOW", "FIRST REPLICA", "NEXT REPLICA"});
  for (const auto& view : views)
    table.row({escape_terminal(view.tool), "~" + page.size(view.first_replica), "~" + page.size(view.next_replica)});
  page.blank();
  table.print(page);
}

void write_parts(Page& page, const MemoryStartup& startup) {
  for (const auto& object : startup.objects) {
    page.blank();
    page.line({{"  " + shown_path(object.path), Style::heading}});
    Table table({{},
                 {.align = Align::right},
                 {.align = Align::right},
                 {.align = Align::right},
                 {.align = Align::right},
                 {.align = Align::right}});
    table.heading({"PART", "MAPPED", "FLOOR", "RSS", "OWN", "WRITTEN BY LOADER"});
    for (const auto& part : object.parts)
      table.row({escape_terminal(part.part), page.size(part.mapped_bytes), page.size(part.floor_bytes),
                 page.size(part.rss_bytes), page.size(part.private_bytes), page.size(part.dirty_bytes)});
    table.print(page);
  }
}

void write_limit(Page& page, const MemoryLimitCheck& check) {
  const Style style = check.verdict == "starts" ? Style::normal : Style::warning;
  const std::string verdict = check.verdict == "starts"          ? "the container starts"
                              : check.verdict == "may_not_start" ? "the container may not start"
                                                                 : "the container does not start";
  page.blank();
  page.line(
      {{"  LIMIT  ", Style::heading},
       {page.size(check.limit_bytes) + ": " + verdict, style},
       {check.headroom_bytes > 0 ? ", " + page.size(check.headroom_bytes) + " above the least that it needs" : ""}});
  for (const auto& heap : check.heaps)
    page.paragraph({"         heap  ", heap.over_limit ? Style::warning : Style::normal},
                   shown_path(heap.program) + " lets its heap grow to " + page.size(heap.heap_bytes) + " (" +
                       escape_terminal(heap.reason) +
                       (heap.collector.empty() ? "" : ", " + escape_terminal(heap.collector)) + ")" +
                       (heap.over_limit ? ": more than the limit has" : ""));
}

std::string write_memory_page(const MemoryAnswer& answer, WithParts with_parts, const RenderOptions& options) {
  Page page(options);
  page.line({{answer.image.empty() ? "unnamed image" : escape_terminal(answer.image), Style::heading}});
  page.blank();
  if (!answer.memory) {
    page.line("  no program of the image is known: say what it runs with --cmd 'PROGRAM ARGUMENTS'");
    return std::move(page).take();
  }
  const auto& memory = *answer.memory;
  page.line("  " + range_text(page, memory.startup.rss_bytes) + " RSS at start");
  write_memory_summary(page, memory.startup, indent);
  if (memory.limit) write_limit(page, *memory.limit);
  write_processes(page, memory.startup);
  page.blank();
  const auto objects = with_parts == WithParts::yes ? memory.startup.objects.size() : page.rows(objects_in_a_screenful);
  write_memory_objects(page, memory.startup, objects);
  write_layers_and_packages(page, memory.startup);
  write_tools(page, memory.tools);
  if (with_parts == WithParts::yes) write_parts(page, memory.startup);
  page.blank();
  page.paragraph({"  model    ", Style::dim}, escape_terminal(memory.startup.model));
  for (const auto& text : memory.startup.assumptions)
    page.paragraph({"  assumes  ", Style::dim}, escape_terminal(text));
  return std::move(page).take();
}

}  // namespace
}  // namespace report

std::string render_memory(const MemoryAnswer& answer, Format format, WithParts with_parts,
                          const RenderOptions& options) {
  return format == Format::json ? report::write_memory_json(answer)
                                : report::write_memory_page(answer, with_parts, options);
}

}  // namespace imgslim
