// The parts of the comment that do not fold: the line with verdict and change, warnings, sizes, cause, and the best
// fix.
#include <algorithm>
#include <array>

#include "core/byte_format.h"
#include "report/comment_parts.h"
#include "report/escape.h"
#include "report/escape_markup.h"
#include "report/instruction_text.h"
#include "report/lint_formats.h"
#include "report/page.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t longest_code = 100;
constexpr std::size_t longest_patch_bytes = 8'000;
constexpr std::size_t most_warnings = 8;

std::uint64_t magnitude(std::int64_t change) {
  return change < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(change) : static_cast<std::uint64_t>(change);
}

/// "(+19.7 %)" with its blank; "" for a change from nothing.
std::string share_of_change(const DiffNumber& number) {
  const auto share = percent(magnitude(number.change()), number.before);
  return share.empty() ? share : std::string(" (") + (number.change() < 0 ? "-" : "+") + share + ")";
}

const VerdictCheck* failed_check(const Report& report, std::string_view name) {
  if (!report.verdict) return nullptr;
  for (const auto& check : report.verdict->checks)
    if (check.name == name && !check.passed && !check.waived) return &check;
  return nullptr;
}

std::size_t failures(const Verdict& verdict) {
  return static_cast<std::size_t>(std::count_if(verdict.checks.begin(), verdict.checks.end(),
                                                [](const auto& check) { return !check.passed && !check.waived; }));
}

std::string verdict_words(const CommentSource& source) {
  const auto& verdict = source.report.verdict;
  if (!verdict) return {};
  if (verdict->passed) return verdict->checks.empty() ? "" : ", within budget ✅";
  const auto* unpacked = failed_check(source.report, "unpacked");
  const auto units = source.options.units;
  if (unpacked != nullptr && failures(*verdict) == 1 && unpacked->value > unpacked->limit)
    return " and is **" + format_bytes(unpacked->value - unpacked->limit, units) + " over its " +
           format_bytes(unpacked->limit, units) + " budget** ❌";
  const auto count = failures(*verdict);
  return " and fails **" + counted(std::max<std::size_t>(count, 1), "check") + "** ❌";
}

/// "250.0 MB ✅", "–" without such a limit.
std::string budget_cell(const CommentSource& source, std::string_view name) {
  if (source.report.verdict)
    for (const auto& check : source.report.verdict->checks)
      if (check.name == name && check.subject.empty())
        return format_bytes(check.limit, source.options.units) + (check.passed   ? " ✅"
                                                                  : check.waived ? " ⚠️ waived"
                                                                                 : " ❌");
  return "–";
}

struct SizeRow {
  const char* label;
  const char* check;
  std::optional<DiffNumber> number;  ///< before = after without a comparison
};

std::vector<SizeRow> size_rows(const CommentSource& source) {
  const auto& report = source.report;
  const auto& totals = report.totals;
  const auto* comparison = source.comparison;
  std::vector<SizeRow> rows = {
      {"Unpacked", "unpacked", DiffNumber{totals.payload_bytes, totals.payload_bytes}},
      {totals.compressed_bytes ? "Pull (compressed)" : "Pull (compressed, estimate)", "pull", {}},
      {"RSS at start (estimate)", "rss", {}}};
  const auto pull = totals.compressed_bytes ? totals.compressed_bytes : totals.compressed_bytes_estimate;
  if (pull) rows[1].number = DiffNumber{*pull, *pull};
  if (report.memory) {
    const auto rss = report.memory->startup.rss_bytes.estimate;
    rows[2].number = DiffNumber{rss, rss};
  }
  if (comparison == nullptr) return rows;
  rows[0].number = comparison->totals.payload_bytes;
  if (comparison->totals.compressed_bytes) rows[1].number = comparison->totals.compressed_bytes;
  if (comparison->totals.compressed_estimated) rows[1].label = "Pull (compressed, estimate)";
  if (comparison->memory) rows[2].number = comparison->memory->rss_bytes;
  if (comparison->memory && comparison->memory->sharing_lost_bytes.change() != 0)
    rows.push_back(
        {"Page cache not shared any more (estimate)", "sharing-lost", comparison->memory->sharing_lost_bytes});
  return rows;
}

/// Whether the base's number is in the comparison too.
bool has_base(const CommentSource& source, std::size_t row) {
  if (source.comparison == nullptr) return false;
  return row == 0 ||
         (row == 1 ? source.comparison->totals.compressed_bytes.has_value() : source.comparison->memory.has_value());
}

bool is_inside(const FindingLocation& at, const ReportInstruction& instruction) {
  return at.file && at.line && instruction.file == at.file && instruction.start_line &&
         *at.line >= *instruction.start_line && *at.line <= instruction.end_line.value_or(*instruction.start_line);
}

