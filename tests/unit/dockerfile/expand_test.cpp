#include "dockerfile/expand.h"

#include <map>

#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

/// v=lib.so.1.2  e=""  p=/usr/local/bin  s=a*b?c  u declared only  t known to a build only; the rest undefined.
VariableValue look_up(std::string_view name) {
  static const std::map<std::string_view, std::string> known{
      {"v", "lib.so.1.2"},   {"e", ""},    {"p", "/usr/local/bin"},    {"s", "a*b?c"},
      {"k\xC3\xA9", "wide"}, {"1", "one"}, {"w", "\xC3\xA9t\xC3\xA9"}, {"raw", "\xFFx\xFF"},
      {"b", "a\\b"}};
  if (name == "u") return {Knowledge::unset, {}};
  if (name == "t") return {Knowledge::unknown, {}};
  const auto found = known.find(name);
  return found == known.end() ? VariableValue{} : VariableValue{Knowledge::known, found->second};
}

Expansion expand_word(std::string_view word, Unknowns unknowns = Unknowns::empty, char escape = '\\') {
  ExpandOptions options;
  options.unknowns = unknowns;
  options.escape = escape;
  return expand(word, look_up, options);
}

struct Row {
  const char* word;
  const char* text;
};

void check_rows(const std::vector<Row>& rows, Unknowns unknowns = Unknowns::empty, char escape = '\\') {
  for (const auto& row : rows) {
    CAPTURE(row.word);
    const auto expansion = expand_word(row.word, unknowns, escape);
    CHECK_FALSE(expansion.error);
    CHECK(expansion.text == row.text);
  }
}

TEST_CASE("text without variables loses its quotes and escapes") {
  check_rows({{"", ""},
              {"plain", "plain"},
              {"a\\ b", "a b"},
              {"'a \"b\" \\n $v'", "a \"b\" \\n $v"},
              {"\"a 'b' \\\" \\$v \\\\ \\n\"", "a 'b' \" $v \\ \\n"},
              {"x'y'\"z\"", "xyz"},
              {"\\'", "'"},
              {"end\\", "end"},
              {"a\\\\b", "a\\b"},
              {"\xC3\xA9\\\xC3\xA9", "\xC3\xA9\xC3\xA9"}});
}

TEST_CASE("the escape character that was chosen is the one that counts") {
  check_rows({{"C:\\dir\\`$v", "C:\\dir\\$v"}, {"\"a`\"b\\c\"", "a\"b\\c"}, {"``", "`"}, {"`", ""}}, Unknowns::empty,
             '`');
}

TEST_CASE("names end where no letter, digit or underscore follows") {
  check_rows({{"$v", "lib.so.1.2"},
              {"$v/x", "lib.so.1.2/x"},
              {"${v}x", "lib.so.1.2x"},
              {"$vx", ""},
              {"a$", "a$"},
              {"$/", "$/"},
              {"$k\xC3\xA9", "wide"},
              {"$1x", "onex"},
              {"${1}", "one"},
              {"\"$v\"", "lib.so.1.2"},
              {"\\$v", "$v"},
              {"\\\\$e.", "\\."},
              {"$p$v", "/usr/local/binlib.so.1.2"},
              {"${v}${e}${p}", "lib.so.1.2/usr/local/bin"}});
}

TEST_CASE("defaults, alternatives and required values, with and without colon") {
  check_rows({{"${v:-d}", "lib.so.1.2"},
              {"${e:-d}", "d"},
              {"${n:-d}", "d"},
              {"${u:-d}", "d"},
              {"${v-d}", "lib.so.1.2"},
              {"${e-d}", ""},
              {"${n-d}", "d"},
              {"${n:-}", ""},
              {"${v:+d}", "d"},
              {"${e:+d}", ""},
              {"${n:+d}", ""},
              {"${v+d}", "d"},
              {"${e+d}", "d"},
              {"${n+d}", ""},
              {"${v:?m}", "lib.so.1.2"},
              {"${e?m}", ""},
              {"${v?m}", "lib.so.1.2"}});
}

TEST_CASE("a word within braces is expanded like any other, to any depth") {
  check_rows({{"${n:-$v}", "lib.so.1.2"},
              {"${n:-${m:-${v}}}", "lib.so.1.2"},
              {"${n:-a b}", "a b"},
              {"${n:-\"}\"}", "}"},
              {"${n:-'}'}x", "}x"},
              {"${n:-\\}}", "}"},
              {"${v:+${e:-deep}}", "deep"},
              {"\"${n:-'q'}\"", "q"},
              {"${n:-{}", "{"}});
}

TEST_CASE("prefixes and suffixes are cut by patterns, the shortest or the longest") {
  check_rows({{"${v#lib}", ".so.1.2"},
              {"${v#so}", "lib.so.1.2"},
              {"${v#*.}", "so.1.2"},
              {"${v##*.}", "2"},
              {"${v#???}", ".so.1.2"},
              {"${v%.*}", "lib.so.1"},
              {"${v%%.*}", "lib"},
              {"${v%2}", "lib.so.1."},
              {"${v%x}", "lib.so.1.2"},
              {"${v#}", "lib.so.1.2"},
              {"${v##*}", ""},
              {"${v%%*}", ""},
              {"${v%.?.?}", "lib.so"},
              {"${p##*/}", "bin"},
              {"${p%/*}", "/usr/local"},
              {"${p#/usr}", "/local/bin"},
              {"${p#$e/usr}", "/local/bin"},
              {"${s#a\\*}", "b?c"},
              {"${s%\\?c}", "a*b"},
              {"${v#[l]}", "lib.so.1.2"},
              {"${v%.1.2}", "lib.so"},
              {"${w%?}", "\xC3\xA9t"},
              {"${w#?}", "t\xC3\xA9"},
              {"${raw%?}", "\xFFx"},
              {"${e#a}", ""},
              {"${n#a}", ""},
              {"${b#a\\\\}", "b"},
              {"${p%/local\\/bin}", "/usr"}});
}

