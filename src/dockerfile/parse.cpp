// Cuts a Dockerfile into instructions: directives, then logical lines of continued physical ones, each a keyword, flags
// and arguments, with the bodies of its heredocs behind it (docs.docker.com/reference/dockerfile). What BuildKit would
// stop at becomes a Problem; an unknown instruction is kept with its words, and the next line is read as if nothing
// were wrong.
#include "dockerfile/parse.h"

#include <algorithm>
#include <array>

#include "core/nearest.h"
#include "dockerfile/arguments.h"
#include "dockerfile/blanks.h"
#include "dockerfile/directives.h"
#include "dockerfile/encoding.h"
#include "dockerfile/flags.h"
#include "dockerfile/heredoc.h"
#include "dockerfile/logical_line.h"

namespace imgslim::dockerfile {
namespace {

/// BuildKit reads lines into a buffer of 64 KiB, line end included.
constexpr std::uint32_t longest_line = 65'535;

constexpr std::array<std::string_view, 18> instruction_names{
    "ADD",   "ARG",        "CMD",     "COPY", "ENTRYPOINT", "ENV",        "EXPOSE", "FROM",   "HEALTHCHECK",
    "LABEL", "MAINTAINER", "ONBUILD", "RUN",  "SHELL",      "STOPSIGNAL", "USER",   "VOLUME", "WORKDIR"};

class Parser {
 public:
  explicit Parser(File& file) : file_(file) {}

  void run() {
    auto line = read_directives(file_);
    while (line <= file_.lines.count()) line = read_line(line);
    find_stages();
    check_lines();
    if (file_.instructions.empty())
      file_.problems.push_back({ProblemKind::no_instructions, "no instruction in this file", {0, 0}});
    std::stable_sort(file_.problems.begin(), file_.problems.end(),
                     [](const Problem& a, const Problem& b) { return a.span.begin < b.span.begin; });
  }

 private:
  /// Reads a comment, a blank line or an instruction; returns the next line.
  std::uint32_t read_line(std::uint32_t number) {
    const auto span = file_.lines.line(number);
    if (auto comment = comment_on(file_.source, span, number)) {
      file_.comments.push_back(std::move(*comment));
      if (file_.comments.back().text.empty()) first_comment_ = count(file_.comments);
      return number + 1;
    }
    if (trim_left(file_.text(span)).empty()) return number + 1;
    auto line = join_lines(file_.source, file_.lines, number, file_.escape);
    const IndexRange above{first_comment_, count(file_.comments)};
    std::move(line.comments.begin(), line.comments.end(), std::back_inserter(file_.comments));
    const IndexRange inside{above.end, count(file_.comments)};
    first_comment_ = inside.end;
    if (trim(line.text.text()).empty()) {
      file_.problems.push_back({ProblemKind::unknown_instruction, "continued lines without an instruction", span});
      return line.last_line + 1;
    }
    auto instruction = read_instruction(line);
    instruction.comments = above;
    instruction.inner_comments = inside;
    file_.instructions.push_back(std::move(instruction));
    return file_.instructions.back().end_line + 1;
  }

  template <typename T>
  static std::uint32_t count(const std::vector<T>& list) {
    return static_cast<std::uint32_t>(list.size());
  }

  Instruction read_instruction(LogicalLine& line) {
    auto instruction = read_node(line.text, Nesting::outer);
    instruction.blank_lines = std::move(line.blank_lines);
    const auto next = read_heredocs(instruction, line);
    set_lines(instruction, line, next - 1);
    check(instruction);
    return instruction;
  }

  enum class Nesting { outer, in_onbuild, too_deep };

  Instruction read_node(const MappedText& text, Nesting nesting) {
    const auto range = trimmed_range(text.text());
    const std::string_view view = std::string_view(text.text()).substr(0, range.end);
    auto name_end = range.begin;
    while (name_end < view.size() && !is_separator(view[name_end])) ++name_end;
    Instruction instruction;
    instruction.name = word_at(text, range.begin, name_end);
    instruction.upper = to_upper(instruction.name.text);
    instruction.keyword = keyword_of(instruction.name.text);
    instruction.span = instruction.logical_span = text.source_span(range.begin, range.end);
    read_rest(instruction, text.part(name_end, range.end), nesting);
    return instruction;
  }

