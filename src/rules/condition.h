#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dockerfile/ast.h"
#include "json/located.h"
#include "rules/matcher.h"

/// What a rule file's "match" says (rules/schema.json), as a tree.
namespace imgslim::rules {

struct Condition;
struct Place;

/// Which operands of a command count, and what holds for them.
struct OperandsPattern {
  std::string behind;               ///< only those behind this operand, "" for all
  std::vector<std::string> skip;    ///< words that are no operands: the sub-command
  std::vector<std::string> valued;  ///< flags whose next argument is their value, whatever it is
  std::size_t first_only = 0;       ///< only so many of the first ones; 0 = all
  ValuesMatcher values;
};

/// A simple command of a script; all that is stated holds.
struct CommandPattern {
  Matcher name;
  std::vector<std::string> has;                                    ///< one of these is among its arguments
  std::vector<std::string> lacks;                                  ///< none of these is
  std::vector<std::string> flag;                                   ///< one of these is set
  std::vector<std::string> no_flag;                                ///< none of these is
  std::vector<std::string> sequence;                               ///< these arguments follow each other
  std::vector<Matcher> argument;                                   ///< none or one: some argument
  std::vector<Matcher> first;                                      ///< none or one: the first operand
  std::vector<OperandsPattern> operands;                           ///< none or one
  std::map<std::string, std::size_t> flag_count;                   ///< how often each letter is given
  std::vector<std::pair<std::string, ValuesMatcher>> flag_values;  ///< what is behind a flag
  std::vector<Condition> where;                                    ///< none or one: with this command in hand
};

/// A named predicate's parameters, as the rule file has them.
using Parameters = json::Located;

using Predicate = bool (*)(const Place& place, const Parameters& parameters);

struct Condition {
  enum class Kind : std::uint8_t {
    all,
    any,
    none,          ///< of the children
    instruction,   ///< keywords
    field,         ///< name, values
    command,       ///< some command of the script
    this_command,  ///< the command in hand
    after,         ///< of the same script, behind the command in hand
    before,        ///< and in front of it
    mount,         ///< values: types; target
    script,        ///< name: "pipe", "exec", "heredoc", "opaque"
    script_text,   ///< values
    interpreter,   ///< values
    commands,      ///< values.least and most: how many commands the script has
    stage,         ///< name: "last", "base", "target", "any", "none", "reachable"
    view,          ///< name: "onbuild", "plain"
    earlier,       ///< child holds for an instruction above, of the same stage
    later,         ///< below
    same_stage,    ///< for any other
    previous,      ///< for the one directly above, of the same stage
    other_stage,   ///< for any instruction of another stage
    predicate,
  };
  Kind kind = Kind::all;
  std::vector<Condition> children;
  std::vector<dockerfile::Keyword> keywords;
  std::string name;
  ValuesMatcher values;
  Matcher target;
  std::shared_ptr<const CommandPattern> command;
  Predicate predicate = nullptr;
  Parameters parameters;
};

}  // namespace imgslim::rules
