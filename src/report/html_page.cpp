#include "report/html_page.h"

#include <algorithm>

#include "core/byte_format.h"
#include "report/escape_markup.h"
#include "report/page.h"

namespace imgslim::report {
namespace {

constexpr std::size_t rows_of_a_list = 100;

// Colours are told by the reader's system; numbers stand under each other.
constexpr std::string_view style = R"(
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--mark:#2a78d6;--warn:#c2410c}
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
nav{margin:.8rem 0;display:flex;flex-wrap:wrap;gap:.2rem 1rem}a{color:var(--mark)}
table{border-collapse:collapse;width:100%;margin:.4rem 0}
th,td{padding:.2rem .6rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600}.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:var(--soft);padding:.6rem;overflow-x:auto;margin:.4rem 0}
details{margin:.3rem 0}summary{cursor:pointer}.warn{color:var(--warn);font-weight:600}.dim{opacity:.7}
.sizes td:first-child{font-size:1.2rem}svg{display:block}
footer{margin-top:2.5rem;opacity:.7}
)";

std::string_view title_of(const std::string& column) {
  return column.starts_with('>') ? std::string_view(column).substr(1) : std::string_view(column);
}

Html cell(const std::string& column, const std::string& tag, const Html& content) {
  return {"<" + tag + (column.starts_with('>') ? " class=\"n\">" : ">") + content.markup + "</" + tag + ">"};
}

}  // namespace

Html text(std::string_view text) { return {escape_xml(text)}; }

Html code(std::string_view text) { return {"<code>" + escape_xml(text) + "</code>"}; }

Html block(std::string_view lines) {
  Html all{"<pre>"};
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    all += {escape_xml(lines.substr(0, end)) + "\n"};
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return all + Html{"</pre>\n"};
}

Html folded(const Html& summary, const Html& content) {
  return {"<details><summary>" + summary.markup + "</summary>\n" + content.markup + "</details>\n"};
}

Html paragraph(const Html& content) { return {"<p>" + content.markup + "</p>\n"}; }

Html HtmlTable::take(std::size_t left_out) && {
  Html all{"<table>\n<tr>"};
  for (const auto& column : titles_) all += cell(column, "th", text(title_of(column)));
  all += {"</tr>\n"};
  for (const auto& row : rows_) {
    all += {"<tr>"};
    for (std::size_t i = 0; i < row.size(); ++i) all += cell(titles_[i], "td", row[i]);
    all += {"</tr>\n"};
  }
  all += {"</table>\n"};
  if (left_out > 0) all += {"<p class=\"dim\">" + counted(left_out, "other row") + "</p>\n"};
  return all;
}

Html HtmlLooks::size(std::uint64_t bytes) const { return text(format_bytes(bytes, options_.units)); }

Html HtmlLooks::bar(std::uint64_t part, std::uint64_t whole) {
  constexpr std::uint64_t cells = 160;
  const auto width = whole == 0 ? 0
                                : static_cast<std::uint64_t>(static_cast<double>(cells) * static_cast<double>(part) /
                                                             static_cast<double>(whole));
  return {"<svg width=\"" + std::to_string(cells) + "\" height=\"14\" aria-hidden=\"true\"><rect width=\"" +
          std::to_string(cells) + "\" height=\"14\" fill=\"#8883\"/><rect width=\"" +
          std::to_string(std::min(width, cells)) + "\" height=\"14\" fill=\"#2a78d6\"/></svg>"};
}

std::size_t HtmlLooks::rows(std::size_t all) const {
  const auto limit = options_.top > 0 ? options_.top : rows_of_a_list;
  return all <= limit + 1 ? all : limit;  // a row for one other row says less than that row
}

Html whole_page(std::string_view title, const Html& head, const std::vector<HtmlSection>& sections,
                std::string_view version) {
  Html page{
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>"};
  page +=
      text(title) + Html{"</title>\n<style>"} + Html{std::string(style)} + Html{"</style>\n</head>\n<body>\n"} + head;
  page += {"<nav>\n"};
  for (const auto& section : sections)
    if (!section.content.markup.empty())
      page += {"<a href=\"#" + section.id + "\">" + text(section.title).markup + "</a>\n"};
  page += {"</nav>\n<main>\n"};
  for (const auto& section : sections)
    if (!section.content.markup.empty())
      page += {"<section id=\"" + section.id + "\">\n<h2>" + text(section.title).markup + "</h2>\n" +
               section.content.markup + "</section>\n"};
  return page + Html{"</main>\n<footer>imgslim "} + text(version) + Html{"</footer>\n</body>\n</html>\n"};
}

}  // namespace imgslim::report
