// What stands first and last on the HTML page: which image, the verdict, sizes, layers, findings, oddities.
#include <algorithm>

#include "report/html_sections.h"
#include "report/instruction_text.h"
#include "report/page.h"
#include "report/text_blocks.h"

namespace imgslim::report {
namespace {

Html joined(const std::vector<Html>& parts) {
  Html all;
  for (const auto& part : parts) all += (all.markup.empty() ? Html{} : Html{" · "}) + part;
  return all;
}

std::string command_of(const ReportImage& image) {
  std::string words;
  for (const auto* list : {&image.entrypoint, &image.cmd})
    for (const auto& word : *list) words.append(words.empty() ? "" : " ").append(word);
  return words;
}

void add_size(HtmlTable& table, const Html& size, const std::string& name, const std::string& meaning) {
  table.row({size, text(name), text(meaning)});
}

Html place_of(const FindingLocation& at) {
  if (at.line) return code(at.file.value_or("Dockerfile") + ":" + std::to_string(*at.line));
  if (at.path) return code("/" + *at.path);
  return at.layer ? text("layer " + std::to_string(std::uint64_t{*at.layer} + 1)) : Html{};
}

}  // namespace

Html html_head(const Report& report) {
  const auto& image = report.image;
  Html head{"<h1>" + text(image.reference.empty() ? "unnamed image" : image.reference).markup + "</h1>\n"};
  std::vector<Html> facts;
  if (!image.platform.empty()) facts.push_back(text(image.platform));
  facts.push_back(text(counted(report.totals.layers, "layer")));
  facts.push_back(text(counted(report.totals.files, "file")));
  const auto& digest = image.manifest_digest.empty() ? image.config_digest : image.manifest_digest;
  if (!digest.empty()) facts.push_back(code(digest));
  head += paragraph(joined(facts));
  const auto command = command_of(image);
  if (!command.empty()) head += paragraph(text("runs ") + code(command));
  if (!report.complete) head += {"<p class=\"warn\">Incomplete: something was left out, the notes say what.</p>\n"};
  return head;
}

Html html_verdict(const Report& report) {
  if (!report.verdict) return {};
  const auto& verdict = *report.verdict;
  Html all = verdict.passed ? paragraph({"<strong>Passed</strong>"}) : Html{"<p class=\"warn\">Failed</p>\n"};
  if (!verdict.message.empty()) all += paragraph(text(verdict.message));
  HtmlTable table({"", "Budget", "Stated in"});
  for (const auto& check : verdict.checks) {
    const bool counts = !check.passed && !check.waived;
    const auto state = text(state_of(check));
    table.row({counts ? Html{"<span class=\"warn\">" + state.markup + "</span>"} : state,
               text(check.message + (check.waived ? "; accepted: " + *check.waived : "")), code(check.source)});
  }
  return table.is_empty() ? all : all + std::move(table).take();
}

Html html_sizes(const Report& report, const HtmlLooks& looks) {
  const auto& totals = report.totals;
  const auto about = [&](std::uint64_t bytes) { return Html{"~"} + looks.size(bytes); };
  const auto share = [&](std::uint64_t bytes) {
    const auto part = percent(bytes, totals.payload_bytes);
    return part.empty() ? std::string() : " (" + part + " of unpacked)";
  };
  HtmlTable table({">", "", ""});
  add_size(table, looks.size(totals.payload_bytes), "unpacked", "the contents of all files in all layers");
  if (totals.compressed_bytes)
    add_size(table, looks.size(*totals.compressed_bytes), "pull", "the layers as they are stored, compressed");
  else if (totals.compressed_bytes_estimate)
    add_size(table, about(*totals.compressed_bytes_estimate), "pull",
             "the layers compressed, an estimate: this archive holds them uncompressed");
  add_size(table, looks.size(totals.visible_bytes), "visible", "what a container sees, each file once");
  add_size(table, about(totals.disk_bytes), "on disk", "the same in blocks of 4 KiB");
  add_size(table, looks.size(totals.wasted_bytes), "wasted",
           "stored, but deleted or stored again by a later layer" + share(totals.wasted_bytes));
  add_size(table, looks.size(totals.duplicate_bytes), "duplicate",
           "visible files with the same content as another one" + share(totals.duplicate_bytes));
  return std::move(table).take();
}

Html html_layers(const Report& report, const HtmlLooks& looks) {
  const auto file = common_file(report);
  HtmlTable table({">Layer", ">Unpacked", "", ">Pull", ">Its dead bytes", ">Memory",
                   file.empty() ? "Instruction" : "Instruction in " + file});
  const auto shown = looks.rows(report.layers.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& layer = report.layers[i];
    const auto lines = layer.instruction.text;
    const auto place = line_place(layer.instruction, file);
    auto step = (place.empty() ? Html{} : code(place) + Html{" "}) + code(one_line(layer.instruction));
    if (lines.find('\n') != std::string::npos) step = folded(step, block(lines));
    if (i < report.base.layers) step = Html{"<span class=\"dim\">base</span> "} + step;
    table.row({text(std::to_string(i + 1)), looks.size(layer.payload_bytes),
               HtmlLooks::bar(layer.payload_bytes, report.totals.payload_bytes),
               layer.compressed_bytes ? looks.size(*layer.compressed_bytes) : Html{}, looks.size(layer.wasted_bytes),
               layer.startup_rss_bytes ? looks.size(*layer.startup_rss_bytes) : Html{}, step});
  }
  if (table.is_empty()) return {};
  Html all = std::move(table).take(report.layers.size() - shown);
  if (report.base.layers == 0) return all;
  const auto name = report.base.name ? " " + *report.base.name : std::string();
  return all + paragraph(text("The base image" + name + " ends with layer " + std::to_string(report.base.layers) +
                              ", known from " + report.base.signal + "."));
}

Html html_findings(const Report& report, const HtmlLooks& looks) {
  if (!report.findings) return {};
  HtmlTable table({"Severity", "Rule", "Where", "What"});
  const auto shown = looks.rows(report.findings->size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& finding = (*report.findings)[i];
    table.row({text(finding.severity), code(finding.rule), place_of(at_instruction(report, finding.location)),
               text(finding.message)});
  }
  return table.is_empty() ? Html{} : std::move(table).take(report.findings->size() - shown);
}

Html html_notes(const Report& report, const HtmlLooks& looks) {
  HtmlTable table({"Oddity", "Where", "What"});
  const auto shown = looks.rows(report.notes.size());
  for (std::size_t i = 0; i < shown; ++i)
    table.row({code(report.notes[i].code), code(report.notes[i].where), text(report.notes[i].text)});
  return table.is_empty() ? Html{} : std::move(table).take(report.notes.size() - shown);
}

}  // namespace imgslim::report
