// Cuts a Dockerfile into instructions (docs.docker.com/reference/dockerfile). Physical lines end at LF or CRLF. Parser
// directives ("# escape=`") count only before anything else. A line ending in the escape character goes on in the next
// one; comment lines and empty lines inside an instruction are dropped. RUN, COPY and ADD may open heredocs (<<EOF,
// <<-EOF, <<"EOF"), whose bodies follow the instruction's line up to their delimiter.
#include "dockerfile/dockerfile.h"

#include <algorithm>
#include <cctype>

namespace imgslim::dockerfile {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\f\v";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string with_case(std::string_view text, int (*convert)(int)) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [&](unsigned char c) { return static_cast<char>(convert(c)); });
  return out;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The escape character that the directives at the top choose.
char escape_character(const std::vector<std::string_view>& lines) {
  for (const auto line : lines) {
    auto text = trim(line);
    if (!text.starts_with('#')) break;
    text = trim(text.substr(1));
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) break;
    if (with_case(trim(text.substr(0, equals)), std::tolower) == "escape") {
      const auto value = trim(text.substr(equals + 1));
      return value == "`" ? '`' : '\\';
    }
  }
  return '\\';
}

/// Delimiters of the heredocs that an instruction opens, with a leading "-" for <<-.
std::vector<std::string> heredoc_delimiters(std::string_view keyword, std::string_view arguments) {
  std::vector<std::string> delimiters;
  if (keyword != "RUN" && keyword != "COPY" && keyword != "ADD") return delimiters;
  for (auto at = arguments.find("<<"); at != std::string_view::npos; at = arguments.find("<<", at)) {
    at += 2;
    if (at < arguments.size() && arguments[at] == '<') {  // <<< is a here-string
      ++at;
      continue;
    }
    std::string delimiter;
    if (at < arguments.size() && arguments[at] == '-') delimiter = "-", ++at;
    const auto start = delimiter.size();
    for (; at < arguments.size(); ++at) {
      const auto c = static_cast<unsigned char>(arguments[at]);
      if (c == '"' || c == '\'') continue;
      if (!std::isalnum(c) && c != '_' && c != '.' && c != '-') break;
      delimiter += static_cast<char>(c);
    }
    if (delimiter.size() > start) delimiters.push_back(delimiter);
  }
  return delimiters;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lines_(split_lines(text)), escape_(escape_character(lines_)) {}

  Dockerfile run() && {
    while (at_ < lines_.size()) {
      const auto text = trim(lines_[at_]);
      if (text.empty() || text.starts_with('#')) {
        ++at_;
        continue;
      }
      place(read_instruction());
    }
    return std::move(file_);
  }

 private:
  Instruction read_instruction() {
    Instruction instruction;
    instruction.start_line = static_cast<std::uint32_t>(at_ + 1);
    const auto logical = read_logical_line();
    const auto keyword_end = std::min(logical.find_first_of(" \t"), logical.size());
    instruction.keyword = with_case(std::string_view(logical).substr(0, keyword_end), std::toupper);
    instruction.arguments = trim(std::string_view(logical).substr(keyword_end));
    for (const auto& delimiter : heredoc_delimiters(instruction.keyword, instruction.arguments))
      read_heredoc(delimiter, instruction.heredoc);
    instruction.end_line = static_cast<std::uint32_t>(at_);
    return instruction;
  }

  std::string read_logical_line() {
    std::string logical;
    bool open = true;
    for (bool first = true; open && at_ < lines_.size(); ++at_, first = false) {
      const auto text = trim(lines_[at_]);
      if (!first && (text.empty() || text.starts_with('#'))) continue;
      open = text.ends_with(escape_);
      logical += first ? std::string(text) : std::string(trim_end(lines_[at_]));
      if (open) logical.pop_back();
    }
    return std::string(trim(logical));
  }

  static std::string_view trim_end(std::string_view line) {
    const auto last = line.find_last_not_of(" \t\r");
    return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
  }

  void read_heredoc(std::string_view delimiter, std::string& body) {
    const bool strips_tabs = delimiter.starts_with('-');
    const auto end = strips_tabs ? delimiter.substr(1) : delimiter;
    for (; at_ < lines_.size(); ++at_) {
      auto line = lines_[at_];
      while (strips_tabs && line.starts_with('\t')) line.remove_prefix(1);
      if (line == end) {
        ++at_;
        return;
      }
      body += line;
      body += '\n';
    }
  }

  void place(Instruction instruction) {
    if (instruction.keyword == "FROM") file_.stages.push_back(open_stage(instruction.arguments));
    auto& target = file_.stages.empty() ? file_.global : file_.stages.back().instructions;
    target.push_back(std::move(instruction));
  }

  static Stage open_stage(std::string_view arguments) {
    std::vector<std::string_view> words;
    while (!arguments.empty()) {
      const auto end = std::min(arguments.find_first_of(" \t"), arguments.size());
      if (end > 0 && !arguments.starts_with("--")) words.push_back(arguments.substr(0, end));
      arguments.remove_prefix(std::min(end + 1, arguments.size()));
    }
    Stage stage;
    if (!words.empty()) stage.base = words[0];
    if (words.size() == 3 && with_case(words[1], std::tolower) == "as") stage.name = with_case(words[2], std::tolower);
    return stage;
  }

  std::vector<std::string_view> lines_;
  char escape_;
  std::size_t at_ = 0;
  Dockerfile file_;
};

}  // namespace

Dockerfile parse(std::string_view text) { return Parser(text).run(); }

std::vector<Instruction> final_stage_instructions(const Dockerfile& file) {
  std::vector<Instruction> chain;
  for (auto next = file.stages.size(); next > 0;) {
    const auto& stage = file.stages[--next];
    chain.insert(chain.begin(), stage.instructions.begin() + 1, stage.instructions.end());
    // A stage can only build FROM an earlier one, by name or number; anything else is an image.
    const auto base = with_case(stage.base, std::tolower);
    auto earlier = next;
    while (earlier > 0 && file.stages[earlier - 1].name != base && std::to_string(earlier - 1) != base) --earlier;
    next = earlier;
  }
  return chain;
}

}  // namespace imgslim::dockerfile
