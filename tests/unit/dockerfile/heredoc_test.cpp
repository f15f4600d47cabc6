#include "dockerfile/parse.h"
#include "support/catch.h"

namespace imgslim::dockerfile {
namespace {

const Heredoc& only_heredoc(const File& file, std::size_t instruction = 1) {
  REQUIRE(file.problems.empty());
  REQUIRE(file.instructions.at(instruction).heredocs.size() == 1);
  return file.instructions[instruction].heredocs[0];
}

TEST_CASE("the line behind a heredoc is a new instruction at once") {
  const auto file = parse("FROM a\nRUN <<EOF\napt-get update\nFROM inside # \\\nEOF\nUSER b\n");
  CHECK(file.problems.empty());
  REQUIRE(file.instructions.size() == 3);
  const auto& run = file.instructions[1];
  CHECK(run.heredocs[0].body.text() == "apt-get update\nFROM inside # \\\n");
  CHECK(file.text(run.heredocs[0].body_span) == run.heredocs[0].body.text());
  CHECK(file.text(run.heredocs[0].span) == "<<EOF");
  CHECK(file.text(run.heredocs[0].terminator_span) == "EOF");
  CHECK(run.start_line == 2);
  CHECK(run.logical_end_line == 2);
  CHECK(run.end_line == 5);
  CHECK(file.text(run.span) == "RUN <<EOF\napt-get update\nFROM inside # \\\nEOF");
  CHECK(file.text(run.logical_span) == "RUN <<EOF");
  CHECK(file.instructions[2].start_line == 6);
}

TEST_CASE("a second heredoc may follow the first without a line between, and a comment may stand on the next line") {
  const auto file = parse("FROM a\nRUN <<A\nx\nA\nRUN <<B\ny\nB\n# c\nCOPY --chmod=755 <<C /f\nz\nC\n");
  CHECK(file.problems.empty());
  CHECK(file.instructions.size() == 4);
  CHECK(file.comments.size() == 1);
}

TEST_CASE("quotes around a heredoc's name, or in it, keep variables from being expanded") {
  CHECK(only_heredoc(parse("FROM a\nRUN <<E\nE\n")).expand);
  CHECK_FALSE(only_heredoc(parse("FROM a\nRUN <<\"E\"\nE\n")).expand);
  CHECK_FALSE(only_heredoc(parse("FROM a\nRUN <<'E'F\nEF\n")).expand);
  CHECK(only_heredoc(parse("FROM a\nRUN <<'two words'\ntwo words\n")).name == "two words");
}

TEST_CASE("a dash strips leading tabs of the body and of the name that ends it") {
  const auto file = parse("FROM a\nRUN cat <<-E >f\n\t\tone\n\t two\n\tE\nUSER x\n");
  const auto& heredoc = only_heredoc(file);
  CHECK(heredoc.strip_tabs);
  CHECK(heredoc.body.text() == "one\n two\n");
  CHECK(file.source[heredoc.body.source_of(4)] == ' ');
  CHECK(file.instructions.size() == 3);
}

TEST_CASE("blanks may stand before the name, digits before the arrows") {
  CHECK(only_heredoc(parse("FROM a\nRUN cat <<  E\nx\nE\n")).name == "E");
  CHECK(only_heredoc(parse("FROM a\nRUN cat 3<<E\nx\nE\n")).name == "E");
}

TEST_CASE("several heredocs of one line follow each other") {
  const auto file = parse("FROM a\nCOPY <<X y <<'Z' /d/\nZ\nX\nX\nZ\nUSER u\n");
  CHECK(file.problems.empty());
  const auto& copy = file.instructions[1];
  REQUIRE(copy.heredocs.size() == 2);
  CHECK(copy.heredocs[0].body.text() == "Z\n");
  CHECK(copy.heredocs[1].body.text() == "X\n");
  CHECK(copy.as<Copy>()->heredoc_of == std::vector<std::optional<std::uint32_t>>{0, std::nullopt, 1});
  CHECK(file.instructions.size() == 3);
}

TEST_CASE("the line that opens a heredoc may go on") {
  const auto file = parse("FROM a\nRUN cat <<E \\\n  | tee f\nbody\nE\nUSER u\n");
  CHECK(only_heredoc(file).body.text() == "body\n");
  CHECK(file.instructions[1].logical_end_line == 3);
  CHECK(file.instructions[1].arguments.text() == "cat <<E   | tee f");
}

TEST_CASE("line ends of two bytes end a heredoc's lines too") {
  const auto file = parse("FROM a\r\nRUN <<E\r\nx\r\nE\r\nUSER u\r\n");
  CHECK(only_heredoc(file).body.text() == "x\n");
  CHECK(file.instructions.size() == 3);
}

TEST_CASE("ONBUILD's instruction may open heredocs") {
  const auto file = parse("FROM a\nONBUILD RUN <<E\nx\nE\nUSER u\n");
  CHECK(file.problems.empty());
  CHECK(file.instructions[1].heredocs.empty());
  CHECK(file.instructions[1].onbuild[0].heredocs[0].body.text() == "x\n");
  CHECK(file.instructions[1].onbuild[0].end_line == 4);
}

TEST_CASE("what looks like a heredoc but is none to BuildKit opens none") {
  for (const char* line :
       {"RUN cat <<<E", "RUN echo \"<<E\"", "RUN [\"cat\", \"<<E\"]", "RUN echo $((1<<4))", "ENV A=<<E", "RUN cat <<",
        "RUN cat <<- E", "RUN cat \\<<E", "RUN x ${a^} <<E", "RUN it's <<E"}) {
    CAPTURE(line);
    const auto file = parse("FROM a\n" + std::string(line) + "\nUSER u\n");
    CHECK(file.problems.empty());
    CHECK(file.instructions.size() == 3);
  }
}

TEST_CASE("names may hold variables, which stay as they are") {
  CHECK(only_heredoc(parse("FROM a\nRUN cat <<$E\nx\n$E\n")).name == "$E");
  CHECK(only_heredoc(parse("FROM a\nRUN cat ${a:-b c} <<E\nx\nE\n")).name == "E");
}

TEST_CASE("a heredoc without end takes the rest of the file and is told") {
  const auto file = parse("FROM a\nRUN <<E\nx\nUSER u\n");
  REQUIRE(file.problems.size() == 1);
  CHECK(file.problems[0].kind == ProblemKind::unterminated_heredoc);
  CHECK(file.text(file.problems[0].span) == "<<E");
  CHECK(file.instructions.size() == 2);
  CHECK_FALSE(file.instructions[1].heredocs[0].terminated);
  CHECK(file.instructions[1].heredocs[0].body.text() == "x\nUSER u\n");
}

TEST_CASE("a heredoc is no destination") {
  const auto file = parse("FROM a\nCOPY x <<E\nE\n");
  REQUIRE(file.problems.size() == 1);
  CHECK(file.problems[0].kind == ProblemKind::bad_arguments);
}

}  // namespace
}  // namespace imgslim::dockerfile
