#include "dockerfile/resolve.h"

#include "dockerfile/parse.h"
#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

using Kind = ImageSource::Kind;

/// Expanded text of the words that begin in the line, in order, joined with "|".
std::string line_words(std::string_view text, std::uint32_t line, const BuildInputs& inputs = {}) {
  const auto file = parse(text);
  CHECK(file.problems.empty());
  const auto resolved = resolve(file, inputs);
  std::string joined;
  for (const auto& word : resolved.words())
    if (file.lines.position(word.span.begin).line == line) joined += (joined.empty() ? "" : "|") + word.expansion.text;
  return joined;
}

std::string value_in(std::string_view text, std::string_view name, const BuildInputs& inputs = {}) {
  const auto file = parse(text);
  const auto resolved = resolve(file, inputs);
  const auto* found = resolved.variable(static_cast<std::uint32_t>(file.instructions.size()), name);
  if (found == nullptr) return "undefined";
  switch (found->value.knowledge) {
    case Knowledge::known:
      return "=" + found->value.value;
    case Knowledge::unknown:
      return "unknown";
    default:
      return "unset";
  }
}

TEST_CASE("FROM sees arguments declared before it, with their defaults and what the command line gives") {
  const std::string text =
      "ARG V=3.19 W=v$V\nARG NONE\nFROM --platform=$TARGETPLATFORM alpine:$V AS a\nFROM b:${W}-${NONE:-n}\n";
  CHECK(line_words(text, 3) == "$TARGETPLATFORM|alpine:3.19");
  CHECK(line_words(text, 4) == "b:v3.19-n");
  BuildInputs inputs;
  inputs.arguments = {{"V", "4"}, {"NONE", "given"}};
  CHECK(line_words(text, 3, inputs) == "$TARGETPLATFORM|alpine:4");
  CHECK(line_words(text, 4, inputs) == "b:v4-given");
}

TEST_CASE("a stage sees a global argument only where it declares it again") {
  CHECK(value_in("ARG V=1\nFROM a\n", "V") == "undefined");
  CHECK(value_in("ARG V=1\nFROM a\nARG V\n", "V") == "=1");
  CHECK(value_in("ARG V=1\nFROM a\nARG V=2\n", "V") == "=2");
  CHECK(value_in("ARG V\nFROM a\nARG V\n", "V") == "unset");
  CHECK(value_in("ARG V=1\nFROM a\nARG V=2\n", "V", {{{"V", "3"}}, {}, {}}) == "=3");
  CHECK(value_in("FROM a\n", "V", {{{"V", "3"}}, {}, {}}) == "undefined");
}

TEST_CASE("platform arguments are known to a build only, and to a stage that declares them") {
  CHECK(value_in("FROM a\n", "TARGETARCH") == "undefined");
  CHECK(value_in("FROM a\nARG TARGETARCH\n", "TARGETARCH") == "unknown");
  CHECK(value_in("FROM a\nARG TARGETARCH\n", "TARGETARCH", {{{"TARGETARCH", "arm64"}}, {}, {}}) == "=arm64");
  CHECK(value_in("FROM a\n", "PATH") == "unknown");
}

TEST_CASE("the names of one ENV see what was before it") {
  CHECK(line_words("FROM a\nENV x=1\nENV x=2 y=$x\nWORKDIR /$y\n", 4) == "/1");
  CHECK(line_words("FROM a\nENV x=1\nENV x=2\nWORKDIR /$x\n", 4) == "/2");
}

TEST_CASE("later ENV and ARG win over earlier ones, a bare ARG does not") {
  CHECK(value_in("FROM a\nARG x=1\nENV x=2\n", "x") == "=2");
  CHECK(value_in("FROM a\nENV x=2\nARG x=1\n", "x") == "=1");
  CHECK(value_in("FROM a\nENV x=2\nARG x\n", "x") == "=2");
}

