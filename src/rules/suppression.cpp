// Comments that suppress findings.
//   # hadolint ignore=DL3006,SC1035 # why     the instruction on the next line
//   # hadolint stage ignore=DL3006            above FROM: the stage
//   # hadolint global ignore=DL3006           the file
//   # check=skip=A,B;error=true               BuildKit: at the top the file, in the comments above one instruction that
//   # imgslim ignore=SL3001 reason="…"        in the comments above an instruction; also stage and global
// hadolint reads ids of the characters D L S C 0-9 only; another character makes it drop the whole comment, and so it
// is here.
#include "rules/suppression.h"

#include <algorithm>

namespace imgslim::rules {
namespace {

constexpr std::string_view blanks = " \t";

/// Reads words and signs off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }
  bool take(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  /// A word with at least one blank behind it.
  bool take_word(std::string_view word) {
    const auto before = rest_;
    if (take(word) && !rest_.empty() && blanks.find(rest_.front()) != std::string_view::npos) {
      skip_blanks();
      return true;
    }
    rest_ = before;
    return false;
  }
  bool take_equals(std::string_view name) {
    const auto before = rest_;
    if (take(name)) {
      skip_blanks();
      if (take("=")) {
        skip_blanks();
        return true;
      }
    }
    rest_ = before;
    return false;
  }
  std::string_view take_while(std::string_view characters) {
    const auto word = rest_.substr(0, std::min(rest_.find_first_not_of(characters), rest_.size()));
    rest_.remove_prefix(word.size());
    return word;
  }
  std::string_view take_until(std::string_view characters) {
    const auto word = rest_.substr(0, std::min(rest_.find_first_of(characters), rest_.size()));
    rest_.remove_prefix(word.size());
    return word;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

Pragma::Reach take_reach(Scanner& scanner) {
  if (scanner.take_word("global")) return Pragma::Reach::file;
  if (scanner.take_word("stage")) return Pragma::Reach::stage;
  return Pragma::Reach::instruction;
}

void lower(std::string& text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
}

std::vector<std::string> split_ids(std::string_view text) {
  std::vector<std::string> ids;
  while (!text.empty()) {
    auto id = text.substr(0, text.find(','));
    text.remove_prefix(std::min(id.size() + 1, text.size()));
    id.remove_prefix(std::min(id.find_first_not_of(blanks), id.size()));
    id = id.substr(0, id.find_last_not_of(blanks) + 1);
    if (!id.empty()) ids.emplace_back(id);
  }
  return ids;
}

/// `skip=A,B;error=true`, up to the first blank.
struct CheckValue {
  std::vector<std::string> skip, experimental;
  bool all = false, error = false;
};
CheckValue read_check(std::string_view value) {
  CheckValue check;
  value = value.substr(0, value.find_first_of(" \t"));
  while (!value.empty()) {
    const auto part = value.substr(0, value.find(';'));
    value.remove_prefix(std::min(part.size() + 1, value.size()));
    if (part.starts_with("skip=")) check.skip = split_ids(part.substr(5));
    if (part.starts_with("experimental=")) check.experimental = split_ids(part.substr(13));
    if (part == "error=true") check.error = true;
  }
  check.all = std::find(check.skip.begin(), check.skip.end(), "all") != check.skip.end();
  return check;
}

/// What holds for the whole file.
void add_check(std::string_view value, std::uint32_t line, Suppression& result) {
  auto check = read_check(value);
  result.check_errors = check.error;
  result.experimental = std::move(check.experimental);
  if (check.skip.empty()) return;
  Pragma pragma;
  pragma.reach = Pragma::Reach::file;
  pragma.tool = Pragma::Tool::buildkit;
  pragma.rules = std::move(check.skip);
  pragma.all = check.all;
  pragma.line = line;
  result.pragmas.push_back(std::move(pragma));
}

std::optional<Pragma> read_imgslim(std::string_view comment) {
  Scanner scanner(comment);
  scanner.skip_blanks();
  if (!scanner.take_word("imgslim")) return std::nullopt;
  Pragma pragma;
  pragma.tool = Pragma::Tool::imgslim;
  pragma.reach = take_reach(scanner);
  if (!scanner.take_equals("ignore")) return std::nullopt;
  for (;;) {
    const auto id = scanner.take_until(" \t,");
    if (!id.empty()) pragma.rules.emplace_back(id);
    scanner.skip_blanks();
    if (!scanner.take(",")) break;
    scanner.skip_blanks();
  }
  if (scanner.take("reason=\""))
    pragma.reason = scanner.take_until("\"");
  else if (!scanner.take("reason="))
    pragma.reason = scanner.rest();
  else
    pragma.reason = scanner.take_until(" \t");
  return pragma.rules.empty() ? std::nullopt : std::optional(std::move(pragma));
}

std::optional<Pragma> read_pragma(std::string_view comment) {
  if (auto found = read_hadolint_ignore(comment)) {
    Pragma pragma;
    pragma.reach = found->reach;
    pragma.rules = std::move(found->rules);
    return pragma;
  }
  if (auto pragma = read_imgslim(comment)) return pragma;
  Scanner scanner(comment);
  scanner.skip_blanks();
  if (!scanner.take_equals("check")) return std::nullopt;
  auto check = read_check(scanner.rest());
  if (check.skip.empty()) return std::nullopt;
  Pragma pragma;
  pragma.tool = Pragma::Tool::buildkit;
  pragma.rules = std::move(check.skip);
  pragma.all = check.all;
  return pragma;
}

/// The instruction that a comment stands above: hadolint's must be the very next line, the others may have comments
/// between.
std::optional<std::uint32_t> instruction_below(const dockerfile::File& file, const Pragma& pragma) {
  for (std::uint32_t at = 0; at < file.instructions.size(); ++at) {
    const auto& instruction = file.instructions[at];
    if (instruction.start_line < pragma.line) continue;
    if (pragma.tool == Pragma::Tool::hadolint && instruction.start_line != pragma.line + 1) return std::nullopt;
    const auto& above = instruction.comments;
    const bool adjacent =
        pragma.tool == Pragma::Tool::hadolint || (pragma.comment >= above.begin && pragma.comment < above.end);
    return adjacent ? std::optional(at) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<HadolintIgnore> read_hadolint_ignore(std::string_view comment) {
  Scanner scanner(comment);
  scanner.skip_blanks();
  if (!scanner.take_word("hadolint")) return std::nullopt;
  HadolintIgnore result;
  result.reach = take_reach(scanner);
  if (!scanner.take_equals("ignore")) return std::nullopt;
  for (;;) {
    const auto id = scanner.take_while("DLSC0123456789");
    if (id.empty()) return std::nullopt;
    result.rules.emplace_back(id);
    scanner.skip_blanks();
    if (!scanner.take(",")) break;
    scanner.skip_blanks();
  }
  if (!scanner.rest().empty() && scanner.rest().front() != '#') return std::nullopt;
  return result;
}

std::optional<std::string> read_hadolint_shell(std::string_view comment) {
  Scanner scanner(comment);
  scanner.skip_blanks();
  if (!scanner.take_word("hadolint") || !scanner.take_equals("shell")) return std::nullopt;
  std::string shell(scanner.take_until(" \t\n"));
  return shell.empty() ? std::nullopt : std::optional(std::move(shell));
}

std::string_view bare_rule_id(std::string_view id) {
  const auto slash = id.rfind('/');
  return slash == std::string_view::npos || id.starts_with("tally/") ? id : id.substr(slash + 1);
}

bool same_rule(std::string_view a, std::string_view b) {
  std::string left(bare_rule_id(a)), right(bare_rule_id(b));
  lower(left);
  lower(right);
  return left == right;
}

Suppression read_suppression(const Facts& facts, const LintOptions& options) {
  Suppression result;
  const auto& file = *facts.file;
  const auto given = options.build_arguments.find("BUILDKIT_DOCKERFILE_CHECK");
  if (given != options.build_arguments.end()) add_check(given->second, 0, result);
  for (const auto& directive : file.directives)
    if (directive.name == "check" && given == options.build_arguments.end())
      add_check(directive.value, directive.line, result);
  for (std::uint32_t at = 0; at < file.comments.size(); ++at) {
    const auto& comment = file.comments[at];
    if (comment.inside_instruction) continue;
    auto pragma = read_pragma(comment.text);
    if (!pragma) continue;
    pragma->comment = at;
    pragma->line = comment.line;
    if (pragma->reach != Pragma::Reach::file) pragma->instruction = instruction_below(file, *pragma);
    result.pragmas.push_back(std::move(*pragma));
  }
  return result;
}

}  // namespace imgslim::rules
