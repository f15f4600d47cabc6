// The page for a browser, from the verdict down to the oddities: the same figures as the terminal's page, with longer
// lists.
#include "imgslim/render_html.h"
#include "report/html_page.h"
#include "report/html_sections.h"

namespace imgslim {

std::string render_html(const Report& report, const RenderOptions& options) {
  using namespace report;
  const HtmlLooks looks(options);
  const std::vector<HtmlSection> sections = {
      {"verdict", "Verdict", html_verdict(report)},
      {"sizes", "Sizes", html_sizes(report, looks)},
      {"suggestions", "To shrink it", html_suggestions(report, looks)},
      {"layers", "Layers", html_layers(report, looks)},
      {"directories", "Directories", html_directories(report, looks)},
      {"packages", "Packages", html_packages(report, looks)},
      {"kinds", "Kinds of files", html_kinds(report, looks)},
      {"libraries", "Loaded at start", html_libraries(report, looks)},
      {"memory", "Memory at start", html_memory(report, looks)},
      {"waste", "Waste", html_waste(report, looks)},
      {"duplicates", "Duplicates", html_duplicates(report, looks)},
      {"findings", "Findings", html_findings(report, looks)},
      {"notes", "Notes", html_notes(report, looks)},
  };
  const auto& name = report.image.reference;
  return whole_page("imgslim: " + (name.empty() ? std::string("unnamed image") : name), html_head(report), sections,
                    report.tool.version)
      .markup;
}

}  // namespace imgslim
