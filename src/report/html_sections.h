#pragma once

#include "imgslim/report.h"
#include "report/html_page.h"

/// The sections of the HTML page. Each gives nothing when the report has nothing for it.
namespace imgslim::report {

[[nodiscard]] Html html_head(const Report& report);
[[nodiscard]] Html html_verdict(const Report& report);
[[nodiscard]] Html html_sizes(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_layers(const Report& report, const HtmlLooks& looks);
/// The directories as a picture: each below the one that holds it, as wide as its bytes.
[[nodiscard]] Html html_directories(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_suggestions(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_packages(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_kinds(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_waste(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_duplicates(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_libraries(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_memory(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_findings(const Report& report, const HtmlLooks& looks);
[[nodiscard]] Html html_notes(const Report& report, const HtmlLooks& looks);

}  // namespace imgslim::report
