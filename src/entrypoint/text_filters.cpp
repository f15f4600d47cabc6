// Start scripts ask files of the image for a version, a link for its target, an argument for its directory, and do it
// with pipelines of small programs. Those are imitated as far as scripts use them for that; what differs from there is
// not known.
#include "entrypoint/text_filters.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <string>
#include <string_view>

#include "entrypoint/command.h"
#include "shell/basic_regex.h"
#include "shell/replacement.h"

namespace imgslim::entrypoint {
namespace {

using shell::BasicRegex;
using shell::Value;
using Grammar = BasicRegex::Grammar;
using Letters = BasicRegex::Letters;
using Outcome = BasicRegex::Outcome;

constexpr std::size_t most_lines = 2'000;

/// Options and operands of a command line; nothing of it is unknown.
struct Options {
  std::string flags;                                 ///< letters without a value
  std::vector<std::pair<char, std::string>> values;  ///< of letters with one
  std::vector<std::string> operands;

  [[nodiscard]] bool has(char letter) const { return flags.find(letter) != std::string::npos; }
  [[nodiscard]] const std::string* value(char letter) const {
    for (const auto& [name, text] : values)
      if (name == letter) return &text;
    return nullptr;
  }
  /// Of expressions that may stand first among the operands or behind -e.
  [[nodiscard]] std::vector<std::string> take_expressions() {
    std::vector<std::string> expressions;
    for (const auto& [name, text] : values)
      if (name == 'e') expressions.push_back(text);
    if (expressions.empty() && !operands.empty()) {
      expressions.push_back(operands.front());
      operands.erase(operands.begin());
    }
    return expressions;
  }
};

/// Which letters a program knows here; any other makes its output unknown.
struct Letterset {
  std::string_view flags, values;
};

std::optional<Options> read_options(const std::vector<Value>& words, const Letterset& letters) {
  Options options;
  bool only_operands = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].known) return std::nullopt;
    const std::string_view word = words[i].text;
    if (only_operands || word.size() < 2 || word[0] != '-') {
      options.operands.emplace_back(word);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      continue;
    }
    for (std::size_t at = 1; at < word.size(); ++at) {
      const char letter = word[at];
      if (letters.flags.find(letter) != std::string_view::npos) {
        options.flags += letter;
        continue;
      }
      if (letters.values.find(letter) == std::string_view::npos) return std::nullopt;
      auto rest = std::string(word.substr(at + 1));
      if (rest.empty() && (++i >= words.size() || !words[i].known)) return std::nullopt;
      options.values.emplace_back(letter, rest.empty() ? words[i].text : rest);
      break;
    }
  }
  return options;
}

/// The text that a filter reads: its files, or what the pipeline hands on.
std::optional<Value> input_of(const Question& question, const std::vector<std::string>& files) {
  if (files.empty() || (files.size() == 1 && files[0] == "-")) {
    if (!question.state.input || !question.state.input->known) return std::nullopt;
    return question.state.input;
  }
  if (files.size() > 1) return std::nullopt;
  const auto text = question.files.text_at(absolute(question.state.directory, files[0]));
  if (!text) return std::nullopt;
  return Value{std::string(*text), true, true, false};
}

/// The lines of a text, the first of one that has too many.
struct Lines {
  std::vector<std::string_view> lines;
  bool cut = false;
};

