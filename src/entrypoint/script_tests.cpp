/// test(1), [ and the primaries of [[ ]] (POSIX.1-2017 XCU test; bash manual 6.4) on what is known of their operands.
#include <charconv>

#include "entrypoint/script_state.h"
#include "shell/pattern.h"

namespace imgslim::entrypoint {

using shell::Value;

namespace {

Verdict verdict_of(bool truth, bool firm) { return {truth ? Truth::yes : Truth::no, firm}; }

/// Files of the image may be covered by a volume: never firm.
Verdict judge_file(const rootfs::FileSystem& files, char operation, const std::string& path) {
  const auto found = files.find(path);
  const bool directory = files.is_directory(path);
  switch (operation) {
    case 'f':
      return verdict_of(found.has_value(), false);
    case 'd':
      return verdict_of(directory, false);
    case 'e':
    case 'r':
    case 'w':
    case 'a':
      return verdict_of(found || directory, false);
    case 'x':
      return verdict_of(directory || (found && (files.permissions(found->file).mode & 0111u) != 0), false);
    case 's':
      return verdict_of(directory || (found && files.size_bytes(found->file) > 0), false);
    case 'L':
    case 'h':
      return verdict_of(files.link_target(path).has_value(), false);
    default:
      return {};
  }
}

std::optional<long> integer(const Value& value) {
  long number = 0;
  const auto& text = value.text;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return value.known && error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// Something is in the text whatever the unknown pieces are.
bool is_surely_filled(const Value& value) { return !value.known && value.text != shell::unknown_text; }

Verdict judge_numbers(const Value& left, std::string_view operation, const Value& right) {
  const auto a = integer(left), b = integer(right);
  if (!a || !b) return {};
  const bool firm = !left.assumed && !right.assumed;
  if (operation == "-eq") return verdict_of(*a == *b, firm);
  if (operation == "-ne") return verdict_of(*a != *b, firm);
  if (operation == "-lt") return verdict_of(*a < *b, firm);
  if (operation == "-le") return verdict_of(*a <= *b, firm);
  if (operation == "-gt") return verdict_of(*a > *b, firm);
  if (operation == "-ge") return verdict_of(*a >= *b, firm);
  return {};
}

}  // namespace

Verdict judge_unary(const rootfs::FileSystem& files, const Value& operation, const Value& operand, const State& state) {
  if (!operation.known || operation.text.size() != 2 || operation.text[0] != '-') return {};
  const char letter = operation.text[1];
  if (letter == 'n' || letter == 'z') {
    if (is_surely_filled(operand)) return verdict_of(letter == 'n', true);
    if (!operand.known) return {};
    return verdict_of(operand.text.empty() == (letter == 'z'), !operand.assumed);
  }
  if (!operand.known) return {};
  if (letter == 'v') {
    const bool set = state.scope.variables.contains(operand.text);
    return verdict_of(set, set);
  }
  if (operand.text.empty()) return verdict_of(false, !operand.assumed);
  return judge_file(files, letter, absolute(state.directory, operand.text));
}

Verdict judge_binary(const Value& left, const Value& operation, const Value& right, Comparison comparison) {
  const auto& text = operation.text;
  const bool equal = text == "=" || text == "==";
  if (!equal && text != "!=") return judge_numbers(left, text, right);
  if (!left.known || !right.known) return {};
  const bool same = comparison == Comparison::pattern ? shell::matches(right.text, left.text) : left.text == right.text;
  return verdict_of(same == equal, !left.assumed && !right.assumed);
}

Verdict judge_test(const rootfs::FileSystem& files, const std::vector<Value>& operands, const State& state) {
  // -o binds weaker than -a; both stand between expressions of one to four operands.
  for (const auto* connector : {"-o", "-a"}) {
    for (std::size_t at = 1; at + 1 < operands.size(); ++at) {
      if (operands[at].text != connector || operands.size() <= 3) continue;
      const std::vector<Value> before(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(at));
      const std::vector<Value> after(operands.begin() + static_cast<std::ptrdiff_t>(at) + 1, operands.end());
      constexpr std::size_t most_operands = 40;
      if (operands.size() > most_operands) return {};
      const auto a = judge_test(files, before, state), b = judge_test(files, after, state);
      const auto decides = *connector == '-' && connector[1] == 'o' ? Truth::yes : Truth::no;
      if (a.truth == decides) return a;
      if (b.truth == decides) return b;
      if (a.truth == Truth::unknown || b.truth == Truth::unknown) return {};
      return {a.truth, a.firm && b.firm};
    }
  }
  if (operands.size() > 1 && operands.front().text == "!" && operands.size() != 3)
    return opposite(judge_test(files, {operands.begin() + 1, operands.end()}, state));
  switch (operands.size()) {
    case 0:
      return {Truth::no, true};
    case 1:
      return judge_unary(files, {"-n"}, operands[0], state);
    case 2:
      return judge_unary(files, operands[0], operands[1], state);
    case 3:
      if (operands[0].text == "!") return opposite(judge_unary(files, operands[1], operands[2], state));
      return judge_binary(operands[0], operands[1], operands[2], Comparison::text);
    default:
      return {};
  }
}

}  // namespace imgslim::entrypoint