TEST_CASE("a stage begins with the variables of the stage it is built from") {
  const std::string text = "FROM a AS one\nENV x=1\nARG y=2\nFROM One\nUSER $x:$y\nENV x=3\nFROM a\nUSER $x\n";
  CHECK(line_words(text, 5) == "1:2");
  CHECK(line_words(text, 8) == "$x");
  const auto file = parse(text);
  const auto resolved = resolve(file, {});
  CHECK(resolved.variable_at_end(1, "x")->value.value == "3");
  CHECK(resolved.variable_at_end(0, "x")->value.value == "1");
  CHECK(resolved.variable_at_end(2, "x") == nullptr);
}

TEST_CASE("values that depend on what is not known are not known") {
  CHECK(value_in("FROM a\nENV x=$PATH:/x\n", "x") == "unknown");
  CHECK(value_in("FROM a\nARG v\nENV x=a$v\n", "x") == "unknown");
  CHECK(value_in("FROM a\nARG v\nENV x=${v:-1}\n", "x") == "=1");
}

TEST_CASE("each instruction's words are expanded where BuildKit does it, and nowhere else") {
  const std::string text =
      "FROM a\nENV d=/x\nCOPY --chown=$d --from=$d $d [ $d\nRUN --mount=type=cache,target=$d,from=b echo $d\n"
      "CMD echo $d\nEXPOSE $d\nLABEL $d=\"$d\"\nVOLUME [\"$d\"]\nONBUILD USER $d\nHEALTHCHECK CMD $d\n";
  CHECK(line_words(text, 3) == "/x|/x|[|/x");
  CHECK(line_words(text, 4) == "cache|/x");
  CHECK(line_words(text, 5).empty());
  CHECK(line_words(text, 6) == "/x");
  CHECK(line_words(text, 7) == "/x|/x");
  CHECK(line_words(text, 8) == "/x");
  CHECK(line_words(text, 9).empty());
  CHECK(line_words(text, 10).empty());
}

TEST_CASE("expansions are found by the place of their word") {
  const auto file = parse("FROM a\nENV x=1\nUSER u$x\n");
  const auto resolved = resolve(file, {});
  REQUIRE(resolved.expansion(file.instructions[2].words[0].span) != nullptr);
  CHECK(resolved.expansion(file.instructions[2].words[0].span)->text == "u1");
  CHECK(resolved.expansion({0, 4}) == nullptr);
}

TEST_CASE("names lists what is defined, with the base's names") {
  const auto file = parse("ARG g=1\nFROM a AS s\nENV z=1\nFROM s\nARG b\nENV c=1\n");
  const auto resolved = resolve(file, {});
  CHECK(resolved.names(5) == std::vector<std::string>{"b", "z"});
  CHECK(resolved.names(1) == std::vector<std::string>{"g"});
  CHECK(resolved.names(2).empty());
}

TEST_CASE("the base of a stage is an earlier stage, scratch, a named context or an image") {
  const std::string text =
      "ARG B=two\nFROM x AS one\nFROM three AS two\nFROM scratch AS three\nFROM $B\nFROM TWO\nFROM alpine\n";
  BuildInputs inputs;
  inputs.contexts = {"docker.io/library/alpine"};
  const auto file = parse(text);
  const auto stages = resolve(file, inputs).stages();
  CHECK(stages[0].base.kind == Kind::image);
  CHECK(stages[1].base.kind == Kind::image);  // a later stage's name is no stage yet
  CHECK(stages[2].base.kind == Kind::scratch);
  CHECK(stages[3].base.kind == Kind::stage);
  CHECK(stages[3].base.stage == 1);
  CHECK(stages[4].base.stage == 1);
  CHECK(stages[5].base.kind == Kind::context);
}

TEST_CASE("of two stages with one name the last definition counts") {
  const auto stages = resolve(parse("FROM a AS s\nFROM b AS S\nFROM s\n"), {}).stages();
  CHECK(stages[2].base.stage == 1);
}

