#pragma once

#include "imgslim/report.h"
#include "report/page.h"

/// The blocks of the terminal page, in its order. Each writes its lines and the blank line before them, or nothing when
/// it has nothing to say.
namespace imgslim::report {

void write_header(Page& page, const Report& report);
void write_sizes(Page& page, const Report& report);
void write_layers(Page& page, const Report& report);
void write_owners(Page& page, const Report& report);
void write_libraries(Page& page, const Report& report);
void write_memory(Page& page, const Report& report);
void write_cold_start(Page& page, const Report& report);
void write_suggestions(Page& page, const Report& report);
void write_problems(Page& page, const Report& report);
void write_waste(Page& page, const Report& report);
void write_base(Page& page, const Report& report);
void write_duplicates(Page& page, const Report& report);
void write_notes(Page& page, const Report& report);
void write_next_step(Page& page, const Report& report);
/// The verdict of a gate is the last line.
void write_verdict(Page& page, const Report& report);

/// The page of `imgslim analyze`.
[[nodiscard]] std::string write_text(const Report& report, const RenderOptions& options);

/// The page of `imgslim why`.
[[nodiscard]] std::string write_why_text(const WhyAnswer& answer, const RenderOptions& options);

/// "ok", "waived" or "over".
[[nodiscard]] const char* state_of(const VerdictCheck& check);

/// "/usr/lib", escaped; "/" for the root.
[[nodiscard]] std::string shown_path(std::string_view path);

}  // namespace imgslim::report
