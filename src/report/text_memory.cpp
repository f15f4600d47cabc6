// The block about memory: what a container holds when it has started, split as it is paid for.
#include <algorithm>
#include <numeric>

#include "core/path.h"
#include "report/escape.h"
#include "report/memory_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t objects_in_a_screenful = 5;

std::string layer_text(std::uint32_t layer) { return std::to_string(std::uint64_t{layer} + 1); }

/// "python 3.11", "native"; several are joined.
std::string runtimes(const MemoryStartup& startup) {
  std::vector<std::string> names;
  for (const auto& process : startup.processes) {
    const auto name = escape_terminal(process.runtime);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return std::accumulate(names.begin(), names.end(), std::string(), [](std::string text, const std::string& name) {
    return text.append(text.empty() ? "" : ", ").append(name);
  });
}

}  // namespace

std::string workers_text(const MemoryStartup& startup) {
  std::string pools;
  for (const auto& process : startup.processes) {
    if (process.workers == 0) continue;
    pools.append(pools.empty() ? "" : ", ").append(counted(process.workers, "worker"));
    pools.append(" of ").append(process.worker_pool);
  }
  return pools.empty() ? std::string() : " (" + pools + " included)";
}

std::string range_text(const Page& page, const MemoryRange& range) {
  if (!range.high) return "at least " + page.size(range.low);
  return "~" + page.size(range.estimate) + " (" + page.size(range.low) + " to " + page.size(*range.high) + ")";
}

void write_memory_summary(Page& page, const MemoryStartup& startup, std::size_t indent) {
  const auto own = startup.anonymous_bytes + startup.file_private_bytes;
  const auto line = [&](const char* name, const std::string& text) {
    page.paragraph({std::string(indent, ' ') + pad_after(name, 9)}, text);
  };
  line("own", "~" + page.size(own) + " for each container: heap " + page.size(startup.anonymous_bytes) +
                  workers_text(startup) + ", copied pages of files " + page.size(startup.file_private_bytes));
  line("shared", "~" + page.size(startup.file_shareable_bytes) + " once for each node and layer");
  line("certain", page.size(startup.certain_bytes) + " are resident by the loader's work alone");
  const auto& floor = startup.floor_bytes;
  line("limit", floor.high ? "starts with " + page.size(floor.low) + " to " + page.size(*floor.high) + " or more"
                           : "needs more than " + page.size(floor.low));
}

void write_memory_objects(Page& page, const MemoryStartup& startup, std::size_t limit) {
  Table table({{.align = Align::right}, {.align = Align::right}, {.fit = Fit::cut}, {}, {.align = Align::right}});
  table.heading({"RSS", "OWN", "OBJECT", "PACKAGE", "LAYER"});
  const auto shown = std::min(limit, startup.objects.size());
  std::uint64_t rest = startup.rss_bytes.estimate - startup.heap_bytes, rest_own = 0;
  for (std::size_t i = 0; i < startup.objects.size(); ++i) {
    const auto& object = startup.objects[i];
    if (i >= shown) {
      rest_own += object.private_bytes;
      continue;
    }
    rest -= std::min(rest, object.rss_bytes.estimate);
    table.row({{page.size(object.rss_bytes.estimate)},
               {page.size(object.private_bytes)},
               {escape_terminal(base_name(object.path)), Style::normal, Cut::middle},
               {cut_end(escape_terminal(object.package.value_or("")), 20, page.ellipsis())},
               {layer_text(object.layer)}});
  }
  if (shown < startup.objects.size())
    table.row({page.size(rest), page.size(rest_own), counted(startup.objects.size() - shown, "other object"), "", ""},
              Style::dim);
  std::uint64_t heap_own = startup.anonymous_bytes + startup.file_private_bytes;
  for (const auto& object : startup.objects) heap_own -= std::min(heap_own, object.private_bytes);
  table.row({page.size(startup.heap_bytes), page.size(heap_own), "heap, stacks and mapped data", "", ""}, Style::dim);
  table.print(page);
}

void write_memory(Page& page, const Report& report) {
  if (!report.memory) return;
  const auto& memory = *report.memory;
  const auto& startup = memory.startup;
  page.blank();
  page.line(
      {{"  MEMORY  ", Style::heading},
       {range_text(page, startup.rss_bytes) + " RSS at start, " + cut_end(runtimes(startup), 24, page.ellipsis())}});
  constexpr std::size_t indent = 10;
  write_memory_summary(page, startup, indent);
  for (const auto& loss : memory.sharing.layers)
    page.paragraph({std::string(indent, ' ') + "lost     ", Style::warning},
                   page.size(loss.lost_bytes) + " that are not shared with other images: layer " +
                       layer_text(loss.layer) + " stores " + counted(loss.files, "mapped file") + " again (" +
                       escape_terminal(loss.instruction) + ")");
  write_memory_objects(page, startup, page.rows(objects_in_a_screenful));
}

}  // namespace imgslim::report
