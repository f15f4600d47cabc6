// The terminal page: what the image weighs, which layers and owners hold it, what is wasted and by whom. Every block's
// rows sum to a number that stands above them: layers to "unpacked", packages, directories and kinds to "visible",
// waste to "wasted". Lists are cut to a screenful and end with a row for the rest, so that the sums stay visible.
#include <algorithm>
#include <map>

#include "report/escape.h"
#include "report/text_blocks.h"
#include "report/waste_groups.h"
#include "report/width.h"

namespace imgslim::report {
namespace {

constexpr std::size_t notes_in_a_screenful = 6;

/// "sha256:9f1c2ab4e07d": as much of a digest as docker shows.
std::string short_digest(const std::string& digest) {
  const auto colon = digest.find(':');
  return escape_terminal(digest.substr(0, colon == std::string::npos ? 12 : colon + 13));
}

bool is_plain_word(std::string_view text) {
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%,=") ==
         std::string_view::npos;
}

/// `text` as a shell takes it; "" when it holds what a terminal cannot show.
std::string shell_word(const std::string& text) {
  if (escape_terminal(text) != text) return {};
  if (!text.empty() && is_plain_word(text)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? "'\\''" : std::string(1, c));
  return quoted.append("'");
}

/// What is most worth asking about: the place of the largest waste, else the largest package.
std::string question(const Report& report) {
  const auto causes = group_waste(report);
  if (!causes.empty() && !causes.front().groups.front().path.empty())
    return shell_word("/" + causes.front().groups.front().path);
  for (const auto& package : report.packages)
    if (!package.manager.empty() && !package.name.starts_with('-')) return shell_word(package.name);
  for (const auto& path : report.paths)
    if (!path.path.empty()) return shell_word("/" + path.path);
  return {};
}

}  // namespace

std::string shown_path(std::string_view path) { return "/" + escape_terminal(path); }

void write_header(Page& page, const Report& report) {
  const auto& image = report.image;
  std::vector<std::string> facts;
  if (!image.platform.empty()) facts.push_back(escape_terminal(image.platform));
  const auto& digest = image.manifest_digest.empty() ? image.config_digest : image.manifest_digest;
  if (!digest.empty()) facts.push_back(short_digest(digest));
  facts.push_back(counted(report.totals.layers, "layer"));
  facts.push_back(counted(report.totals.files, "file"));
  std::string rest;
  for (const auto& fact : facts) rest.append("   ").append(fact);
  const auto width = display_width(rest);
  const std::size_t left = page.columns() > width + 16 ? page.columns() - width : 16;
  const auto name = image.reference.empty() ? "unnamed image" : escape_terminal(image.reference);
  page.line({{cut_middle(name, left, page.ellipsis()), Style::heading}, {rest, Style::normal}});
  if (!report.complete) {
    page.blank();
    page.line({{"  INCOMPLETE  something was left out, the notes below say what", Style::warning}});
  }
}

void write_sizes(Page& page, const Report& report) {
  const auto& totals = report.totals;
  const bool exact = totals.compressed_bytes.has_value();
  const auto pull = totals.compressed_bytes.value_or(totals.compressed_bytes_estimate.value_or(0));
  const bool known = exact || totals.compressed_bytes_estimate.has_value();
  const std::vector<std::vector<std::string>> rows = {
      {"unpacked", page.size(totals.payload_bytes), "visible", page.size(totals.visible_bytes), "wasted",
       page.size(totals.wasted_bytes), percent(totals.wasted_bytes, totals.payload_bytes)},
      {"pull", known ? (exact ? "" : "~") + page.size(pull) : "unknown", "on disk", "~" + page.size(totals.disk_bytes),
       "duplicate", page.size(totals.duplicate_bytes), percent(totals.duplicate_bytes, totals.payload_bytes)}};
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  page.blank();
  for (const auto& row : rows) {
    std::vector<Span> line;
    for (std::size_t i = 0; i + 1 < row.size(); i += 2) {
      line.push_back({(i == 0 ? "  " : "    ") + pad_after(row[i], widths[i]) + " "});
      line.push_back({pad_before(row[i + 1], widths[i + 1])});
    }
    if (!row.back().empty()) line.push_back({" (" + row.back() + ")"});
    page.line(line);
  }
}

void write_base(Page& page, const Report& report) {
  const auto& base = report.base;
  if (report.layers.empty()) return;
  page.blank();
  if (base.layers == 0) {
    page.line({{"  BASE  ", Style::heading}, {"not known: all layers count as yours (see --base-layers)"}});
    return;
  }
  const auto name = base.name ? escape_terminal(*base.name) + ", " : std::string();
  page.line({{"  BASE  ", Style::heading},
             {name + counted(base.layers, "layer") + ", known from " + escape_terminal(base.signal)}});
  if (report.totals.wasted_bytes == 0) return;
  const auto share = percent(base.wasted_bytes.mine, base.user_bytes);
  page.list({"        waste: "},
            {page.size(base.wasted_bytes.mine) + " yours" + (share.empty() ? "" : " (" + share + " of your layers)"),
             page.size(base.wasted_bytes.hidden_base) + " of the base hidden by your layers",
             page.size(base.wasted_bytes.base) + " of the base's own"});
}

void write_duplicates(Page& page, const Report& report) {
  if (report.duplicates.empty()) return;
  const auto& first = report.duplicates.front();
  const auto omitted = report.omitted.find("duplicates");
  const auto sets = report.duplicates.size() + (omitted == report.omitted.end() ? 0 : omitted->second);
  page.blank();
  page.line({{"  DUPLICATES  ", Style::heading},
             {page.size(report.totals.duplicate_bytes) + " in " + counted(sets, "set") + " of equal files; largest " +
              grouped(first.count) + " x " + page.size(first.bytes_each)}});
  if (!first.paths.empty())
    page.line("              " + cut_middle(shown_path(first.paths.front()), page.columns() - 14, page.ellipsis()));
}

void write_notes(Page& page, const Report& report) {
  if (report.notes.empty()) return;
  struct Kind {
    std::uint64_t count = 0;
    const Note* first = nullptr;
  };
  std::map<std::string, Kind> kinds;
  for (const auto& note : report.notes) {
    auto& kind = kinds[note.code];
    if (kind.count++ == 0) kind.first = &note;
  }
  page.blank();
  page.line({{"  NOTES  ", Style::heading}, {counted(report.notes.size(), "oddity") + ", the first of each kind"}});
  const auto limit = page.rows(notes_in_a_screenful);
  std::size_t shown = 0;
  for (const auto& [code, kind] : kinds) {
    if (shown++ == limit) break;
    const auto count = "  " + grouped(kind.count) + "  ";
    const auto where = escape_terminal(kind.first->where);
    page.line({{count + cut_end(escape_terminal(code), 40, page.ellipsis()) + "  ", Style::warning},
               {cut_middle(where, page.columns() / 2, page.ellipsis())}});
    page.line(std::string(count.size(), ' ') + escape_terminal(kind.first->text));
  }
  if (kinds.size() > limit) page.line({{"  " + counted(kinds.size() - limit, "other kind"), Style::dim}});
}

void write_next_step(Page& page, const Report& report) {
  const auto what = question(report);
  if (what.empty()) return;
  const std::string lead = "  next: ";
  const auto image = shell_word(page.options().image_argument);
  auto command = "imgslim why " + image + " " + what;
  const auto fits = [&] { return lead.size() + display_width(command) <= page.columns(); };
  if (image.empty() || !fits()) command = "imgslim why IMAGE " + what;
  if (!fits()) return;
  page.blank();
  page.line({{lead, Style::dim}, {command}});
}

std::string write_text(const Report& report, const RenderOptions& options) {
  Page page(options);
  write_header(page, report);
  write_sizes(page, report);
  write_layers(page, report);
  write_owners(page, report);
  write_libraries(page, report);
  write_memory(page, report);
  write_cold_start(page, report);
  write_suggestions(page, report);
  write_problems(page, report);
  write_waste(page, report);
  write_base(page, report);
  write_duplicates(page, report);
  write_notes(page, report);
  write_next_step(page, report);
  write_verdict(page, report);
  return std::move(page).take();
}

}  // namespace imgslim::report