TEST_CASE("copies name any stage, by name or index, or an image") {
  const auto file = parse(
      "FROM a AS one\nCOPY --from=last /x /\nFROM b AS last\nCOPY --from=0 / /\nCOPY --from=ONE / /\nCOPY --from=7 / "
      "/\n"
      "RUN --mount=from=nginx:1,target=/n --mount=type=cache,from=one,target=/m true\nCOPY --from=last a b\n");
  const auto resolved = resolve(file, {});
  REQUIRE(resolved.stages()[0].copies.size() == 1);
  CHECK(resolved.stages()[0].copies[0].source.stage == 1);
  const auto& copies = resolved.stages()[1].copies;
  REQUIRE(copies.size() == 6);
  CHECK(copies[0].source.kind == Kind::stage);
  CHECK(copies[1].source.stage == 0);
  CHECK(copies[2].source.kind == Kind::image);
  CHECK(copies[3].source.kind == Kind::image);
  CHECK(copies[4].source.kind == Kind::stage);
  CHECK(copies[5].source.stage == 1);
  CHECK(file.text(copies[3].span) == "nginx:1");
}

TEST_CASE("what the target needs is reachable, over bases and copies") {
  const std::string text =
      "FROM a AS one\nFROM b AS two\nFROM one AS three\nCOPY --from=two / /\nFROM c AS four\nFROM three\n";
  const auto reached = [&](const BuildInputs& inputs) {
    std::string out;
    const auto resolved = resolve(parse(text), inputs);
    for (const auto& stage : resolved.stages()) out += stage.reachable ? '1' : '0';
    return out;
  };
  CHECK(reached({}) == "11101");
  CHECK(reached({{}, {}, "Four"}) == "00010");
  CHECK(reached({{}, {}, "1"}) == "01000");
  CHECK(reached({{}, {}, "none"}) == "00000");
  CHECK(reached({{}, {"three"}, ""}) == "00001");
  CHECK(reached({{}, {"two"}, "three"}) == "10100");
}

TEST_CASE("stages that copy from each other are walked once") {
  const auto stages = resolve(parse("FROM a AS x\nCOPY --from=y / /\nFROM b AS y\nCOPY --from=x / /\n"), {}).stages();
  CHECK(stages[0].reachable);
}

TEST_CASE("an image is made by its stage and the stages it is built from") {
  const auto file = parse(
      "ARG V=1\nFROM debian AS base\nRUN a\nFROM golang AS build\nRUN b\nFROM base\nCOPY --from=build /x /x\nCMD x\n");
  const auto chain = image_instructions(file, resolve(file, {}));
  REQUIRE(chain.size() == 3);
  CHECK(chain[0]->arguments.text() == "a");
  CHECK(chain[1]->keyword == Keyword::copy);
  CHECK(chain[2]->keyword == Keyword::cmd);
  const auto fragment = parse("RUN x\n");
  CHECK(image_instructions(fragment, resolve(fragment, {})).empty());
}

TEST_CASE("variables that grow with each line do not grow without end") {
  std::string text = "FROM a\nENV x=aaaaaaaaaa\n";
  for (int i = 0; i < 1'000; ++i) text += "ENV x=$x$x$x$x\nUSER $x\n";
  const auto resolved = resolve(parse(text), {});
  std::size_t bytes = 0;
  for (const auto& word : resolved.words()) bytes += word.expansion.text.size();
  CHECK(bytes < 2 * most_expanded_bytes);
}

TEST_CASE("patterns go through a bounded amount of text") {
  std::string text = "FROM a\nENV x=" + std::string(60'000, 'a') + "\n";
  for (int i = 0; i < 2'000; ++i) text += "USER ${x//a/b}\n";
  const auto resolved = resolve(parse(text), {});
  CHECK_FALSE(resolved.words()[3].expansion.error);
  REQUIRE(resolved.words().back().expansion.error);
  CHECK(resolved.words().back().expansion.error->kind == ExpansionError::Kind::size);
}

TEST_CASE("long chains of stages are looked through to a bounded depth") {
  std::string text = "FROM a AS s0\nENV deep=1\n";
  for (int i = 1; i < 20'000; ++i)
    text += "FROM s" + std::to_string(i - 1) + " AS s" + std::to_string(i) + "\nUSER $deep\n";
  const auto file = parse(text);
  const auto resolved = resolve(file, {});
  CHECK(resolved.stages().back().reachable);
  CHECK(resolved.words().back().expansion.text == "$deep");
}

}  // namespace
}  // namespace imgslim::dockerfile
