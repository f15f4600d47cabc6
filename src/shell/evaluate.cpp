/// Expansion of words (POSIX.1-2017 XCU 2.6) on values that may be unknown.
///
/// A variable that nobody set counts as unset, which is an assumption: whoever starts the container may set it. What
/// depends on the run (command substitutions that the caller does not know, $?, $$) is unknown, and a text keeps its
/// known parts around it.
#include "shell/evaluate.h"

#include <algorithm>
#include <charconv>

#include "shell/edit_value.h"
#include "shell/parse.h"
#include "shell/parser.h"
#include "shell/pattern.h"

namespace imgslim::shell {
namespace {

constexpr std::size_t most_fields = 1'000;

bool splits(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/// What a double-quoted or here-document text stands for is itself; $'…' is decoded.
std::string literal_text(const Part& part) {
  return part.kind == PartKind::dollar_quoted ? decode_dollar_quoted(part.text) : part.text;
}

std::optional<long> integer(std::string_view text) {
  long value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

void Value::append(const Value& other) {
  text += other.text;
  known = known && other.known;
  assumed = assumed || other.assumed;
  if (text.size() > longest_value) *this = unknown();
}

void Scope::set(std::string_view variable, Value value) {
  auto& slot = variables[std::string(variable)];
  value.list = false;
  slot.values = {std::move(value)};
  slot.array = false;
}

Value Scope::get(std::string_view variable) const {
  const auto found = variables.find(variable);
  if (found == variables.end()) return {"", true, true, false};
  return found->second.values.empty() ? Value() : found->second.values.front();
}

/// Fields under construction. Texts are patterns (quoted bytes escaped) when `patterns`.
struct Evaluator::Fields {
  bool split = true;
  bool patterns = false;
  std::vector<Value> done;
  Value current;
  bool open = false;  ///< `current` is a field even when empty

  void append(const Value& value, bool quoted) {
    Value shown = value;
    if (patterns && quoted && value.known) shown.text = escape_pattern(value.text);
    current.append(shown);
    open = true;
  }
  void close() {
    if (open && done.size() < most_fields) done.push_back(std::move(current));
    current = {};
    open = false;
  }
  /// An unquoted expansion.
  void append_split(const Value& value) {
    if (!split) return append(value, false);
    if (!value.known) {
      const bool alone = !open;
      append(value, false);
      current.list = alone;
      return;
    }
    std::size_t at = 0;
    while (at < value.text.size()) {
      if (splits(value.text[at])) {
        close();
        ++at;
        continue;
      }
      auto end = at;
      while (end < value.text.size() && !splits(value.text[end])) ++end;
      append({value.text.substr(at, end - at), true, value.assumed, false}, false);
      at = end;
    }
    current.assumed = current.assumed || value.assumed;
  }
};

std::vector<Value> Evaluator::fields(const Word& word, Globs globs) {
  Fields fields;
  fields.patterns = globs == Globs::keep_patterns;
  add(word.parts, false, fields);
  fields.close();
  return std::move(fields.done);
}

Value Evaluator::text(const Word& word) {
  Fields fields;
  fields.split = false;
  add(word.parts, false, fields);
  return std::move(fields.current);
}

Value Evaluator::pattern(const Word& word) {
  Fields fields;
  fields.split = false;
  fields.patterns = true;
  add(word.parts, false, fields);
  return std::move(fields.current);
}

void Evaluator::add(const std::vector<Part>& parts, bool quoted, Fields& fields) {
  for (const auto& part : parts) add_part(part, quoted, fields);
}

void Evaluator::add_part(const Part& part, bool quoted, Fields& fields) {
  switch (part.kind) {
    case PartKind::literal:
      return fields.append({part.text, true, false, false}, quoted);
    case PartKind::escaped:
    case PartKind::single_quoted:
    case PartKind::dollar_quoted:
    case PartKind::operator_token:
      return fields.append({literal_text(part), true, false, false}, true);
    case PartKind::double_quoted:
    case PartKind::translated: {
      const bool only_arguments = part.parts.size() == 1 && part.parts[0].text == "@";
      if (!only_arguments) fields.append({}, true);
      return add(part.parts, true, fields);
    }
    case PartKind::parameter:
      return add_parameter(part, quoted, fields);
    case PartKind::command: {
      auto value = substitution_(part.list.front());
      while (value.text.ends_with('\n')) value.text.pop_back();
      return quoted ? fields.append(value, true) : fields.append_split(value);
    }
    case PartKind::arithmetic:
      return fields.append(arithmetic(part.parts), true);
    case PartKind::process_substitution:
    case PartKind::array:
      return fields.append(Value::unknown(), true);
  }
}

/// The fields of $@, $*, ${array[@]} and slices of them; nothing for other parameters.
std::optional<std::vector<Value>> Evaluator::elements(const Part& part) {
  std::vector<Value> values;
  const bool whole = !part.subscript.empty() && !part.subscript[0].parts.empty() &&
                     (part.subscript[0].parts[0].text == "@" || part.subscript[0].parts[0].text == "*");
  if (part.text == "@" || part.text == "*") {
    values = scope_.arguments;
  } else if (whole) {
    const auto found = scope_.variables.find(part.text);
    if (found != scope_.variables.end()) values = found->second.values;
  } else {
    return std::nullopt;
  }
  if (part.length) return std::nullopt;
  if (part.operation.empty()) return values;
  if (part.operation[0] == '+' || part.operation == ":+") {
    if (values.empty()) return values;
    return fields(part.operands.at(0));
  }
  if (part.operation == ":" && part.operands.size() == 1) {
    const auto offset = integer(text(part.operands[0]).text);
    const bool of_arguments = part.text == "@" || part.text == "*";
    if (!offset || *offset < 0) return std::vector<Value>{Value::unknown()};
    auto skipped = static_cast<std::size_t>(*offset);
    if (of_arguments && skipped > 0) --skipped;
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, values.size())));
    return values;
  }
  if (part.operation == ":-" || part.operation == "-") return values.empty() ? fields(part.operands.at(0)) : values;
  return std::vector<Value>{Value::unknown()};
}

void Evaluator::add_parameter(const Part& part, bool quoted, Fields& fields) {
  if (const auto values = elements(part)) {
    const bool joined = !fields.split || (quoted && part.text == "*");
    for (std::size_t i = 0; i < values->size(); ++i) {
      if (i > 0 && joined) fields.append({" ", true, false, false}, quoted);
      if (i > 0 && !joined) fields.close();
      quoted ? fields.append((*values)[i], true) : fields.append_split((*values)[i]);
    }
    return;
  }
  const bool conditional = !quoted && fields.split && !part.operands.empty() &&
                           std::string_view(":-:+").find(part.operation) != std::string_view::npos;
  auto value = plain_value(part);
  if (conditional) {  // the operand's own quotes count: ${1+"$@"}
    const bool present = value && (part.operation[0] != ':' || !value->known || !value->text.empty());
    if (part.operation.back() == '+' && present && value->known) return add(part.operands[0].parts, false, fields);
    if (part.operation.back() == '-' && !present) return add(part.operands[0].parts, false, fields);
  }
  const auto result = operated(part, std::move(value));
  quoted ? fields.append(result, true) : fields.append_split(result);
}

/// The parameter before its operation; nothing when unset.
std::optional<Value> Evaluator::plain_value(const Part& part) const {
  const auto& name = part.text;
  if (name == "0") return Value{scope_.name, true, false, false};
  if (name == "#") return Value{std::to_string(scope_.arguments.size()), true, false, false};
  if (name == "@" || name == "*") return Value{std::to_string(scope_.arguments.size()), true, false, false};
  if (is_digit(static_cast<unsigned char>(name[0]))) {
    const auto position = integer(name).value_or(0);
    if (position < 1 || static_cast<std::size_t>(position) > scope_.arguments.size()) return std::nullopt;
    return scope_.arguments[static_cast<std::size_t>(position) - 1];
  }
  if (!is_name_start(static_cast<unsigned char>(name[0]))) return Value::unknown();  // $? $$ $! $-
  auto found = scope_.variables.find(name);
  if (part.indirect) {
    if (found == scope_.variables.end() || found->second.values.empty()) return std::nullopt;
    if (!found->second.values[0].known) return Value::unknown();
    found = scope_.variables.find(found->second.values[0].text);
  }
  if (found == scope_.variables.end() || found->second.values.empty()) return std::nullopt;
  const auto& values = found->second.values;
  if (part.subscript.empty()) return values.front();
  const auto index = constant_text(part.subscript[0]);
  const auto position = index ? integer(*index) : std::nullopt;
  if (index == "@" || index == "*") return Value{std::to_string(values.size()), true, false, false};
  if (!position || *position < 0 || static_cast<std::size_t>(*position) >= values.size()) return Value::unknown();
  return values[static_cast<std::size_t>(*position)];
}

Value Evaluator::defaulted(const Part& part, const std::optional<Value>& value) {
  const bool colon = part.operation[0] == ':';
  const char action = part.operation.back();
  const bool present = value && (!colon || !value->known || !value->text.empty());
  if (action == '+') {
    if (!present) return {"", true, !value, false};
    return value->known ? text(part.operands.at(0)) : Value::unknown();
  }
  if (present || action == '?') return present ? *value : Value::unknown();
  auto chosen = text(part.operands.at(0));
  chosen.assumed = chosen.assumed || !value;
  if (action == '=') scope_.set(part.text, chosen);
  return chosen;
}

Value Evaluator::substring(const Part& part, const Value& value) {
  const auto offset = integer(text(part.operands[0]).text);
  auto length = std::optional<long>(static_cast<long>(value.text.size()));
  if (part.operands.size() > 1) length = integer(text(part.operands[1]).text);
  if (!offset || !length || *offset < 0 || *length < 0) return Value::unknown();
  const auto begin = std::min(static_cast<std::size_t>(*offset), value.text.size());
  return {value.text.substr(begin, static_cast<std::size_t>(*length)), true, value.assumed, false};
}

Value Evaluator::operated(const Part& part, std::optional<Value> value) {
  const auto& operation = part.operation;
  if (part.length && value && value->known && part.text != "@" && part.text != "*" && part.subscript.empty())
    return {std::to_string(value->text.size()), true, value->assumed, false};
  if (part.length) return value && value->known ? *value : Value{"0", value.has_value(), true, false};
  const bool conditional =
      !operation.empty() && operation != ":" && std::string_view(":-:=:?:+").find(operation) != std::string_view::npos;
  if (conditional) return defaulted(part, value);
  if (!value) value = Value{"", true, true, false};
  if (operation.empty() || !value->known) return *value;
  if (operation == ":") return substring(part, *value);
  Edit edit{operation, {}, {}};
  bool known = true;
  for (std::size_t i = 0; i < part.operands.size() && i < 2; ++i) {
    const auto operand = i == 0 ? pattern(part.operands[i]) : text(part.operands[i]);
    known = known && operand.known;
    (i == 0 ? edit.pattern : edit.replacement) = operand.text;
  }
  const auto edited = known ? edit_text(value->text, edit) : std::nullopt;
  return edited ? Value{*edited, true, value->assumed, false} : Value::unknown();
}

Value Evaluator::arithmetic(const std::vector<Part>& parts) {
  Fields fields;
  fields.split = false;
  add(parts, true, fields);
  const auto& expression = fields.current;
  if (!expression.known) return Value::unknown();
  long sum = 0, sign = 1;
  bool operand_next = true;
  const std::string_view rest = expression.text;
  for (std::size_t at = 0; at < rest.size();) {
    const char c = rest[at];
    if (splits(c)) {
      ++at;
    } else if (c == '+' || c == '-') {
      if (operand_next && c == '-') sign = -sign;
      if (!operand_next) sign = c == '-' ? -1 : 1;
      operand_next = true;
      ++at;
    } else if (is_name_byte(static_cast<unsigned char>(c)) && operand_next) {
      auto end = at;
      while (end < rest.size() && is_name_byte(static_cast<unsigned char>(rest[end]))) ++end;
      const auto word = rest.substr(at, end - at);
      const auto number = integer(is_digit(static_cast<unsigned char>(c)) ? std::string(word) : scope_.get(word).text);
      constexpr long largest = 1'000'000'000;
      if (!number || *number > largest || *number < -largest || sum > largest || sum < -largest)
        return Value::unknown();
      sum += sign * *number;
      operand_next = false;
      at = end;
    } else {
      return Value::unknown();
    }
  }
  return {std::to_string(sum), true, expression.assumed, false};
}

namespace {

bool mentions_all(const std::vector<Part>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) {
    if (part.kind == PartKind::parameter && (part.text == "@" || part.text == "*")) return true;
    if (part.kind == PartKind::parameter && !part.subscript.empty() && constant_text(part.subscript[0]) == "@")
      return true;
    return mentions_all(part.parts) || mentions_all_arguments(part.operands);
  });
}

}  // namespace

bool mentions_all_arguments(const std::vector<Word>& words) {
  return std::any_of(words.begin(), words.end(), [](const Word& word) { return mentions_all(word.parts); });
}

}  // namespace imgslim::shell