/// ": `numpy` 28.1 MB, `scipy` 9.0 MB, 3 other packages 1.2 MB, files of no package 12.2 MB": what a layer's growth is
/// made of.
std::string parts_of(const CommentSource& source, const DiffLayer& layer) {
  constexpr std::size_t most_named = 3;
  const auto units = source.options.units;
  std::string text;
  std::size_t packages = 0;
  std::uint64_t named = 0, others = 0;
  for (const auto& package : source.comparison->packages) {
    const auto change = package.visible_bytes.change();
    if (package.layer_after != layer.index_after || change <= 0 || package.manager.empty()) continue;
    (++packages > most_named ? others : named) += magnitude(change);
    if (packages <= most_named)
      text += (text.empty() ? ": " : ", ") + short_code(package.name) + " " + format_bytes(magnitude(change), units);
  }
  if (packages == 0) return {};
  if (packages > most_named)
    text += ", " + counted(packages - most_named, "other package") + " " + format_bytes(others, units);
  const auto growth = magnitude(layer.payload_bytes.change());
  return growth <= named + others ? text
                                  : text + ", files of no package " + format_bytes(growth - named - others, units);
}

/// The suggestion that saves most at a place that `counts`; one with a patch, which is less work, from half of that on.
template <typename Counts>
std::optional<std::size_t> most_useful(const CommentSource& source, Counts counts) {
  const auto& rows = source.report.suggestions->rows;
  std::optional<std::size_t> most;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].finding >= source.findings.size()) continue;
    const auto& finding = source.findings[rows[i].finding];
    if (!counts(finding.location)) continue;
    if (!most) most = i;
    const bool is_worth_it = rows[i].saving.bytes >= rows[*most].saving.bytes / 2;
    if (finding.fix && !finding.fix->patch.empty() && is_worth_it) return i;
  }
  return most;
}

/// Whether a budget limits one of the sizes.
bool has_budgets(const CommentSource& source) {
  constexpr std::array<std::string_view, 4> sizes{"unpacked", "pull", "rss", "sharing-lost"};
  const auto& verdict = source.report.verdict;
  return verdict && std::any_of(verdict->checks.begin(), verdict->checks.end(), [&](const VerdictCheck& check) {
           return check.subject.empty() && std::find(sizes.begin(), sizes.end(), check.name) != sizes.end();
         });
}

}  // namespace

std::string short_code(std::string_view text) {
  return markdown_code(cut_end(escape_terminal(text), longest_code, "…"));
}

std::string change_text(std::int64_t change, Units units) {
  return change == 0 ? "0" : format_byte_change(change, units);
}

std::string place_of(const FindingLocation& at) {
  if (at.file && at.line) return short_code(*at.file + ":" + std::to_string(*at.line));
  if (at.layer) return "layer " + std::to_string(std::uint64_t{*at.layer} + 1);
  return at.path ? short_code("/" + *at.path) : "";
}

ChangeSize change_size(const CommentSource& source) {
  if (source.comparison == nullptr) return ChangeSize::unknown;
  const auto& totals = source.comparison->totals;
  const auto change = magnitude(totals.payload_bytes.change());
  const auto pull = totals.compressed_bytes ? magnitude(totals.compressed_bytes->change()) : 0;
  if (std::max(change, pull) >= std::max<std::uint64_t>(source.options.min_change_bytes, 1)) return ChangeSize::large;
  return change == 0 && pull == 0 ? ChangeSize::none : ChangeSize::small;
}

const char* change_name(ChangeSize size) {
  switch (size) {
    case ChangeSize::none:
      return "none";
    case ChangeSize::small:
      return "small";
    case ChangeSize::large:
      return "large";
    case ChangeSize::unknown:
      break;
  }
  return "unknown";
}

std::string comment_heading(const CommentSource& source) {
  const auto& report = source.report;
  const auto units = source.options.units;
  std::string out = "### " + short_code(report.image.reference.empty() ? "image" : report.image.reference);
  const auto size = change_size(source);
  if (size == ChangeSize::unknown) {
    out += " takes **" + format_bytes(report.totals.payload_bytes, units) + "** unpacked";
  } else {
    const auto& number = source.comparison->totals.payload_bytes;
    if (size == ChangeSize::large && number.change() != 0)
      out += std::string(number.change() < 0 ? " shrinks by **" : " grows by **") +
             format_bytes(magnitude(number.change()), units) + "** unpacked" + share_of_change(number);
    else
      out += " size unchanged (" + format_byte_change(number.change(), units) + " unpacked)";
  }
  out += verdict_words(source);
  return out + (report.complete ? "\n\n" : ", **from an incomplete report** ⚠️\n\n");
}

