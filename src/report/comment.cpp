// The comment on a pull request, put together. It is read by people who did not ask for it: what they must know is in
// the first line, the rest folds. Whole parts go when it gets too long, so that no table is ever cut in the middle.
#include "imgslim/comment.h"

#include "report/comment_parts.h"
#include "report/instruction_text.h"

namespace imgslim {
namespace {

bool is_key_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

/// The marker's key: nothing of it can end the marker.
std::string marker_key(const Report& report, const CommentOptions& options) {
  auto text = options.key;
  if (text.empty()) {
    text = report.image.reference.substr(0, report.image.reference.find('@'));
    const auto colon = text.rfind(':');
    if (colon != std::string::npos && text.find('/', colon) == std::string::npos) text.resize(colon);
  }
  std::string key;
  constexpr std::size_t longest = 100;
  for (const char c : text.substr(0, longest)) key += is_key_character(c) ? c : '-';
  return key.empty() ? "image" : key;
}

std::string footer(const Report& report) {
  return "<sub>imgslim " IMGSLIM_VERSION " · unpacked: the file contents of all layers · pull: the compressed layers" +
         std::string(report.memory ? " · RSS at start: resident memory, by a model" : "") + "</sub>\n";
}

}  // namespace

std::string render_comment(const Report& report, const Comparison* comparison,
                           const std::optional<DockerfileText>& dockerfile, const CommentOptions& options) {
  auto findings = report.findings.value_or(std::vector<ReportFinding>());
  for (auto& finding : findings) finding.location = report::at_instruction(report, finding.location);
  if (dockerfile) fill_patches(findings, *dockerfile);
  const report::CommentSource source{report, comparison, std::move(findings), options};
  const auto size = report::change_size(source);
  std::string out = "<!-- imgslim:id=" + marker_key(report, options) + " change=" + report::change_name(size) +
                    " v=1 -->\n" + report::comment_heading(source);
  const bool failed = report.verdict && !report.verdict->passed;
  if (!failed && (size == report::ChangeSize::none || size == report::ChangeSize::small))
    return out + report::comment_warnings(source);

  std::vector<std::string> parts = {report::comment_warnings(source), report::comment_sizes(source),
                                    report::comment_cause(source), report::comment_fix(source)};
  for (auto& part : report::comment_details(source)) parts.push_back(std::move(part));
  const auto end = footer(report);
  constexpr std::size_t room_for_what_is_left_out = 120;
  std::size_t left_out = 0;
  for (const auto& part : parts) {
    if (out.size() + part.size() + end.size() + room_for_what_is_left_out > options.max_bytes)
      ++left_out;
    else
      out += part;
  }
  if (left_out > 0)
    out += "*" + std::to_string(left_out) + (left_out == 1 ? " part was" : " parts were") +
           " left out here: the report of this run has everything.*\n\n";
  return out + end;
}

}  // namespace imgslim
