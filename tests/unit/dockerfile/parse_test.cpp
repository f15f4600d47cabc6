#include "dockerfile/parse.h"

#include <algorithm>

#include "dockerfile/print.h"
#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> list;
  for (const auto& word : words) list.push_back(word.text);
  return list;
}

std::vector<std::string> kinds(const File& file) {
  std::vector<std::string> list;
  for (const auto& problem : file.problems) list.emplace_back(problem_name(problem.kind));
  return list;
}

using Strings = std::vector<std::string>;

/// What the only problem of a text points at.
std::string pointed_at(std::string_view text) {
  const auto file = parse(text);
  REQUIRE(file.problems.size() == 1);
  return std::string(file.text(file.problems[0].span));
}

TEST_CASE("continued lines, comments and blank lines between them belong to one instruction") {
  const auto file = parse(
      "FROM debian:12 AS Base\r\n"
      "run apt-get update \\\n"
      "# a comment\n"
      "\n"
      "  && apt-get install -y gcc\n"
      "CMD [\"x\"]\n");
  CHECK(file.problems.empty());
  REQUIRE(file.stages.size() == 1);
  CHECK(file.stages[0].name == "base");
  REQUIRE(file.instructions.size() == 3);
  const auto& run = file.instructions[1];
  CHECK(run.keyword == Keyword::run);
  CHECK(run.name.text == "run");
  CHECK(run.arguments.text() == "apt-get update   && apt-get install -y gcc");
  CHECK(run.start_line == 2);
  CHECK(run.end_line == 5);
  REQUIRE(run.blank_lines.size() == 1);
  CHECK(file.lines.position(run.blank_lines[0].begin) == Position{4, 1});
  REQUIRE(run.inner_comments.end - run.inner_comments.begin == 1);
  CHECK(file.comments[run.inner_comments.begin].text == "a comment");
  CHECK(file.comments[run.inner_comments.begin].inside_instruction);
}

TEST_CASE("every token knows its bytes, also across continued lines and line ends of two bytes") {
  const auto file = parse("FROM  golang:1.22 \\\r\n  as\tBuild\r\nCOPY --from=Build --chown=a:b x\\\r\ny /z\r\n");
  REQUIRE(file.problems.empty());
  const auto& from = *file.instructions[0].as<From>();
  CHECK(file.text(from.base.span) == "golang:1.22");
  CHECK(file.text(from.as_word->span) == "as");
  CHECK(file.text(from.alias->span) == "Build");
  const auto& copy = file.instructions[1];
  CHECK(file.text(copy.flags[0].value_span) == "Build");
  CHECK(file.text(copy.flags[1].name_span) == "chown");
  CHECK(file.text(copy.flags[1].span) == "--chown=a:b");
  CHECK(copy.as<Copy>()->sources[0].text == "xy");
  CHECK(file.text(copy.as<Copy>()->sources[0].span) == "x\\\r\ny");
  CHECK(file.text(copy.as<Copy>()->destination->span) == "/z");
  CHECK(file.text(file.instructions[0].span) == "FROM  golang:1.22 \\\r\n  as\tBuild");
}

TEST_CASE("a line goes on after one escape character with blanks behind it, not after two") {
  CHECK(parse("FROM a\nRUN b \\ \t\nc\n").instructions.size() == 2);
  CHECK(parse("FROM a\nENV P=C:\\\\\nENV Q=1\n").instructions.size() == 3);
  CHECK(parse("FROM a\nRUN b \\\n\\\n c\n").instructions[1].arguments.text() == "b  c");
  CHECK(parse("FROM a\nRUN b \\").instructions[1].end_line == 2);
  CHECK(parse("\\\nFROM a\n").instructions[0].name.text == "FROM");
}

TEST_CASE("a last line end after a continuation is no blank line") {
  CHECK(parse("FROM a\nRUN b \\\n").instructions[1].blank_lines.empty());
}