std::string comment_warnings(const CommentSource& source) {
  std::vector<std::string> lines;
  if (source.comparison != nullptr)
    for (const auto& note : source.comparison->notes) lines.push_back("⚠️ " + escape_markdown(note.text));
  if (source.report.verdict) {
    for (const auto& check : source.report.verdict->checks) {
      const auto words = escape_markdown(cut_end(escape_terminal(check.message), 400, "…"));
      if (!check.passed && check.waived)
        lines.push_back("⚠️ waived: " + words + " (" + escape_markdown(*check.waived) + ")");
      else if (!check.passed)
        lines.push_back("❌ " + words);
    }
    if (!source.report.verdict->passed && !source.report.verdict->message.empty())
      lines.push_back("👉 " + escape_markdown(source.report.verdict->message));
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(lines.size(), most_warnings); ++i) out += "- " + lines[i] + "\n";
  if (lines.size() > most_warnings) out += "- and " + std::to_string(lines.size() - most_warnings) + " more\n";
  return out.empty() ? out : out + "\n";
}

std::string comment_sizes(const CommentSource& source) {
  const auto units = source.options.units;
  const bool compared = source.comparison != nullptr;
  const auto platform = source.report.image.platform.empty() ? " " : short_code(source.report.image.platform);
  const bool limited = has_budgets(source);
  std::string out = "| " + platform + (compared ? " | base | this image | change |" : " | this image |") +
                    (limited ? " budget |" : "") + "\n|:--|" + (compared ? "--:|--:|--:|" : "--:|") +
                    (limited ? "--:|" : "") + "\n";
  const auto rows = size_rows(source);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (!row.number) continue;
    out += std::string("| ") + row.label + " | ";
    if (compared) out += (has_base(source, i) ? format_bytes(row.number->before, units) : "?") + " | ";
    out += "**" + format_bytes(row.number->after, units) + "** |";
    if (compared) out += " " + (has_base(source, i) ? change_text(row.number->change(), units) : "?") + " |";
    out += (limited ? " " + budget_cell(source, row.check) + " |" : "") + "\n";
  }
  return out + "\n";
}

const DiffLayer* grown_layer(const CommentSource& source) {
  if (source.comparison == nullptr) return nullptr;
  const DiffLayer* most = nullptr;
  for (const auto& layer : source.comparison->layers)
    if (layer.index_after && layer.payload_bytes.change() > (most == nullptr ? 0 : most->payload_bytes.change()))
      most = &layer;
  return most;
}

std::string comment_cause(const CommentSource& source) {
  const auto* layer = grown_layer(source);
  if (layer == nullptr || source.comparison->totals.payload_bytes.change() <= 0) return {};
  const auto& instruction = layer->instruction;
  const auto text = one_line(instruction);
  std::string where = "layer " + std::to_string(std::uint64_t{*layer->index_after} + 1);
  if (instruction.file && instruction.start_line)
    where = short_code(*instruction.file + ":" + std::to_string(*instruction.start_line));
  std::string out = "**Why:** " + where;
  if (!text.empty()) out += " " + short_code(text);
  out += " added " + format_bytes(magnitude(layer->payload_bytes.change()), source.options.units) + " unpacked";
  if (layer->text_before && !layer->text_before->empty()) out += " (the instruction was changed)";
  return out + parts_of(source, *layer) + ".\n\n";
}

std::optional<std::size_t> best_suggestion(const CommentSource& source) {
  if (!source.report.suggestions) return {};
  if (const auto* layer = grown_layer(source); layer != nullptr) {
    const auto found = most_useful(source, [&](const auto& at) { return is_inside(at, layer->instruction); });
    if (found) return found;
  }
  return most_useful(source, [](const auto&) { return true; });
}

std::string comment_fix(const CommentSource& source) {
  const auto best = best_suggestion(source);
  if (!best) return {};
  const auto& suggestion = source.report.suggestions->rows[*best];
  const auto& finding = source.findings[suggestion.finding];
  auto saves = saving_text(suggestion.saving, source.options.units);
  const auto* over = failed_check(source.report, "unpacked");
  if (over != nullptr && over->value > over->limit && suggestion.saving.bytes >= over->value - over->limit)
    saves += ", back under budget";
  std::string out =
      "**Fix" + (saves.empty() ? "" : " (" + saves + ")") + ":** " +
      escape_markdown(finding.fix && !finding.fix->description.empty() ? finding.fix->description : finding.message);
  const auto place = place_of(finding.location);
  out += " " + short_code(finding.rule) + (place.empty() ? "" : " at " + place) + "\n\n";
  if (!finding.fix || finding.fix->patch.empty()) return out;
  if (finding.fix->patch.size() > longest_patch_bytes) return out + "The patch is in the report of this run.\n\n";
  return out + markdown_block("diff", finding.fix->patch) + "\n";
}

}  // namespace imgslim::report