Lines lines_of(std::string_view text) {
  Lines result;
  while (!text.empty() && result.lines.size() < most_lines) {
    const auto line = text.substr(0, text.find('\n'));
    result.lines.push_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  result.cut = !text.empty();
  return result;
}

/// Lines as they are printed; too long a text is not known.
class Printed {
 public:
  explicit Printed(const Value& input) : assumed_(input.assumed) {}
  void add(std::string_view line) {
    if (text_.size() <= shell::longest_value) text_.append(line).append("\n");
  }
  [[nodiscard]] std::optional<Answer> answer(Truth truth) {
    if (text_.size() > shell::longest_value) return std::nullopt;
    return Answer{{std::move(text_), true, assumed_, false}, {truth, !assumed_}};
  }

 private:
  std::string text_;
  bool assumed_;
};

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// head and tail: [-n N | -N] [FILE]
enum class End : std::uint8_t { head, tail };
std::optional<Answer> answer_ends(const Question& question, std::vector<Value> words, End end) {
  if (words.size() > 1 && words[1].text.size() > 1 && words[1].text[0] == '-' && number(words[1].text.substr(1)))
    words[1].text.insert(1, "n");
  const auto options = read_options(words, {"q", "n"});
  if (!options) return std::nullopt;
  const auto* const stated = options->value('n');
  const auto count = stated != nullptr ? number(*stated) : std::optional<std::size_t>(10);
  const auto input = input_of(question, options->operands);
  if (!count || !input) return std::nullopt;
  const auto [lines, cut] = lines_of(input->text);
  if (cut && (end == End::tail || *count > lines.size())) return std::nullopt;
  const auto taken = std::min(*count, lines.size());
  const auto begin = end == End::head ? 0 : lines.size() - taken;
  Printed printed(*input);
  for (auto at = begin; at < begin + taken; ++at) printed.add(lines[at]);
  return printed.answer(Truth::yes);
}

/// Whether a line holds the pattern; nothing when that cannot be told.
using LineTest = std::function<std::optional<bool>(std::string_view)>;

std::optional<LineTest> line_test(const Options& options, const std::string& pattern, Grammar grammar) {
  if (options.has('F')) {
    if (options.has('i')) return std::nullopt;
    return LineTest([pattern](std::string_view line) { return std::optional(line.find(pattern) != line.npos); });
  }
  auto regex = BasicRegex::read(pattern, options.has('E') ? Grammar::extended : grammar,
                                options.has('i') ? Letters::either_case : Letters::as_they_are);
  if (!regex) return std::nullopt;
  return LineTest([regex = std::move(*regex)](std::string_view line) -> std::optional<bool> {
    const auto outcome = regex.search(line).outcome;
    return outcome == Outcome::unknown ? std::nullopt : std::optional(outcome == Outcome::found);
  });
}

/// grep [-iEFvqs] [-m N] PATTERN [FILE]
std::optional<Answer> answer_grep(const Question& question, const std::vector<Value>& words, Grammar grammar) {
  auto options = read_options(words, {"iEFvqs", "em"});
  if (!options) return std::nullopt;
  const auto patterns = options->take_expressions();
  const auto* const stated = options->value('m');
  const auto most = stated != nullptr ? number(*stated) : std::optional<std::size_t>(most_lines);
  if (patterns.size() != 1 || !most) return std::nullopt;
  const auto test = line_test(*options, patterns.front(), grammar);
  const auto input = input_of(question, options->operands);
  if (!test || !input) return std::nullopt;
  Printed printed(*input);
  std::size_t count = 0;
  const auto [lines, cut] = lines_of(input->text);
  for (const auto line : lines) {
    const auto holds = (*test)(line);
    if (!holds) return std::nullopt;
    if (*holds == options->has('v')) continue;
    if (count++ == *most) break;
    printed.add(line);
  }
  if (cut && count < *most) return std::nullopt;
  auto answer = printed.answer(count > 0 ? Truth::yes : Truth::no);
  if (answer && options->has('q')) answer->output.text.clear();
  return answer;
}

/// "2", "2-", "-3", "1-3"
struct FieldRange {
  std::size_t first = 1, last = SIZE_MAX;
};
std::optional<FieldRange> field_range(std::string_view text) {
  FieldRange range;
  const auto dash = text.find('-');
  const auto first = text.substr(0, dash);
  const auto last = dash == std::string_view::npos ? first : text.substr(dash + 1);
  if (!first.empty()) range.first = number(first).value_or(0);
  if (!last.empty()) range.last = number(last).value_or(0);
  if (range.first == 0 || range.last < range.first || text == "-") return std::nullopt;
  return range;
}

std::string cut_line(std::string_view line, char delimiter, const FieldRange& range) {
  if (line.find(delimiter) == std::string_view::npos) return std::string(line);
  std::string result;
  bool first = true;
  for (std::size_t field = 1;; ++field) {
    const auto text = line.substr(0, line.find(delimiter));
    if (field >= range.first && field <= range.last) {
      if (!first) result += delimiter;
      first = false;
      result += text;
    }
    if (text.size() == line.size()) return result;
    line.remove_prefix(text.size() + 1);
  }
}

/// cut -d C -f RANGE [FILE]
std::optional<Answer> answer_cut(const Question& question, const std::vector<Value>& words) {
  const auto options = read_options(words, {"", "df"});
  if (!options || options->value('f') == nullptr) return std::nullopt;
  const auto* const delimiter = options->value('d');
  const auto range = field_range(*options->value('f'));
  const auto input = input_of(question, options->operands);
  if (!range || !input || (delimiter != nullptr && delimiter->size() != 1)) return std::nullopt;
  const auto [lines, cut] = lines_of(input->text);
  if (cut) return std::nullopt;
  Printed printed(*input);
  for (const auto line : lines) printed.add(cut_line(line, delimiter == nullptr ? '\t' : delimiter->front(), *range));
  return printed.answer(Truth::yes);
}

/// sed [-nEr] [-e] s/…/…/ [FILE]
std::optional<Answer> answer_sed(const Question& question, const std::vector<Value>& words) {
  auto options = read_options(words, {"nEr", "e"});
  if (!options) return std::nullopt;
  const auto grammar = options->has('E') || options->has('r') ? Grammar::extended : Grammar::basic;
  std::vector<shell::Replacement> replacements;
  for (const auto& expression : options->take_expressions()) {
    auto replacement = shell::read_replacement(expression, grammar);
    if (!replacement) return std::nullopt;
    replacements.push_back(std::move(*replacement));
  }
  const auto input = input_of(question, options->operands);
  if (replacements.empty() || !input) return std::nullopt;
  const auto [lines, cut] = lines_of(input->text);
  if (cut) return std::nullopt;
  Printed printed(*input);
  for (const auto line : lines) {
    std::string text(line);
    for (const auto& replacement : replacements) {
      auto replaced = shell::replace_in(text, replacement);
      if (!replaced) return std::nullopt;
      text = std::move(replaced->line);
      if (replacement.prints && replaced->found) printed.add(text);
    }
    if (!options->has('n')) printed.add(text);
  }
  return printed.answer(Truth::yes);
}

/// awk '{ print $N }' with -F C: fields between blanks, or between bytes.
std::optional<Answer> answer_awk(const Question& question, const std::vector<Value>& words) {
  auto options = read_options(words, {"", "F"});
  if (!options || options->operands.empty()) return std::nullopt;
  auto program = options->operands.front();
  options->operands.erase(options->operands.begin());
  std::erase_if(program, [](char c) { return c == ' ' || c == ';'; });
  constexpr std::string_view begin = "{print$";
  if (!program.starts_with(begin) || !program.ends_with('}')) return std::nullopt;
  const auto field = number(std::string_view(program).substr(begin.size(), program.size() - begin.size() - 1));
  const auto* const delimiter = options->value('F');
  const auto input = input_of(question, options->operands);
  if (!field || *field == 0 || !input || (delimiter != nullptr && delimiter->size() != 1)) return std::nullopt;
  const auto [lines, cut] = lines_of(input->text);
  if (cut) return std::nullopt;
  Printed printed(*input);
  for (const auto line : lines) {
    const std::string_view separators = delimiter == nullptr ? std::string_view(" \t") : std::string_view(*delimiter);
    auto rest = line;
    std::string_view text;
    for (std::size_t at = 0; at < *field; ++at) {
      if (delimiter == nullptr) rest.remove_prefix(std::min(rest.find_first_not_of(separators), rest.size()));
      text = rest.substr(0, rest.find_first_of(separators));
      rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    }
    printed.add(text);
  }
  return printed.answer(Truth::yes);
}

/// The bytes of tr's sets: ranges and classes of letters.
std::optional<std::string> bytes_of_set(std::string_view set) {
  if (set == "[:lower:]") return bytes_of_set("a-z");
  if (set == "[:upper:]") return bytes_of_set("A-Z");
  std::string bytes;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.substr(i).starts_with("[:")) return std::nullopt;
    char c = set[i];
    if (c == '\\' && i + 1 < set.size()) {
      c = set[++i];
      c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    if (i + 2 < set.size() && set[i + 1] == '-') {
      for (int byte = static_cast<unsigned char>(c); byte <= static_cast<unsigned char>(set[i + 2]); ++byte)
        bytes += static_cast<char>(byte);
      i += 2;
    } else {
      bytes += c;
    }
  }
  return bytes;
}

