#include "rules/facts.h"

#include "dockerfile/parse.h"
#include "rules/evaluate.h"
#include "rules/suppression.h"
#include "support/catch.h"

using namespace imgslim;
using namespace imgslim::rules;

namespace {

std::string names(const Script& script) {
  std::string out;
  for (const auto& command : script.commands) out += (out.empty() ? "" : " ") + command.name;
  return out;
}

Script script_of(std::string text) {
  const auto file = dockerfile::parse(std::move(text));
  REQUIRE(!file.instructions.empty());
  return read_script(file.instructions.back());
}

}  // namespace

TEST_CASE("every simple command of a script is a fact, nested ones behind the one they stand in") {
  CHECK(names(read_script("a && b; c | d || e & f")) == "a b c d e f");
  CHECK(names(read_script("if a; then b $(c); else d; fi; for x in 1; do e; done; ( f ); g() { h; }")) ==
        "a b c d e f h");
  CHECK(names(read_script("command apt-get x; exec y z; busybox w; X=1 v")) == "apt-get y w v");
  CHECK(names(read_script("$X a; \"b\" c")) == "b");
  const auto broken = read_script("a && (b");
  CHECK(broken.opaque);
  CHECK(broken.commands.empty());
}

TEST_CASE("arguments lose their quotes, and what is computed keeps a name or a placeholder") {
  const auto script = read_script("x 'a b'c \"$V\" ${W:-d} $(y) --flag=\"v\" -abc - -- e\\ f");
  const auto& command = script.commands.front();
  std::string all;
  for (const auto& argument : command.arguments) all += "[" + argument.text + "]";
  CHECK(all == "[a bc][${V}][${W}][${VAR}][--flag=v][-abc][-][--][e f]");
  CHECK(command.arguments[0].literal);
  CHECK_FALSE(command.arguments[1].literal);
  for (const char* flag : {"flag", "a", "b", "c"}) CHECK(command.has_flag(flag));
  CHECK(command.operands().size() == 7);
  CHECK(command.values_of("flag") == std::vector<std::string>{"v"});
  CHECK(command.values_of("c") == std::vector<std::string>{"-"});
}

TEST_CASE("commands know how they are joined, pipelines that they are such") {
  const auto script = read_script("a | b && c || d\ne");
  REQUIRE(script.commands.size() == 5);
  CHECK(script.pipes);
  CHECK(script.commands[1].joined == Joined::pipe);
  CHECK(script.commands[0].pipeline == script.commands[1].pipeline);
  CHECK(script.commands[2].joined == Joined::both);
  CHECK(script.commands[3].joined == Joined::either);
  CHECK(script.commands[4].joined == Joined::then);
}

TEST_CASE("a RUN's script is its text, its words joined, or its here-document") {
  CHECK(names(script_of("RUN a && \\\n# comment\n b")) == "a b");
  CHECK(names(script_of("RUN [\"a\", \"b c\"]")) == "a");
  CHECK(script_of("RUN [\"a\"]").exec_form);
  const auto body = script_of("RUN <<EOF\nset -eu -o pipefail\na\nEOF");
  CHECK(body.heredoc);
  CHECK(names(body) == "set a");
  CHECK(body.shell_options == std::vector<std::string>{"e", "u", "pipefail"});
  CHECK(names(script_of("RUN cat <<EOF > /x\nrm y\nEOF")) == "cat");
  CHECK(script_of("RUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF").interpreter == "/usr/bin/env python3");
  CHECK(names(script_of("HEALTHCHECK --interval=5s CMD curl x")) == "curl");
}

TEST_CASE("commands stand where the file has them, continued lines or not") {
  const std::string text = "FROM x\nRUN a && \\\n   b c\n";
  const auto file = dockerfile::parse(text);
  const auto script = read_script(file.instructions[1]);
  const auto& span = script.commands[1].span;
  CHECK(text.substr(span.begin, span.size()) == "b c");
}

TEST_CASE("image names fall into registry, name, tag and digest") {
  const auto parts = [](std::string_view text) {
    const auto image = split_image_name(text);
    return image.registry + "|" + image.name + "|" + image.tag + "|" + image.digest;
  };
  CHECK(parts("debian") == "|debian||");
  CHECK(parts("library/debian:12") == "|library/debian|12|");
  CHECK(parts("ghcr.io/a/b:1@sha256:0") == "ghcr.io|a/b|1|sha256:0");
  CHECK(parts("localhost:5000/a") == "localhost:5000|a||");
  CHECK(parts("localhost/a:2") == "localhost|a|2|");
  CHECK(parts("${X:-debian:9}") == "|${X:-debian:9}||");
  CHECK(parts("debian:${V:-12}") == "|debian|${V:-12}|");
  CHECK(parts("${R:-a.b}/c:1") == "|${R:-a.b}/c|1|");
}

TEST_CASE("stages know whether they are last, a base of others, and part of what is built") {
  const auto file = dockerfile::parse("FROM a AS x\nFROM x AS y\nFROM b AS z\nCOPY --from=y / /\n");
  const auto facts = make_facts(file, {});
  REQUIRE(facts.stages.size() == 3);
  CHECK((facts.stages[0].base_of_other && !facts.stages[0].target && facts.stages[0].reachable));
  CHECK((facts.stages[2].last && facts.stages[2].target));
  dockerfile::BuildInputs inputs;
  inputs.target = "y";
  const auto other = make_facts(file, inputs);
  CHECK((other.stages[0].target && other.stages[1].target && !other.stages[2].target));
}

TEST_CASE("hadolint's pragmas are read as hadolint reads them") {
  const auto rules = [](std::string_view comment) {
    std::string out;
    if (const auto ignore = read_hadolint_ignore(comment))
      for (const auto& rule : ignore->rules) out += rule + " ";
    return out;
  };
  CHECK(rules("hadolint ignore=DL3006") == "DL3006 ");
  CHECK(rules(" hadolint  ignore = DL3006 , SC1035 # why") == "DL3006 SC1035 ");
  CHECK(rules("hadolint ignore=DL3006,foo").empty());
  CHECK(rules("hadolint ignore=").empty());
  CHECK(rules("hadolint ignore=DL3006 because").empty());
  CHECK(rules("hadolintignore=DL3006").empty());
  CHECK(read_hadolint_ignore("hadolint global ignore=DL3006")->reach == Pragma::Reach::file);
  CHECK(read_hadolint_ignore("hadolint stage ignore=DL3006")->reach == Pragma::Reach::stage);
  CHECK(read_hadolint_shell("hadolint shell=bash # x") == "bash");
  CHECK(same_rule("hadolint/dl3009", "DL3009"));
}