  void read_rest(Instruction& instruction, const MappedText& rest, Nesting nesting) {
    auto [flags, begin] = read_flags(rest);
    for (const auto& read : flags) instruction.flags.push_back(read.flag);
    const auto range = trimmed_range(std::string_view(rest.text()).substr(begin));
    instruction.arguments = rest.part(begin + range.begin, begin + range.end);
    read_arguments(instruction, flags, file_.escape, file_.problems);
    const bool holds_another = instruction.keyword == Keyword::onbuild && !instruction.arguments.empty();
    if (!holds_another || nesting == Nesting::too_deep) return;
    // A trigger of a trigger is a problem already; what is below it does not matter.
    instruction.onbuild.push_back(
        read_node(instruction.arguments, nesting == Nesting::outer ? Nesting::in_onbuild : Nesting::too_deep));
  }

  /// Returns the first line behind the instruction.
  std::uint32_t read_heredocs(Instruction& instruction, const LogicalLine& line) {
    auto& holder = instruction.onbuild.empty() ? instruction : instruction.onbuild.front();
    const bool takes_heredocs =
        holder.keyword == Keyword::run || holder.keyword == Keyword::copy || holder.keyword == Keyword::add;
    if (!takes_heredocs || holder.form == Form::json) return line.last_line + 1;
    holder.heredocs = find_heredocs(line.text);
    const auto next = read_heredoc_bodies(file_, line.last_line + 1, holder.heredocs);
    match_heredoc_sources(holder);
    for (const auto& heredoc : holder.heredocs)
      if (!heredoc.terminated)
        file_.problems.push_back({ProblemKind::unterminated_heredoc,
                                  "heredoc: no line \"" + excerpt(heredoc.name) + "\" ends it", heredoc.span});
    return next;
  }

  void set_lines(Instruction& instruction, const LogicalLine& line, std::uint32_t end_line) {
    instruction.start_line = line.first_line;
    instruction.logical_end_line = line.last_line;
    instruction.end_line = end_line;
    if (end_line > line.last_line) instruction.span.end = file_.lines.line(end_line).end;
    if (!instruction.onbuild.empty()) {
      instruction.onbuild.front().span.end = instruction.span.end;
      set_lines(instruction.onbuild.front(), line, end_line);
    }
  }

  void check(const Instruction& instruction) {
    if (instruction.keyword == Keyword::unknown) {
      file_.problems.push_back(
          {ProblemKind::unknown_instruction,
           "unknown instruction " + excerpt(instruction.name.text) + did_you_mean(instruction.upper, instruction_names),
           instruction.name.span});
      return;
    }
    // BuildKit does not look at flags of these.
    const auto* health = instruction.as<Healthcheck>();
    if (instruction.keyword != Keyword::stopsignal && (health == nullptr || !health->none))
      check_flags(instruction, file_.problems);
    check_arguments(instruction, file_.problems);
    if (!instruction.onbuild.empty()) check_trigger(instruction.onbuild.front());
  }

  void check_trigger(const Instruction& trigger) {
    const bool forbidden = trigger.keyword == Keyword::onbuild || trigger.keyword == Keyword::from ||
                           trigger.keyword == Keyword::maintainer;
    if (!forbidden) return check(trigger);
    file_.problems.push_back({ProblemKind::bad_onbuild, "ONBUILD cannot trigger " + trigger.upper, trigger.name.span});
  }

  void find_stages() {
    auto& instructions = file_.instructions;
    for (std::uint32_t i = 0; i < instructions.size(); ++i) {
      if (instructions[i].keyword == Keyword::from) {
        const auto* from = instructions[i].as<From>();
        file_.stages.push_back({{i, i}, from->alias ? to_lower(from->alias->text) : ""});
      }
      (file_.stages.empty() ? file_.before_stages : file_.stages.back().instructions).end = i + 1;
    }
  }

  void check_lines() {
    for (std::uint32_t number = 1; number <= file_.lines.count(); ++number) {
      const auto line = file_.lines.line(number);
      if (line.size() <= longest_line) continue;
      file_.problems.push_back({ProblemKind::long_line,
                                "a line of " + std::to_string(line.size()) + " bytes: BuildKit reads lines of " +
                                    std::to_string(longest_line) + " bytes at most",
                                line});
    }
  }

  File& file_;
  std::uint32_t first_comment_ = 0;  ///< of those that belong to the next instruction
};

}  // namespace

File parse(std::string_view text) {
  constexpr std::size_t largest = 1u << 30;
  File file;
  auto decoded = decode_text(std::string(text.substr(0, largest)));
  file.source = std::move(decoded.text);
  file.encoding = decoded.encoding;
  if (!decoded.valid)
    file.problems.push_back(
        {ProblemKind::bad_encoding, "the text is not in the encoding that its first bytes announce", {0, 0}});
  file.lines = LineIndex(file.source);
  Parser(file).run();
  return file;
}

}  // namespace imgslim::dockerfile
