/// Patterns of scripts, against the programs that read them here.
#include "shell/basic_regex.h"

#include "shell/replacement.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::shell;
using Grammar = BasicRegex::Grammar;
using Outcome = BasicRegex::Outcome;

namespace {

constexpr std::string_view patterns[] = {".*-> \\(.*\\)$",
                                         "^--[[:space:]]*Lua-Versions[[:space:]]*:",
                                         "\\(.*\\)/.*",
                                         "[^/]*$",
                                         "[0-9][0-9]*",
                                         "a*",
                                         "^*a",
                                         "\\.so",
                                         "x\\(y*\\)z",
                                         "[]a]b",
                                         "[a\\]b",
                                         "lo\\+",
                                         "lo\\?k",
                                         "(a)",
                                         "a$b",
                                         "^",
                                         "$",
                                         "[[:upper:]]",
                                         "\\(a\\(b*\\)\\)c"};
constexpr std::string_view extended[] = {"(l+)o", "[0-9]+(.)", "^(.*)\\.([^.]*)$", "a?b", "\\(", "x(y*)z"};
constexpr std::string_view texts[] = {"lrwxrwxrwx 1 root root 0 /usr/bin/java -> /etc/alternatives/java",
                                      "--  Lua-Versions : 5.1 5.2",
                                      "a/b/c",
                                      "",
                                      "libc.so.6",
                                      "look *a",
                                      "xyyz xz",
                                      "]b \\b ab",
                                      "a$b",
                                      "abbc (a)",
                                      "HELLO 42",
                                      "llo.tar.gz"};

std::string shell_word(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// What sed makes of every text by "s/PATTERN/<&|\1>/"; the group is left out where the pattern has none.
void compare_with_sed(std::string_view pattern, Grammar grammar) {
  const auto regex = BasicRegex::read(pattern, grammar);
  REQUIRE(regex);
  const std::string expression = "s#" + std::string(pattern) + "#<&" + (regex->groups() > 0 ? "|\\1" : "") + ">#";
  const auto replacement = read_replacement(expression, grammar);
  REQUIRE(replacement);
  for (const auto text : texts) {
    const auto command = "printf '%s\\n' " + shell_word(text) + " | LC_ALL=C sed " +
                         (grammar == Grammar::extended ? "-E " : "") + shell_word(expression);
    const auto expected = real_tools::output_of(command);
    REQUIRE(expected);
    const auto replaced = replace_in(text, *replacement);
    REQUIRE(replaced);
    INFO(expression << " on " << text);
    CHECK(replaced->line + "\n" == *expected);
  }
}

}  // namespace

TEST_CASE("patterns find what sed finds") {
  if (!real_tools::has_program("sed")) IMGSLIM_SKIP("no sed");
  for (const auto pattern : patterns) compare_with_sed(pattern, Grammar::basic);
  for (const auto pattern : extended) compare_with_sed(pattern, Grammar::extended);
}

TEST_CASE("patterns of kinds that are not read are refused") {
  for (const auto* pattern : {"a\\|b", "a\\{2\\}", "\\(a\\)\\1", "\\(a", "a\\)", "[a", "\\(a\\)*", "\\w", "a\\"})
    CHECK_FALSE(BasicRegex::read(pattern, Grammar::basic));
  for (const auto* pattern : {"a|b", "a{2}", "(a", "a)", "+a", "(a)?"})
    CHECK_FALSE(BasicRegex::read(pattern, Grammar::extended));
  CHECK_FALSE(BasicRegex::read(std::string(10'000, 'a'), Grammar::basic));
}

TEST_CASE("a match of the start begins there, and letters match in either case where that is wanted") {
  const auto regex = BasicRegex::read("b*", Grammar::basic);
  REQUIRE(regex);
  CHECK(regex->match_start("abb").match.text_of(0, "abb").empty());
  const auto word = BasicRegex::read("l[u-z]A", Grammar::basic, BasicRegex::Letters::either_case);
  REQUIRE(word);
  CHECK(word->search("x LuA").outcome == Outcome::found);
}

TEST_CASE("a pattern that would take for ever is given up") {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a*";
  const auto regex = BasicRegex::read(pattern + "b", Grammar::basic);
  REQUIRE(regex);
  CHECK(regex->search(std::string(2'000, 'a')).outcome == Outcome::unknown);
}

TEST_CASE("all matches of a line are replaced by g, empty ones too") {
  const auto replaced = [](std::string_view expression, std::string_view line) {
    const auto replacement = read_replacement(expression, Grammar::basic);
    REQUIRE(replacement);
    return replace_in(line, *replacement)->line;
  };
  CHECK(replaced("s/o/0/g", "foo bo") == "f00 b0");
  CHECK(replaced("s,/,\\,,", "a/b/c") == "a,b/c");
  CHECK(replaced("s/x*/-/g", "ab") == "-a-b-");
  for (const auto* expression : {"s/a/b", "d", "y/a/b/", "s/a/b/2", "s/a/b/w file", ""})
    CHECK_FALSE(read_replacement(expression, Grammar::basic));
}
