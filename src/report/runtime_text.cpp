#include "report/runtime_text.h"

#include <algorithm>
#include <map>

#include "report/escape.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim::report {

std::string failure_sentence(const RuntimeFailure& failure) {
  static const std::map<std::string, std::string> words = {
      {"not_found", "is not in the image"},
      {"not_executable", "is not executable"},
      {"not_a_program", "is neither an ELF file nor a script with #!"},
      {"no_interpreter", "names an interpreter that is not in the image"},
      {"carriage_return", "has a carriage return in its #! line"},
      {"interpreter_loop", "is a script in a circle of interpreters"},
      {"no_shell", "needs a shell that is not in the image"},
  };
  const auto found = words.find(failure.obstacle);
  const auto what = failure.path.empty() ? failure.command : "/" + failure.path;
  auto text = failure.role + ": " + what + " " + (found == words.end() ? failure.obstacle : found->second);
  if (!failure.detail.empty()) text.append(": ").append(failure.detail);
  return text;
}

namespace {

constexpr std::size_t warnings_in_a_screenful = 6;

std::string missing_words(const Page& page, const RuntimeMissing& missing) {
  constexpr std::size_t name_cells = 60;
  auto text = cut_middle(escape_terminal(missing.name), name_cells, page.ellipsis()) + ", " +
              escape_terminal(missing.via) + " of " + shown_path(missing.needed_by);
  if (missing.refused.empty())
    text.append(": not in ").append(counted(missing.tried.size(), "place")).append(" that are searched");
  else
    text.append(": ").append(escape_terminal(missing.refused)).append(" is no usable library and ends the search");
  return text;
}

/// As many paragraphs as a screenful, worst first, then how many are left.
void write_paragraphs(Page& page, const char* heading, const std::vector<std::string>& texts, const char* noun) {
  const auto limit = page.rows(warnings_in_a_screenful);
  const Span lead{"  " + pad_after(heading, 11), Style::warning};
  for (std::size_t i = 0; i < std::min(limit, texts.size()); ++i) page.paragraph(lead, texts[i]);
  if (texts.size() > limit) page.line({{"             " + counted(texts.size() - limit, noun), Style::warning}});
}

}  // namespace

bool counts_as_used(const RuntimeFile& file) { return file.confidence != "possible"; }

std::vector<const RuntimeFile*> used_objects(const ReportRuntime& runtime) {
  std::vector<const RuntimeFile*> objects;
  for (const auto& object : runtime.objects)
    if (counts_as_used(object)) objects.push_back(&object);
  std::stable_sort(objects.begin(), objects.end(),
                   [](const auto* a, const auto* b) { return a->visible_bytes > b->visible_bytes; });
  return objects;
}

std::string reason(const RuntimeFile& file) {
  const bool detail_says_it = file.requested.empty() && file.detail.starts_with(file.via);
  auto text = detail_says_it ? std::string() : escape_terminal(file.via);
  if (!file.requested.empty()) text.append(" ").append(escape_terminal(file.requested));
  if (!file.detail.empty() && file.detail != file.via)
    text.append(text.empty() ? "" : ", ").append(escape_terminal(file.detail));
  if (file.assumed) text.append(", for this CPU level");
  return text;
}

std::string main_program(const ReportRuntime& runtime) {
  const RuntimeProcess* last = nullptr;
  for (const auto& process : runtime.processes)
    if (process.role == "main") last = &process;
  if (last == nullptr) return {};
  return shown_path(last->program) + (last->runtime.empty() ? "" : " (" + escape_terminal(last->runtime) + ")");
}

void write_runtime_warnings(Page& page, const ReportRuntime& runtime) {
  std::vector<std::string> broken, absent, open;
  for (const auto& failure : runtime.failures) broken.push_back(escape_terminal(failure_sentence(failure)));
  for (const auto& missing : runtime.missing)
    if (!missing.optional && missing.confidence != "possible") absent.push_back(missing_words(page, missing));
  for (const auto& process : runtime.processes) {
    if (process.coverage != "unknown" || process.confidence == "possible") continue;
    auto text = "plugin host, coverage unknown: " + shown_path(process.program);
    if (!process.openers.empty() && process.openers.front() != process.program)
      text.append(", through ").append(shown_path(process.openers.front())).append(",");
    open.push_back(text + " may load what no rule knows");
  }
  open.erase(std::unique(open.begin(), open.end()), open.end());
  write_paragraphs(page, "BROKEN", broken, "other command that cannot start");
  write_paragraphs(page, "MISSING", absent, "other missing library");
  write_paragraphs(page, "OPEN", open, "other plugin host");
}

void write_trace(Page& page, const ReportRuntime& runtime) {
  if (!runtime.trace) return;
  const auto& trace = *runtime.trace;
  std::string text = trace.sources.empty() ? "" : escape_terminal(trace.sources.front());
  if (trace.sources.size() > 1) text += " and " + counted(trace.sources.size() - 1, "other");
  text += ": " + counted(trace.files, "file") + " with " + page.size(trace.visible_bytes);
  if (trace.added_files > 0)
    text += ", " + grouped(trace.added_files) + " with " + page.size(trace.added_bytes) + " not known from the command";
  if (trace.missing_paths > 0) text += "; " + counted(trace.missing_paths, "path") + " not in the image";
  if (!trace.covers) text += "; says nothing of the rest";
  page.paragraph({"  TRACE      ", Style::heading}, text);
}

}  // namespace imgslim::report
