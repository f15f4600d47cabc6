#include "rules/fixes_of_languages.h"

#include <algorithm>
#include <array>

#include "rules/copied_files.h"
#include "rules/run_chain.h"

namespace imgslim::rules {
namespace {

using dockerfile::Keyword;

/// A word for each tool.
struct ToolWord {
  std::string_view tool, text;
};

template <std::size_t N>
std::string_view word_for(const std::array<ToolWord, N>& words, std::string_view tool) {
  const auto found = std::find_if(words.begin(), words.end(), [&](const ToolWord& word) { return word.tool == tool; });
  return found == words.end() ? std::string_view() : found->text;
}

/// Whether a condition holds for a script of the stage that runs behind the step: its own commands behind the one in
/// hand are asked too. Scripts that are not understood count as if it did.
template <typename Holds>
bool holds_behind(const FixPlace& place, Holds holds) {
  for (const auto& command : place.step.script.commands)
    if (place.command && command.span.begin > place.command->span.begin && holds(command)) return true;
  return std::any_of(place.facts.plain.steps.begin(), place.facts.plain.steps.end(), [&](const Step& step) {
    if (step.index <= place.step.index || step.stage != place.step.stage) return false;
    return step.script.opaque || std::any_of(step.script.commands.begin(), step.script.commands.end(), holds);
  });
}

bool is_base_of_other(const FixPlace& place) {
  const auto* stage = place.facts.stage_of(place.step);
  return stage == nullptr || stage->base_of_other;
}

/// Whether the stage says itself that it starts something with the program, and nothing else.
bool starts_with(const FixPlace& place, std::string_view program) {
  bool found = false;
  for (const auto& step : place.facts.plain.steps) {
    const auto keyword = step.instruction->keyword;
    if (step.stage != place.step.stage || (keyword != Keyword::cmd && keyword != Keyword::entrypoint)) continue;
    const auto& commands = step.script.commands;
    if (commands.size() != 1 || base_name(commands.front().name) != program) return false;
    found = true;
  }
  return found;
}

std::optional<FindingEdit> behind_argument(const FixPlace& place, const std::vector<std::string>& words,
                                           std::string_view text) {
  if (place.command == nullptr || place.step.script.opaque || place.step.script.exec_form) return std::nullopt;
  for (const auto& argument : place.command->arguments)
    if (argument.literal && std::find(words.begin(), words.end(), argument.text) != words.end())
      return FindingEdit{argument.span.end, argument.span.end, " " + std::string(text)};
  return std::nullopt;
}

/// "jdk" in the text becomes "jre"; nothing when it is not there, or when the text is not as it stands in the file.
std::optional<FindingEdit> jre_for_jdk(std::string_view text, dockerfile::Span span) {
  const auto at = text.find("jdk", text.find_first_of(":-"));
  if (at == std::string_view::npos || span.size() != text.size()) return std::nullopt;
  const auto begin = span.begin + static_cast<std::uint32_t>(at);
  return FindingEdit{begin, begin + 3, "jre"};
}

/// Tags of Adoptium's image come in pairs: 21-jdk and 21-jre, with the same endings (hub.docker.com/_/eclipse-temurin).
std::optional<FindingEdit> jre_image(const dockerfile::Word& image) {
  const auto name = std::string_view(image.text).substr(0, image.text.find(':'));
  const bool has_pairs = base_name(name) == "eclipse-temurin" && image.text.find_first_of("$@") == std::string::npos;
  return has_pairs && image.text.find("-jdk") != std::string::npos ? jre_for_jdk(image.text, image.span) : std::nullopt;
}

/// Of Debian: openjdk-17-jdk-headless depends on openjdk-17-jre-headless, default-jdk on default-jre.
std::optional<FindingEdit> jre_package(const Argument& argument) {
  const std::string_view name = argument.text;
  const bool is_debian = argument.literal && (name.starts_with("openjdk-") || name.starts_with("default-jdk")) &&
                         (name.ends_with("-jdk") || name.ends_with("-jdk-headless"));
  return is_debian ? jre_for_jdk(name, argument.span) : std::nullopt;
}

Edits only(std::optional<FindingEdit> edit) { return edit ? Edits{{std::move(*edit)}} : std::nullopt; }

}  // namespace

Edits omit_development(const FixRecipe&, const FixPlace& place) {
  constexpr std::array<ToolWord, 3> flags{{{"npm", "--omit=dev"}, {"pnpm", "--prod"}, {"yarn", "--production"}}};
  constexpr std::array<std::string_view, 10> builders{"bun",  "bunx", "make",    "npm",  "npx",
                                                      "pnpm", "tsc",  "webpack", "yarn", "yarnpkg"};
  const auto flag = place.command ? word_for(flags, place.command->name) : std::string_view();
  const bool builds = holds_behind(place, [&](const Command& command) {
    const bool is_tool = std::find(builders.begin(), builders.end(), base_name(command.name)) != builders.end();
    return is_tool && !command.has_argument("cache");
  });
  if (flag.empty() || builds || is_base_of_other(place) || !starts_with(place, "node")) return std::nullopt;
  return only(behind_argument(place, {"ci", "install", "i"}, flag));
}

Edits clean_cache(const FixRecipe&, const FixPlace& place) {
  constexpr std::array<ToolWord, 3> cleaners{
      {{"go", "go clean -cache -modcache"}, {"npm", "npm cache clean --force"}, {"yarn", "yarn cache clean"}}};
  if (!place.command || place.command->nested) return std::nullopt;
  const auto text = word_for(cleaners, place.command->name);
  if (text.empty()) return std::nullopt;
  // What the next command would have found in the cache would have to be made again.
  const bool is_used = holds_behind(place, [&](const Command& command) { return command.name == place.command->name; });
  if (is_used || is_base_of_other(place)) return std::nullopt;
  return only(append_to_run(place.facts, place.step, text));
}

Edits strip_go_program(const FixRecipe&, const FixPlace& place) {
  if (place.command == nullptr) return std::nullopt;
  for (const auto& argument : place.command->arguments)
    if (argument.text.find("-ldflags") != std::string::npos || !argument.literal) return std::nullopt;
  return only(behind_argument(place, {"build", "install"}, "-ldflags \"-s -w\""));
}

Edits jre_instead(const FixRecipe&, const FixPlace& place) {
  constexpr std::array<std::string_view, 19> tools{"ant", "gradle", "gradlew", "jar",  "javac", "javadoc",  "jcmd",
                                                   "jdb", "jdeps",  "jlink",   "jmap", "jmod",  "jpackage", "jshell",
                                                   "jps", "jstack", "mvn",     "mvnw", "sbt"};
  const bool builds = holds_behind(place, [&](const Command& command) {
    return std::find(tools.begin(), tools.end(), base_name(command.name)) != tools.end();
  });
  if (builds || place.step.script.opaque || is_base_of_other(place) || !starts_with(place, "java")) return std::nullopt;
  if (const auto* from = place.step.instruction->as<dockerfile::From>()) return only(jre_image(from->base));
  if (place.command == nullptr) return std::nullopt;
  std::vector<FindingEdit> edits;
  for (const auto& argument : place.command->arguments)
    if (auto edit = jre_package(argument)) edits.push_back(std::move(*edit));
  return edits.empty() ? std::nullopt : Edits(std::move(edits));
}

}  // namespace imgslim::rules