TEST_CASE("the first or every match of a pattern is replaced") {
  check_rows({{"${v/./-}", "lib-so.1.2"},
              {"${v//./-}", "lib-so-1-2"},
              {"${v/.*/}", "lib"},
              {"${v//[/x}", "lib.so.1.2"},
              {"${v/lib/$p}", "/usr/local/bin.so.1.2"},
              {"${p//\\//_}", "_usr_local_bin"},
              {"${v/?/X}", "Xib.so.1.2"},
              {"${v//?/X}", "XXXXXXXXXX"},
              {"${v/none/X}", "lib.so.1.2"},
              {"${s/\\*/+}", "a+b?c"},
              {"${e/a/b}", ""},
              {"${n/a/b}", ""},
              {"${w//t/}", "\xC3\xA9\xC3\xA9"}});
}

TEST_CASE("what cannot be expanded is told and stays as written") {
  for (const char* word : {"${v",     "${",      "${}",      "${{v}", "${:v}",    "${v:}",      "${v:=d}", "${v=d}",
                           "${v:#l}", "${v:%l}", "${v:0:2}", "${v^}", "${v,,}",   "${v@Q}",     "${v:-d",  "${v/a}",
                           "${v/a/b", "'open",   "\"open",   "\"${v", "${v#\\a}", "${v/\\a/b}", "${v:"}) {
    CAPTURE(word);
    const auto expansion = expand_word(word);
    REQUIRE(expansion.error);
    CHECK(expansion.error->kind != ExpansionError::Kind::missing);
    CHECK_FALSE(expansion.error->message.empty());
    CHECK(expansion.text == word);
    CHECK_FALSE(expansion.known);
  }
}

TEST_CASE("a required value that is missing is an error of its own, with the word as message") {
  CHECK(expand_word("${n:?give n}").error->message == "n: give n");
  CHECK(expand_word("${n?}").error->message == "n: is not set");
  CHECK(expand_word("${e:?}").error->message == "e: is empty");
  CHECK(expand_word("${u:?}").error->kind == ExpansionError::Kind::missing);
}

TEST_CASE("variables without a known value stay when asked, and the text is not known then") {
  check_rows({{"img:$n", "img:$n"},
              {"img:${t}-x", "img:${t}-x"},
              {"\"${u}\"", "${u}"},
              {"${t:-d}", "${t:-d}"},
              {"${t:+d}", "${t:+d}"},
              {"${t#a}", "${t#a}"},
              {"${v#$t}", "${v#$t}"},
              {"${v/$n/b}", "${v/$n/b}"},
              {"${n:-d}", "d"}},
             Unknowns::keep);
  CHECK_FALSE(expand_word("img:$n", Unknowns::keep).known);
  CHECK_FALSE(expand_word("${t:-d}", Unknowns::keep).known);
  CHECK(expand_word("${n:-d}", Unknowns::keep).known);
  CHECK(expand_word("${v:+d}$e", Unknowns::keep).known);
  CHECK_FALSE(expand_word("${n:-$m}", Unknowns::keep).known);
}

TEST_CASE("references know their names, places, what guards them and whether they count") {
  const auto expansion = expand_word("a${n:-$m}/$v", Unknowns::keep);
  REQUIRE(expansion.references.size() == 3);
  CHECK(expansion.references[0].name == "m");
  CHECK(expansion.references[0].used);
  CHECK(expansion.references[0].knowledge == Knowledge::undefined);
  CHECK_FALSE(expansion.references[0].guarded);
  CHECK(expansion.references[1].name == "n");
  CHECK(expansion.references[1].guarded);
  CHECK(expansion.references[1].begin == 1);
  CHECK(expansion.references[1].end == 9);
  CHECK(expansion.references[2].knowledge == Knowledge::known);
  CHECK_FALSE(expand_word("${v:-$m}").references[0].used);
}

TEST_CASE("in a heredoc's body quotes mean nothing") {
  ExpandOptions options;
  options.quotes = Quotes::keep;
  CHECK(expand("it's \"$v\" '${e:-d}' \\$v", look_up, options).text == "it's \"lib.so.1.2\" 'd' $v");
}

TEST_CASE("expansion is bounded in depth and size") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "${n:-";
  CHECK(expand_word(deep).error);
  ExpandOptions options;
  options.most_bytes = 100;
  const auto large = [](std::string_view) { return VariableValue{Knowledge::known, std::string(60, 'x')}; };
  CHECK(expand("$a", large, options).text.size() == 60);
  CHECK(expand("$a$a", large, options).error->kind == ExpansionError::Kind::size);
  CHECK(expand("${a//x/" + std::string(50, 'y') + "}", large, options).error->kind == ExpansionError::Kind::size);
  CHECK(expand("${a#" + std::string(2'000'000, '?') + "}", large, ExpandOptions{}).error);
}

TEST_CASE("unquoting leaves variables alone") {
  CHECK(unquote("\"a $v ${x:-y}\"'$b'", '\\') == "a $v ${x:-y}$b");
  CHECK(unquote("a\\ b", '\\') == "a b");
  CHECK(unquote("\"open", '\\') == "\"open");
}

}  // namespace
}  // namespace imgslim::dockerfile