TEST_CASE("directives count in the first lines only, in any case, once each") {
  const auto file =
      parse("# Syntax = docker/dockerfile:1 \n#escape=`\n# check=skip=all\nFROM x\nRUN dir C:\\ `\n  more\n");
  REQUIRE(file.directives.size() == 3);
  CHECK(file.directives[0].name == "syntax");
  CHECK(file.text(file.directives[0].value_span) == "docker/dockerfile:1");
  CHECK(file.directives[2].value == "skip=all");
  CHECK(file.escape == '`');
  CHECK(file.instructions[1].arguments.text() == "dir C:\\   more");
  CHECK(file.comments.empty());

  CHECK(parse("# comment\n# escape=`\nFROM x\n").escape == '\\');
  CHECK(parse("\n# escape=`\nFROM x\n").escape == '\\');
  CHECK(parse("# unknown=1\n# escape=`\nFROM x\n").escape == '\\');
  CHECK(kinds(parse("# escape=`\n# escape=`\nFROM x\n")) == Strings{"bad-directive"});
  CHECK(pointed_at("# escape=x\nFROM x\n") == "x");
}

TEST_CASE("an interpreter line is passed over when directives are looked for") {
  const auto file = parse("#!/usr/bin/env docker\n# syntax=a/b\nFROM x\n");
  REQUIRE(file.directives.size() == 1);
  CHECK(file.directives[0].value == "a/b");
  CHECK(file.problems.empty());
  REQUIRE(parse("// syntax=own/frontend\n").directives.size() == 1);
}

TEST_CASE("comments above an instruction are tied to it, an empty one parts them") {
  const auto file = parse("FROM x\n# one\n\n  # two\nRUN a\n# three\n#\n# four\nRUN b\nRUN c\n");
  const auto above = [&](std::size_t i) {
    Strings list;
    const auto range = file.instructions[i].comments;
    for (auto k = range.begin; k < range.end; ++k) list.push_back(file.comments[k].text);
    return list;
  };
  CHECK(above(0).empty());
  CHECK(above(1) == Strings{"one", "two"});
  CHECK(above(2) == Strings{"four"});
  CHECK(above(3).empty());
  CHECK(file.comments[1].line == 4);
  CHECK(file.text(file.comments[1].span) == "# two");
}

TEST_CASE("JSON arrays are read with the place of each element") {
  const auto file = parse(
      "FROM x\nCMD [ \"a b\" , \"\\u00e9\\n\\\"\" ]\nRUN [ -f x ]\nCOPY [\"a b\", \"c\", \"/d\"]\nENTRYPOINT []\n");
  CHECK(file.problems.empty());
  CHECK(file.instructions[1].form == Form::json);
  CHECK(texts(file.instructions[1].words) == Strings{"a b", "\xC3\xA9\n\""});
  CHECK(file.text(file.instructions[1].words[0].span) == "\"a b\"");
  CHECK(file.instructions[2].form == Form::text);
  CHECK(texts(file.instructions[2].words) == Strings{"[ -f x ]"});
  CHECK(texts(file.instructions[3].as<Copy>()->sources) == Strings{"a b", "c"});
  CHECK(file.instructions[4].form == Form::json);
}

