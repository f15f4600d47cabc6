#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/located.h"
#include "rules/condition.h"
#include "rules/rule.h"

namespace imgslim::rules {

/// Shared lists by name: rules/lists/NAME.json.
using Lists = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Reads a rule file into a Rule. The first problem is kept with its place, and what is read after it does not matter:
/// ask error() at the end.
class RuleReader {
 public:
  RuleReader(std::string_view file, const Lists& lists) : file_(file), lists_(lists) {}

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  Rule rule(const json::Located& value);
  std::vector<std::string> list(const json::Located& value);

 private:
  using Value = json::Located;
  using Names = std::initializer_list<std::string_view>;

  void fail(const Value& at, const std::string& message);
  /// An object with no keys but these.
  bool object(const Value& value, Names known);
  std::string text(const Value& value);
  std::string member_text(const Value& object, std::string_view key);
  bool truth(const Value& value);
  std::size_t count(const Value& value);
  /// One string or a list of them; "list:NAME" stands for a shared list.
  std::vector<std::string> strings(const Value& value);
  /// Parameters with shared lists in place of their names.
  Value with_lists(Value parameters);
  std::string one_of(const Value& value, Names known);

  // rule_reader.cpp
  void tests(const Value& value, Rule& rule);
  RuleCase test_case(const Value& value);
  FixRecipe recipe(const Value& value);
  void metadata(const Value& value, Rule& rule);

  // condition_reader.cpp
  void add_pattern(const Value& value, const std::string& text, Matcher& matcher);
  Matcher matcher(const Value& value);
  void matcher_member(const std::string& key, const Value& value, Matcher& matcher);
  ValuesMatcher values(const Value& value);
  OperandsPattern operands(const Value& value);
  CommandPattern command(const Value& value);
  void command_member(const std::string& key, const Value& value, CommandPattern& pattern);
  Condition condition(const Value& value);
  Condition condition_member(const std::string& key, const Value& value);
  Condition text_condition(const std::string& key, const Value& value);
  Condition group(Condition::Kind kind, const Value& value);
  Condition fields(const Value& value);
  Condition instruction(const Value& value);
  Condition mount(const Value& value);
  Condition named(Condition::Kind kind, const Value& value, Names known);
  Condition predicate(const Value& value);

  std::string file_;
  const Lists& lists_;
  std::optional<Error> error_;
};

}  // namespace imgslim::rules
