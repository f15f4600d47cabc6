// What the command of the HTML page's image loads, and what a container holds in memory when it has started.
#include <algorithm>

#include "report/html_sections.h"
#include "report/memory_text.h"
#include "report/page.h"
#include "report/runtime_text.h"

namespace imgslim::report {
namespace {

Html why(const RuntimeFile& object) {
  auto words = text(object.via);
  if (!object.requested.empty()) words += Html{" "} + code(object.requested);
  if (!object.needed_by.empty()) words += text(" of ") + code("/" + object.needed_by);
  return object.detail.empty() ? words : words + text(", " + object.detail);
}

Html problems(const ReportRuntime& runtime) {
  HtmlTable table({"Missing", "Needed by", "Looked for in"});
  for (const auto& missing : runtime.missing) {
    Html places;
    for (const auto& path : missing.tried) places += (places.markup.empty() ? Html{} : Html{"<br>"}) + code(path);
    table.row({code(missing.name), code("/" + missing.needed_by),
               folded(text(counted(missing.tried.size(), "place")), places)});
  }
  auto all = table.is_empty() ? Html{} : std::move(table).take();
  for (const auto& failure : runtime.failures)
    all += {"<p class=\"warn\">" + text(failure_sentence(failure)).markup + "</p>\n"};
  return all;
}

Html range(const HtmlLooks& looks, const MemoryRange& range) {
  if (!range.high) return text("at least ") + looks.size(range.low);
  return Html{"~"} + looks.size(range.estimate) + Html{" ("} + looks.size(range.low) + text(" to ") +
         looks.size(*range.high) + Html{")"};
}

Html tools(const ReportMemory& memory, const HtmlLooks& looks) {
  HtmlTable table({"What your tools will show", ">First replica", ">Next replica", "What it adds up"});
  for (const auto& view : memory.tools)
    table.row({text(view.tool), looks.size(view.first_replica), looks.size(view.next_replica), text(view.meaning)});
  return table.is_empty() ? Html{} : std::move(table).take();
}

Html objects(const MemoryStartup& startup, const HtmlLooks& looks) {
  HtmlTable table({">Resident", ">Own", "Object", "Package", ">Layer"});
  const auto shown = looks.rows(startup.objects.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& object = startup.objects[i];
    table.row({looks.size(object.rss_bytes.estimate), looks.size(object.private_bytes), code("/" + object.path),
               text(object.package.value_or("")), text(std::to_string(std::uint64_t{object.layer} + 1))});
  }
  table.row({looks.size(startup.heap_bytes), {}, text("heap, stacks and mapped data"), {}, {}});
  return std::move(table).take(startup.objects.size() - shown);
}

}  // namespace

Html html_libraries(const Report& report, const HtmlLooks& looks) {
  if (!report.runtime) return {};
  const auto& runtime = *report.runtime;
  if (runtime.no_command) return paragraph(text("Not known: the image names no command."));
  auto all = paragraph(
      text(grouped(runtime.loaded.shared_objects) + " of " + grouped(runtime.all.shared_objects) + " ELF files: ") +
      looks.size(runtime.loaded.bytes) + text(" of ") + looks.size(runtime.all.bytes) +
      text(". Reached by nothing: " + grouped(runtime.unreached.shared_objects) + ", ") +
      looks.size(runtime.unreached.bytes) + text(". Coverage: " + runtime.coverage + "."));
  all += problems(runtime);
  const auto used = used_objects(runtime);
  HtmlTable table({">Size", "Object", "Package", ">Layer", "How sure", "Why"});
  const auto shown = looks.rows(used.size());
  for (std::size_t i = 0; i < shown; ++i)
    table.row({looks.size(used[i]->visible_bytes), code("/" + used[i]->path), text(used[i]->package.value_or("")),
               text(std::to_string(std::uint64_t{used[i]->layer} + 1)), text(used[i]->confidence), why(*used[i])});
  return table.is_empty() ? all : all + std::move(table).take(used.size() - shown);
}

Html html_memory(const Report& report, const HtmlLooks& looks) {
  if (!report.memory) return {};
  const auto& startup = report.memory->startup;
  HtmlTable sums({"", ">Bytes", ""});
  sums.row({text("resident"), range(looks, startup.rss_bytes), text("RSS when it has started and waits, an estimate")});
  sums.row({text("own"), looks.size(startup.anonymous_bytes + startup.file_private_bytes),
            text("paid for each container" + workers_text(startup))});
  sums.row({text("shared"), looks.size(startup.file_shareable_bytes), text("once for each node and layer")});
  sums.row({text("certain"), looks.size(startup.certain_bytes), text("resident by the loader's work alone")});
  auto all = std::move(sums).take();
  for (const auto& loss : report.memory->sharing.layers)
    all += {"<p class=\"warn\">" + looks.size(loss.lost_bytes).markup +
            text(" are not shared with other images: layer " + std::to_string(std::uint64_t{loss.layer} + 1) +
                 " stores " + counted(loss.files, "mapped file") + " again")
                .markup +
            "</p>\n"};
  all += tools(*report.memory, looks) + objects(startup, looks);
  std::string assumptions;
  for (const auto& one : startup.assumptions) assumptions.append(assumptions.empty() ? "" : "; ").append(one);
  return all + paragraph(text(startup.model + (assumptions.empty() ? "" : ". Holds for: " + assumptions + ".")));
}

}  // namespace imgslim::report