TEST_CASE("what is nearly a JSON array is the shell form, an array of other things is refused") {
  for (const char* arguments :
       {"[\"a\",]", "['a']", "[\"a\"] b", "[\"a\\q\"]", "[\"a\" \"b\"]", "[tru]", "[01]", "[\"\\ud8\"]"}) {
    const auto file = parse("FROM x\nCMD " + std::string(arguments) + "\n");
    CHECK(file.instructions[1].form == Form::text);
    CHECK(file.problems.empty());
  }
  CHECK(pointed_at("FROM x\nCMD [\"a\", 1]\n") == "1");
  CHECK(pointed_at("FROM x\nRUN [{\"a\": [null, -1.5e3, true]}]\n") == "{\"a\": [null, -1.5e3, true]}");
  CHECK(parse("FROM x\nCMD [\"\\ud83d\\ude00\\ud83dx\"]\n").instructions[1].words[0].text ==
        "\xF0\x9F\x98\x80\xEF\xBF\xBDx");
  CHECK(parse("FROM x\nRUN " + std::string(100'000, '[')).instructions[1].form == Form::text);
}

TEST_CASE("pairs keep quotes and escapes, and know key and value") {
  const auto file = parse("FROM x\nENV a=1 b=\"x y\" c=p\\ q 'd'='e=f'\nLABEL \"k.v\"=\"\"\nARG n m=2\n");
  CHECK(file.problems.empty());
  const auto& env = *file.instructions[1].as<KeyValues>();
  REQUIRE(env.pairs.size() == 4);
  CHECK_FALSE(env.legacy);
  CHECK(env.pairs[1].value->text == "\"x y\"");
  CHECK(env.pairs[2].value->text == "p\\ q");
  CHECK(env.pairs[3].key.text == "'d'");
  CHECK(file.text(env.pairs[3].value->span) == "'e=f'");
  CHECK(file.text(env.pairs[3].span) == "'d'='e=f'");
  CHECK(file.instructions[2].as<KeyValues>()->pairs[0].value->text == "\"\"");
  const auto& arg = *file.instructions[3].as<KeyValues>();
  CHECK_FALSE(arg.pairs[0].value);
  CHECK(arg.pairs[1].value->text == "2");
}

TEST_CASE("the old form of ENV and LABEL takes the rest of the line as its value") {
  const auto file = parse("FROM x\nENV name  several words = one\nLABEL a \\\n  b\n");
  CHECK(file.problems.empty());
  const auto& env = *file.instructions[1].as<KeyValues>();
  CHECK(env.legacy);
  CHECK(env.pairs[0].key.text == "name");
  CHECK(env.pairs[0].value->text == "several words = one");
  CHECK(file.instructions[2].as<KeyValues>()->pairs[0].value->text == "b");
}

TEST_CASE("values may go on in the next line within quotes") {
  const auto file = parse("FROM x\nENV a=\"one \\\n two\" \\\n    b=3\n");
  const auto& env = *file.instructions[1].as<KeyValues>();
  REQUIRE(env.pairs.size() == 2);
  CHECK(env.pairs[0].value->text == "\"one  two\"");
  CHECK(file.text(env.pairs[0].value->span) == "\"one \\\n two\"");
  CHECK(file.lines.position(env.pairs[1].key.span.begin) == Position{4, 5});
}

TEST_CASE("flags end at the first other word or at two dashes") {
  const auto file = parse("FROM x\nRUN --network=none --mount=\"type=cache,target=/a b\" -- --not a-flag\n");
  CHECK(file.problems.empty());
  const auto& run = file.instructions[1];
  REQUIRE(run.flags.size() == 2);
  CHECK(run.flag_value("network") == "none");
  CHECK(run.as<Run>()->mounts[0].value("target") == "/a b");
  CHECK(run.arguments.text() == "--not a-flag");
}

TEST_CASE("flags are checked against the instruction's own") {
  CHECK(kinds(parse("FROM --platform=a x\nCOPY --link --parents --exclude=a --exclude=b a b\n")).empty());
  CHECK(pointed_at("FROM x\nCOPY --form=a b c\n") == "form");
  CHECK(parse("FROM x\nCOPY --form=a b c\n").problems[0].message.find("\"from\"") != std::string::npos);
  CHECK(pointed_at("FROM x\nCOPY --link=maybe a b\n") == "maybe");
  CHECK(pointed_at("FROM x\nCOPY --chown=a --chown=b a b\n") == "--chown=b");
  CHECK(pointed_at("FROM x\nCOPY --from a b\n") == "--from");
  CHECK(pointed_at("FROM x\nWORKDIR --x /a\n") == "x");
  CHECK(pointed_at("FROM x\nRUN --network=some a\n") == "some");
  CHECK(kinds(parse("FROM x\nCMD --help\n")) == Strings{"unknown-flag"});
}

TEST_CASE("very many flags and heredocs of one line take no more than their share of time") {
  std::string flags, heredocs;
  for (int i = 0; i < 50'000; ++i) flags += "--x --network=host ", heredocs += "<<a" + std::to_string(i) + " ";
  CHECK(parse("FROM x\nRUN " + flags).problems.size() == 99'999 + 2);
  CHECK(parse("FROM x\nCOPY " + heredocs + "/d\n").problems.size() == 50'000 + 1);
}

TEST_CASE("messages show a part of long words") {
  const std::string word(100'000, 'x');
  std::string fields;
  for (int i = 0; i < 1'000; ++i) fields += ",size=1";
  for (const auto& text :
       {word, "RUN <<" + word, "RUN --" + word + " a", "RUN --mount=type=" + word + fields, "ENV a=b " + word,
        "FROM a AS 1" + word, "HEALTHCHECK " + word, "COPY --chown " + word, "# escape=" + word}) {
    const auto file = parse(text + "\n");
    REQUIRE_FALSE(file.problems.empty());
    for (const auto& problem : file.problems) CHECK(problem.message.size() < 300);
  }
}

TEST_CASE("a health check has a type, options with durations, and a command in either form") {
  const auto file = parse("FROM x\nHEALTHCHECK --interval=1m30s --retries=3 CMD curl -f x || exit 1\n");
  CHECK(file.problems.empty());
  CHECK(file.instructions[1].as<Healthcheck>()->type.text == "CMD");
  CHECK(texts(file.instructions[1].words) == Strings{"curl -f x || exit 1"});
  CHECK(parse("FROM x\nHEALTHCHECK CMD [\"a\"]\n").instructions[1].form == Form::json);
  CHECK(parse("FROM x\nHEALTHCHECK none\n").problems.empty());
  CHECK(kinds(parse("FROM x\nHEALTHCHECK NONE x\n")) == Strings{"too-many-arguments"});
  CHECK(kinds(parse("FROM x\nHEALTHCHECK CMD\n")) == Strings{"missing-arguments"});
  CHECK(kinds(parse("FROM x\nHEALTHCHECK curl x\n")) == Strings{"bad-arguments"});
  CHECK(pointed_at("FROM x\nHEALTHCHECK --interval=30 CMD a\n") == "30");
  CHECK(pointed_at("FROM x\nHEALTHCHECK --timeout=1us CMD a\n") == "1us");
  CHECK(pointed_at("FROM x\nHEALTHCHECK --retries=-1 CMD a\n") == "-1");
}

TEST_CASE("stages begin at FROM; what stands before the first belongs to none") {
  const auto file = parse("ARG V=1\nFROM a AS One\nRUN x\nFROM one\nCMD y\n");
  CHECK(file.before_stages.end == 1);
  REQUIRE(file.stages.size() == 2);
  CHECK(file.stages[0].instructions == IndexRange{1, 3});
  CHECK(file.stages[1].instructions == IndexRange{3, 5});
}

TEST_CASE("a fragment without FROM is read like any file") {
  const auto file = parse("RUN a\nUSER b\n");
  CHECK(file.problems.empty());
  CHECK(file.stages.empty());
  CHECK(file.before_stages == IndexRange{0, 2});
}

TEST_CASE("FROM takes an image, or an image and a name") {
  CHECK(kinds(parse("FROM\n")) == Strings{"missing-arguments"});
  CHECK(kinds(parse("FROM a b\n")) == Strings{"bad-arguments"});
  CHECK(kinds(parse("FROM a AS b c\n")) == Strings{"bad-arguments"});
  CHECK(kinds(parse("FROM a # b\n")) == Strings{"bad-arguments"});
  CHECK(pointed_at("FROM a AS 1b\n") == "1b");
  CHECK(pointed_at("FROM a AS b/c\n") == "b/c");
  CHECK(parse("FROM a AS B-c_1.d\n").problems.empty());
}

TEST_CASE("every problem is reported, and what follows is read") {
  const auto file = parse("FRMO a\nFROM b\nCOPY x\nSHELL bash\nENV A=1 B\nUSER\nVOLUME [\"\"]\nRUN ok\n");
  CHECK(kinds(file) == Strings{"unknown-instruction", "missing-arguments", "json-required", "bad-arguments",
                               "missing-arguments", "bad-arguments"});
  CHECK(file.problems[0].message == "unknown instruction FRMO; did you mean \"FROM\"?");
  CHECK(file.text(file.problems[3].span) == "B");
  CHECK(file.instructions.size() == 8);
  CHECK(file.instructions[7].arguments.text() == "ok");
}

TEST_CASE("ONBUILD holds one instruction, but not any") {
  const auto file = parse("FROM x\nONBUILD copy --from=b \\\n c /d\n");
  CHECK(file.problems.empty());
  REQUIRE(file.instructions[1].onbuild.size() == 1);
  const auto& trigger = file.instructions[1].onbuild[0];
  CHECK(trigger.keyword == Keyword::copy);
  CHECK(trigger.flag_value("from") == "b");
  CHECK(file.text(trigger.as<Copy>()->destination->span) == "/d");
  CHECK(trigger.start_line == 2);
  CHECK(trigger.end_line == 3);
  CHECK(pointed_at("FROM x\nONBUILD ONBUILD RUN a\n") == "ONBUILD");
  CHECK(pointed_at("FROM x\nONBUILD from y\n") == "from");
  CHECK(kinds(parse("FROM x\nONBUILD\n")) == Strings{"missing-arguments"});
  CHECK(kinds(parse("FROM x\nONBUILD COPY a\n")) == Strings{"missing-arguments"});
  std::string deep = "FROM x\n";
  for (int i = 0; i < 100'000; ++i) deep += "ONBUILD ";
  CHECK(kinds(parse(deep)) == Strings{"long-line", "bad-onbuild"});
}

TEST_CASE("a line longer than BuildKit reads and a file without instructions are told") {
  CHECK(kinds(parse("FROM x\nRUN " + std::string(70'000, 'a') + "\n")) == Strings{"long-line"});
  CHECK(kinds(parse("# only a comment\n")) == Strings{"no-instructions"});
  CHECK(kinds(parse("")) == Strings{"no-instructions"});
}

TEST_CASE("byte order marks are taken off, and wide encodings are read") {
  CHECK(parse("\xEF\xBB\xBF# escape=`\nFROM x\n").escape == '`');
  CHECK(parse("\xEF\xBB\xBF"
              "FROM x\n")
            .problems.empty());
  const std::string little(
      "\xFF\xFE"
      "F\0R\0O\0M\0 \0x\0\n\0",
      16);
  CHECK(parse(little).problems.empty());
  CHECK(parse(little).encoding == Encoding::utf16_le);
  const std::string big(
      "\0\0\xFE\xFF"
      "\0\0\0F\0\0\0R\0\0\0O\0\0\0M\0\0\0 \0\0\0x",
      28);
  CHECK(parse(big).instructions[0].as<From>()->base.text == "x");
  CHECK(kinds(parse(little + "x")) == Strings{"bad-encoding"});
}

TEST_CASE("wide white space is trimmed at the ends of lines and words") {
  const auto file = parse(
      "\xC2\xA0"
      "FROM x\xE3\x80\x80\nENV a=1\xC2\xA0"
      "b=2\n");
  CHECK(file.problems.empty());
  CHECK(file.instructions[1].as<KeyValues>()->pairs.size() == 2);
}

}  // namespace
}  // namespace imgslim::dockerfile