/// tr SET SET, tr -d SET
std::optional<Answer> answer_tr(const Question& question, const std::vector<Value>& words) {
  const auto options = read_options(words, {"d", ""});
  if (!options || options->operands.size() != (options->has('d') ? 1u : 2u)) return std::nullopt;
  const auto from = bytes_of_set(options->operands[0]);
  const auto to = options->has('d') ? std::optional(std::string()) : bytes_of_set(options->operands[1]);
  const auto input = input_of(question, {});
  if (!from || !to || !input || (!options->has('d') && to->empty())) return std::nullopt;
  auto output = *input;
  std::string text;
  for (const char c : output.text) {
    const auto place = from->find(c);
    if (place == std::string::npos)
      text += c;
    else if (!options->has('d'))
      text += (*to)[std::min(place, to->size() - 1)];
  }
  output.text = std::move(text);
  return Answer{std::move(output), {Truth::yes, true}};
}

/// expr TEXT : PATTERN prints the first group, or how many bytes match.
std::optional<Answer> answer_expr(const std::vector<Value>& words) {
  if (words.size() != 4 || words[2].text != ":" || !words[1].known || !words[3].known) return std::nullopt;
  const auto regex = BasicRegex::read(words[3].text, Grammar::basic);
  if (!regex) return std::nullopt;
  const auto [outcome, match] = regex->match_start(words[1].text);
  if (outcome == Outcome::unknown) return std::nullopt;
  const bool found = outcome == Outcome::found;
  std::string text(match.text_of(regex->groups() > 0 ? 1 : 0, words[1].text));
  if (regex->groups() == 0) text = std::to_string(text.size());
  const auto truth = found && !text.empty() && text != "0" ? Truth::yes : Truth::no;
  const bool assumed = words[1].assumed || words[3].assumed;
  return Answer{{text + "\n", true, assumed, false}, {truth, !assumed}};
}

}  // namespace

std::optional<Answer> answer_filter(const Question& question, const std::vector<Value>& words) {
  const std::string name(last_component(words.front().text));
  if (name == "expr") return answer_expr(words);
  if (name == "head" || name == "tail") return answer_ends(question, words, name == "head" ? End::head : End::tail);
  if (name == "grep") return answer_grep(question, words, Grammar::basic);
  if (name == "egrep") return answer_grep(question, words, Grammar::extended);
  if (name == "cut") return answer_cut(question, words);
  if (name == "sed") return answer_sed(question, words);
  if (name == "awk" || name == "gawk" || name == "mawk") return answer_awk(question, words);
  if (name == "tr") return answer_tr(question, words);
  return std::nullopt;
}

}  // namespace imgslim::entrypoint
