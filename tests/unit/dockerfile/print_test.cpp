#include "dockerfile/print.h"

#include <array>
#include <random>

#include "dockerfile/parse.h"
#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

/// Dockerfiles put together from pieces that the parser treats specially; the same ones in every run.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string file() {
    std::string text;
    if (one_in(4)) text += one_in(2) ? "# escape=`\n" : "# syntax=docker/dockerfile:1\n# check=skip=all\n";
    if (one_in(8)) text = "\xEF\xBB\xBF" + text;
    for (int i = 0, count = 1 + below(6); i < count; ++i) text += instruction();
    return text;
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  bool one_in(int count) { return below(count) == 0; }

  template <std::size_t size>
  std::string pick(const std::array<const char*, size>& list) {
    return list[static_cast<std::size_t>(below(static_cast<int>(size)))];
  }

  std::string blank() { return pick(std::array{" ", " ", " ", "  ", "\t", " \\\n", " `\n", " \\ \n# c\n", "\\\n\n "}); }

  std::string word() {
    return pick(std::array{"a",      "b=c",     "\"q r\"", "'s t'", "x\\ y", "$v",   "${w:-z}", "/dest/",   "<<E",
                           "<<-'F'", "[\"j\",", "\"k\"]",  "&&",    "C:\\",  "\\\\", "``",      "\xC3\xA9", "--from=0",
                           "--",     "AS",      "#",       "=",     "\"",    "d\r",  "\f"});
  }

  std::string instruction() {
    if (one_in(12)) return pick(std::array{"\n", "# comment\n", "#\n", "  \t\n", "\\\n", "`\n"});
    auto text = pick(std::array{"RUN", "run", "COPY", "ADD", "FROM", "ENV", "LABEL", "ARG", "CMD", "EXPOSE",
                                "ONBUILD RUN", "ONBUILD copy", "HEALTHCHECK CMD", "USER", "SHELL", "VOLUME", "ONBUILD",
                                "Bogus", "ONBUILD ONBUILD"});
    while (one_in(4))
      text += blank() + pick(std::array{"--x", "--mount=type=cache,target=\"/a b\"", "--y='1 2'", "--z=\\\"", "--w="});
    for (int i = 0, count = below(6); i < count; ++i) text += blank() + word();
    if (one_in(10)) text += blank() + "[ \"json\" , \"\\u0041\" ]";
    text += one_in(5) ? "\r\n" : "\n";
    if (one_in(3)) text += pick(std::array{"body\nE\n", "\tbody\n\tF\n", "E\nF\n", "\tE\r\n"});
    return text;
  }

  std::mt19937 random_;
};

void check_printing(const std::string& text) {
  CAPTURE(text);
  const auto file = parse(text);
  const auto printed = print(file);
  CAPTURE(printed);
  const auto again = parse(printed);
  CHECK(again.instructions == file.instructions);
  CHECK(again.stages == file.stages);
  CHECK(again.directives == file.directives);
  CHECK(again.escape == file.escape);
  CHECK(print(again) == printed);
}

TEST_CASE("a printed file parses to the same tree") {
  for (std::uint32_t seed = 0; seed < 3'000; ++seed) check_printing(Generator(seed).file());
}

TEST_CASE("what would read differently at another place is kept apart") {
  check_printing("\n# escape=`\nFROM x\n");
  check_printing("\n// syntax=a\n");
  check_printing(
      "\xEF\xBB\xBF\xEF\xBB\xBF"
      "FROM x\n");
  check_printing("FROM x\nRUN a\\\f\nRUN b\n");
  check_printing("FROM x\nRUN -- --a b\n");
  check_printing("FROM x\nRUN --a=\"b c\" --d='' --e=\"f\\\\\" g\n");
  check_printing("FROM x\nRUN <<E <<F\na\nE\nb");
}

TEST_CASE("flags and arguments print on one line") {
  const auto file = parse("FROM x\nCOPY --from=a --link \\\n  b c\n");
  CHECK(print_arguments(file.instructions[1]) == "--from=a --link b c");
  CHECK(print(file) == "FROM x\nCOPY --from=a --link b c\n");
}

}  // namespace
}  // namespace imgslim::dockerfile
