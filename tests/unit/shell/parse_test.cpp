#include "shell/parse.h"

#include <ctime>

#include "shell/print.h"
#include "support/catch.h"

using namespace imgslim::shell;

namespace {

/// What is printed for a script, on one line.
std::string reprinted(std::string_view text, Dialect dialect = Dialect::posix) {
  const auto parsed = parse(text, dialect);
  CHECK(parsed.opaque.empty());
  const auto printed = print(parsed);
  std::string line;
  for (const char c : printed)
    if (c != ' ' && c != '\n')
      line += c;
    else if (!line.empty() && !line.ends_with(' '))
      line += ' ';
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

const Command& only_command(const Parsed& parsed) {
  REQUIRE(parsed.list.chains.size() == 1);
  REQUIRE(parsed.list.chains[0].pipelines.size() == 1);
  REQUIRE(parsed.list.chains[0].pipelines[0].commands.size() == 1);
  return parsed.list.chains[0].pipelines[0].commands[0];
}

std::string_view at(std::string_view text, Span span) { return text.substr(span.begin, span.end - span.begin); }

std::vector<std::string> reasons(std::string_view text, Dialect dialect = Dialect::posix) {
  std::vector<std::string> reasons;
  for (const auto& opaque : parse(text, dialect).opaque) reasons.push_back(opaque.reason);
  return reasons;
}

}  // namespace

TEST_CASE("words are split by blanks and keep their quotes as parts") {
  const std::string_view text = "  echo 'a b' \"c $d\" e\\ f* # comment\n";
  const auto parsed = parse(text, Dialect::posix);
  const auto& words = only_command(parsed).words;
  REQUIRE(words.size() == 4);
  CHECK(at(text, words[0].span) == "echo");
  CHECK(at(text, words[1].span) == "'a b'");
  CHECK(words[1].parts[0].kind == PartKind::single_quoted);
  CHECK(constant_text(words[1]) == "a b");
  REQUIRE(words[2].parts[0].parts.size() == 2);
  CHECK(words[2].parts[0].parts[1].kind == PartKind::parameter);
  CHECK(at(text, words[2].parts[0].parts[1].span) == "$d");
  CHECK_FALSE(constant_text(words[2]));
  CHECK(words[3].parts.size() == 3);
  CHECK(constant_text(words[3]) == "e f*");
  REQUIRE(parsed.comments.size() == 1);
  CHECK(at(text, parsed.comments[0]) == "# comment");
}

TEST_CASE("line continuations vanish everywhere but in quotes that keep them") {
  const auto parsed = parse("ec\\\nho a\\\n  b 'c\\\nd' \"e\\\nf\"", Dialect::posix);
  const auto& words = only_command(parsed).words;
  REQUIRE(words.size() == 5);
  CHECK(constant_text(words[0]) == "echo");
  CHECK(constant_text(words[1]) == "a");
  CHECK(constant_text(words[3]) == "c\\\nd");
  CHECK(constant_text(words[4]) == "ef");
  CHECK(reprinted("i\\\nf a; the\\\nn b; fi") == "if a then b fi");
}

TEST_CASE("lists, pipelines and their connectors") {
  CHECK(reprinted("a && b || ! c | d & e; f") == "a && b || ! c | d & e f");
  CHECK(reprinted("a |& b", Dialect::bash) == "2>& 1 a | b");
  CHECK(reprinted("a &&\n\n b |\n c") == "a && b | c");
  const auto parsed = parse("a; b & c", Dialect::posix);
  REQUIRE(parsed.list.chains.size() == 3);
  CHECK(parsed.list.chains[1].background);
}

TEST_CASE("compound commands") {
  CHECK(reprinted("if a; then b; elif c\nthen d; else e; fi >x") == "if a then b elif c then d else e fi > x");
  CHECK(reprinted("while a; do b; done; until c; do d; done") == "while a do b done until c do d done");
  CHECK(reprinted("for x in 1 \"$@\"; do b; done; for y; do c; done; for z do d; done") ==
        "for x in 1 \"${@}\" do b done for y do c done for z do d done");
  CHECK(reprinted("case $1 in a|b) c;; (d) ;; *) e\nesac") == "case ${1} in (a|b) c ;; (d) ;; (*) e ;; esac");
  CHECK(reprinted("{ a; }; (b; c) | d") == "{ a } ( b c ) | d");
  CHECK(reprinted("f() { a; }\ng () ( b )") == "function f () { a } function g () ( b )");
}

TEST_CASE("bash adds conditions, arithmetic, arrays, process substitution and more loops") {
  const auto bash = [](std::string_view text) { return reprinted(text, Dialect::bash); };
  CHECK(bash("[[ $a == b* && ( -f c || $d =~ ^(x|y z)+$ ) ]]") ==
        "[[ ${a} == b* && ( -f c || ${d} =~ ^(x|y z)+\\$ ) ]]");
  CHECK(bash("((n += 1)) && ((a) || (b))") == "((n += 1)) && ( ( a ) || ( b ) )");
  CHECK(bash("for ((i=0; i<3; i++)); do a; done") == "for ((i=0; i<3; i++)) do a done");
  CHECK(bash("a=(b \"c d\" [x]=e) f+=(g) h[1]=i") == "a=( b \"c d\" [x]=e ) f+=( g ) h[1]=i");
  CHECK(bash("declare -a x=(1 2)") == "declare -a x=( 1 2 )");
  CHECK(bash("diff <(a) >(b)") == "diff <( a ) >( b )");
  CHECK(bash("case x in @(a|b c)*) ;& ?) ;;& esac") == "case x in (@(a|b c)*) ;& (?) ;;& esac");
  CHECK(bash("select x in a; do b; done; coproc N { c; }; time -p d") ==
        "select x in a do b done coproc N { c } time -p d");
  CHECK(bash("a &>b &>>c {fd}<d <<<e") == "&> b &>> c {fd}< d <<< e a");
  // Other words in a POSIX shell.
  CHECK(reprinted("[[ a && b ]]") == "[[ a && b ]]");
  CHECK(reprinted("((a))") == "( ( a ) )");
  CHECK(reprinted("a &>b") == "a & > b");
}

TEST_CASE("every form of ${} is told apart") {
  const auto part = [](std::string_view text) {
    const auto parsed = parse(text, Dialect::bash);
    CHECK(parsed.opaque.empty());
    return only_command(parsed).words.at(0).parts.at(0);
  };
  CHECK(part("${a:-b c}").operation == ":-");
  CHECK(constant_text(part("${a:-b c}").operands[0]) == "b c");
  CHECK(part("${a-}").operation == "-");
  CHECK(part("${#a}").length);
  CHECK(part("${#}").text == "#");
  CHECK(part("${#-}").length);
  CHECK(part("${#:-x}").operation == ":-");
  CHECK(part("${a##*/}").operation == "##");
  CHECK(part("${a%%.*}").operation == "%%");
  CHECK(part("${a//b\\/c/d}").operation == "//");
  CHECK(part("${a//b\\/c/d}").operands.size() == 2);
  CHECK(part("${a/#b}").operation == "/#");
  CHECK(part("${a:1:2}").operation == ":");
  CHECK(part("${a:1:2}").operands.size() == 2);
  CHECK(part("${a: -1}").operation == ":");
  CHECK(part("${a^^}").operation == "^^");
  CHECK(part("${a@Q}").operation == "@");
  CHECK(part("${!a}").indirect);
  CHECK(part("${!a*}").operation == "*");
  CHECK(part("${a[@]}").subscript.size() == 1);
  CHECK(part("${10}").text == "10");
  CHECK(part("$10").text == "1");
  CHECK(part("${a:-${b:-\"c}\"}}").operands[0].parts[0].operation == ":-");
  CHECK(part("\"${a:-'b}\"").parts[0].operands[0].parts[0].text == "'b");
}

TEST_CASE("substitutions nest, also within quotes, backquotes and arithmetic") {
  CHECK(reprinted("echo \"$(a \"$(b \"c\")\")\" $((1 + $(d) * (2)))") ==
        "echo \"$( a \"$( b \"c\" )\" )\" $((1 + $( d ) * (2)))");
  const std::string_view text = "echo `a \\`b $x\\` \"c\"`";
  CHECK(reprinted(text) == "echo $( a $( b ${x} ) \"c\" )");
  const auto parsed = parse(text, Dialect::posix);
  const auto& outer = only_command(parsed).words[1].parts[0].list[0];
  const auto& inner = outer.chains[0].pipelines[0].commands[0].words[1].parts[0].list[0];
  const auto& word = inner.chains[0].pipelines[0].commands[0].words[1];
  CHECK(at(text, word.span) == "$x");
  CHECK(reprinted("$((a); b)") == "$( ( a ) b )");
  CHECK(reprinted("x=$(case a in b) c;; esac)") == "x=$( case a in (b) c ;; esac )");
}

TEST_CASE("here-documents belong to their redirection, in order, wherever the newline is") {
  const std::string_view text = "cat <<A <<-'B' && b $(\n1 $x\nA\n\t2 $y\n\tB\nc)\nd\n";
  const auto parsed = parse(text, Dialect::posix);
  CHECK(parsed.opaque.empty());
  CHECK(parsed.list.chains.size() == 2);
  REQUIRE(parsed.here_documents.size() == 2);
  CHECK(at(text, parsed.here_documents[0].span) == "1 $x\n");
  CHECK_FALSE(parsed.here_documents[0].quoted);
  CHECK(parsed.here_documents[0].body.parts.size() == 3);
  CHECK(at(text, parsed.here_documents[1].span) == "\t2 $y\n");
  CHECK(parsed.here_documents[1].quoted);
  CHECK(parsed.here_documents[1].strip_tabs);
  CHECK(parsed.here_documents[1].body.parts.size() == 1);
}

TEST_CASE("what cannot be parsed is opaque up to the end of its line, the rest is not") {
  const std::string_view text = "a\n) b\nc\n";
  const auto parsed = parse(text, Dialect::posix);
  REQUIRE(parsed.opaque.size() == 1);
  CHECK(parsed.opaque[0].reason == "unexpected )");
  CHECK(at(text, parsed.opaque[0].span) == ") b");
  REQUIRE(parsed.list.chains.size() == 3);
  CHECK(parsed.list.chains[1].pipelines[0].commands[0].kind == CommandKind::opaque);
  CHECK(reasons("echo 'a").size() == 1);
  CHECK(reasons("echo $(a").size() == 1);
  CHECK(reasons("if a; then b").front() == "expected fi");
  CHECK(reasons("a >").front() == "redirection without a target");
  CHECK(reasons("${a!b}").front() == "bad substitution");
  CHECK(reasons("a;; b").size() == 1);
  CHECK(reasons("cat <<E\n$(a\nE\nb").size() == 1);
}

TEST_CASE("hostile nesting ends, in linear time") {
  const auto repeated = [](std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
  };
  const auto begin = std::clock();
  constexpr std::size_t count = 50'000;
  for (const auto* piece :
       {"$(",   "((",        "${a:-",      "`",   "\\`",  "$((",  "a[", "((a\n", "<<A ",    "if ", "{ ", "a[$(", "@(",
        "\"$(", "cat <<A\n", "case x in ", "x=(", "[[ (", "f() ", "! ", "a&&",   "$((a[$(", "<(",  "'",  "\\"})
    for (const auto dialect : {Dialect::posix, Dialect::bash})
      CHECK(parse(repeated(piece, count), dialect).list.chains.size() > 0);
  CHECK(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 60);
}

TEST_CASE("$'…' is decoded as bash does") {
  CHECK(decode_dollar_quoted("a\\n\\x41\\101\\u00e9\\'\\q\\cA") == "a\nAA\xc3\xa9'\\q\x01");
}
