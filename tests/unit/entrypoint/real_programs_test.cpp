/// What wrappers hand on, compared with the real programs where they are installed: each runs printf, which prints its
/// arguments.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "entrypoint/wrappers.h"
#include "root.h"

using namespace imgslim;
using test::Lines;

namespace {

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// Lines that a command prints; nothing when it fails.
std::optional<Lines> printed_by(const std::vector<std::string>& argv) {
  std::string command = "exec 2>/dev/null;";
  for (const auto& argument : argv) command += " " + shell_quoted(argument);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), [](FILE*) { return 0; });
  std::string output;
  for (int c; (c = std::fgetc(pipe.get())) != EOF;) output += static_cast<char>(c);
  const bool failed = pclose(pipe.get()) != 0;
  Lines lines;
  for (std::size_t at = 0; at < output.size();) {
    const auto end = output.find('\n', at);
    lines.push_back(output.substr(at, end - at));
    at = end + 1;
  }
  return failed ? std::nullopt : std::optional(lines);
}

constexpr const char* programs = "/usr/bin:/bin:/usr/sbin:/sbin";

/// The arguments that the last program gets by our reading, printf's own format left out.
std::optional<Lines> planned_for(const std::vector<std::string>& argv) {
  test::Root root;
  for (const auto* name : {"env", "printf", "nice", "nohup", "setsid", "stdbuf", "timeout", "setpriv", "taskset",
                           "ionice", "chrt", "flock", "setarch", "prlimit"})
    root.program(std::string("usr/bin/") + name);
  image::ImageConfig config;
  config.env = {std::string("PATH=") + programs, "SPACED=a b", "EMPTY="};
  config.cmd = argv;
  const auto plan = root.plan(config);
  if (plan.processes.empty() || plan.processes.back().program.path != "/usr/bin/printf") return std::nullopt;
  const auto& found = plan.processes.back().argv;
  return Lines(found.begin() + 2, found.end());
}

}  // namespace

TEST_CASE("env -S splits as the real one does") {
  setenv("SPACED", "a b", 1);
  setenv("EMPTY", "", 1);
  std::size_t compared = 0;
  for (const auto* text : {"a b  c",
                           "'a b' \"c d\"",
                           "a\\_b",
                           "\"a\\_b\"",
                           "'a\\_b'",
                           "'a\\\\b' 'c\\'d'",
                           "${SPACED} x",
                           "x${EMPTY}y",
                           "${EMPTY}",
                           "\"${EMPTY}\"",
                           "\"${SPACED}\"",
                           "a #b",
                           "a#b",
                           "a \\# b",
                           "\\c a",
                           "a\\cb",
                           "\\ta\\tb",
                           "a\\\"b",
                           "a\\'b",
                           "\"'\" '\"'",
                           "\\$x",
                           "a\\",
                           "''",
                           "a'b'c\"d\"",
                           "  ",
                           "a\tb"}) {
    INFO(text);
    const std::vector<std::string> argv = {"env", std::string("-S printf %s\\\\n ") + text, "last"};
    const auto real = printed_by(argv);
    if (!real) continue;  // refused
    ++compared;
    CHECK(planned_for(argv) == real);
  }
  CHECK(compared > 15);
}

TEST_CASE("wrappers consume the options that the real ones consume") {
  const std::vector<std::vector<std::string>> prefixes = {
      {"env", "-u", "A", "B=1"},
      {"env", "-i", "PATH=/usr/bin"},
      {"env", "-uA", "--unset", "B", "C=D=E", "F="},
      {"env", "-C", "/", "--"},
      {"nice"},
      {"nice", "-n", "3"},
      {"nice", "-3"},
      {"nice", "--adjustment=3"},
      {"nohup"},
      {"nohup", "--"},
      {"setsid", "-w"},
      {"stdbuf", "-oL"},
      {"stdbuf", "-o", "L", "--error=0"},
      {"timeout", "5"},
      {"timeout", "-s", "TERM", "-k", "1", "5s"},
      {"timeout", "--preserve-status", "--signal=TERM", "5"},
      {"setpriv", "--no-new-privs"},
      {"taskset", "1"},
      {"taskset", "-c", "0"},
      {"ionice", "-c", "2", "-n7"},
      {"ionice", "-c3"},
      {"chrt", "-o", "0"},
      {"flock", "-w", "5", "/tmp"},
      {"flock", "-n", "/tmp"},
      {"setarch", "x86_64", "-R"},
      {"prlimit", "--nofile=64"},
      {"nice", "env", "X=1", "timeout", "9"},
  };
  std::size_t compared = 0;
  for (const auto& prefix : prefixes) {
    auto argv = prefix;
    argv.insert(argv.end(), {"printf", "%s\\n", "-n", "a b", "--", "c"});
    const auto real = printed_by(argv);
    if (!real) continue;  // not installed, or not allowed here
    ++compared;
    INFO(prefix.front() << " " << prefix.back());
    CHECK(planned_for(argv) == real);
  }
  std::printf("%zu wrapper command lines compared with the real programs\n", compared);
  CHECK(compared > 10);
}
