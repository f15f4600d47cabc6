// What builders write into history.created_by. The classic builder: "/bin/sh -c CMD" for RUN and
// "/bin/sh -c #(nop)  KEYWORD ARGS" (COPY as "dir:HASH in DEST") for the rest, with "|N A=b …" before the shell when N
// build arguments are in scope. BuildKit: "KEYWORD ARGS # buildkit", RUN with the shell inside. buildah follows the
// classic builder. The alignment needs equality of steps, so both sides are brought to one form here.
#include "attribution/history_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace imgslim::attribution {
namespace {

constexpr std::array keywords{"RUN",        "COPY",    "ADD",    "ENV",         "CMD",       "ENTRYPOINT",
                              "WORKDIR",    "USER",    "EXPOSE", "LABEL",       "ARG",       "VOLUME",
                              "STOPSIGNAL", "ONBUILD", "SHELL",  "HEALTHCHECK", "MAINTAINER"};

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\n\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n\r") - begin + 1);
}

std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

/// "|2 A=1 B=2 /bin/sh -c x" -> "/bin/sh -c x". Values with blanks are not quoted there, so the shell is searched.
std::string_view strip_build_arguments(std::string_view text) {
  if (!text.starts_with('|')) return text;
  const auto shell = text.find(" /bin/");
  return shell == std::string_view::npos ? text : trim(text.substr(shell));
}

std::string_view strip_shell(std::string_view text) {
  for (const std::string_view shell :
       {"/bin/sh -c ", "/bin/bash -c ", "/bin/bash -o pipefail -c ", "/bin/ash -eo pipefail -c ", "/bin/sh -exc ",
        "/bin/bash -euxo pipefail -c ", "/bin/bash -xo pipefail -c "})
    if (text.starts_with(shell)) return trim(text.substr(shell.size()));
  return text;
}

bool is_keyword(std::string_view word) {
  return std::any_of(keywords.begin(), keywords.end(), [&](std::string_view known) { return known == word; });
}

/// Blanks folded and quotes dropped: builders re-quote arguments.
std::string folded(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\'') continue;
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::vector<std::string> words_without_flags(std::string_view arguments) {
  std::vector<std::string> words;
  // The JSON form ["a", "b"] names the same paths.
  std::string text = folded(arguments);
  std::replace(text.begin(), text.end(), ',', ' ');
  std::replace(text.begin(), text.end(), '[', ' ');
  std::replace(text.begin(), text.end(), ']', ' ');
  for (std::string_view rest = trim(text); !rest.empty();) {
    const auto word = take_word(rest);
    if (!word.starts_with("--")) words.emplace_back(word);
  }
  return words;
}

bool has_variable(std::string_view text) { return text.find('$') != std::string_view::npos; }

/// "./x/" and "x" name one destination.
std::string_view plain_path(std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// "dir:HASH in /app" of the classic builder names only the destination.
bool same_copy(std::string_view history, std::string_view instruction) {
  const auto ours = words_without_flags(instruction);
  const auto theirs = words_without_flags(history);
  if (ours.empty() || theirs.empty()) return false;
  if (!has_variable(ours.back())) {
    const auto ours_last = plain_path(ours.back()), theirs_last = plain_path(theirs.back());
    // A relative destination is written joined to the working directory by some builders.
    if (ours_last != theirs_last && !theirs_last.ends_with(ours_last) && ours_last != ".") return false;
  }
  const bool hashed =
      theirs.size() >= 3 && theirs[theirs.size() - 2] == "in" && theirs[0].find(':') != std::string::npos;
  if (hashed) return true;
  if (ours.size() != theirs.size()) return has_variable(instruction);
  for (std::size_t i = 0; i + 1 < ours.size(); ++i)
    if (!has_variable(ours[i]) && plain_path(ours[i]) != plain_path(theirs[i])) return false;
  return true;
}

/// The command of RUN in either form, its flags (--mount=…) dropped.
std::string run_command(std::string_view arguments) {
  auto rest = trim(arguments);
  while (rest.starts_with("--")) take_word(rest);
  if (rest.starts_with('[')) {
    std::string words;
    for (const auto& word : words_without_flags(rest)) words += (words.empty() ? "" : " ") + word;
    return words;
  }
  return folded(rest);
}

}  // namespace

StepText read_created_by(std::string_view created_by) {
  auto text = trim(created_by);
  constexpr std::string_view buildkit = "# buildkit";
  if (text.ends_with(buildkit)) text = trim(text.substr(0, text.size() - buildkit.size()));
  auto rest = strip_shell(strip_build_arguments(text));
  const bool classic = rest.size() != text.size() || text.starts_with("/bin/sh -c");
  if (classic && !rest.starts_with("#(nop)")) return {"RUN", std::string(rest)};
  if (rest.starts_with("#(nop)")) rest = trim(rest.substr(6));
  auto after = rest;
  const auto word = take_word(after);
  if (!is_keyword(word)) return {"", std::string(rest)};
  if (word == "RUN") after = strip_shell(strip_build_arguments(after));
  return {std::string(word), std::string(after)};
}

bool same_step(const StepText& history, std::string_view keyword, std::string_view arguments) {
  if (history.kind != keyword) return false;
  if (keyword == "COPY" || keyword == "ADD") return same_copy(history.arguments, arguments);
  if (keyword == "RUN") {
    const auto ours = run_command(arguments), theirs = run_command(history.arguments);
    // BuildKit shows a heredoc as its opening words and a part of its body.
    return ours == theirs || (ours.starts_with("<<") && theirs.starts_with(ours.substr(0, ours.find(' '))));
  }
  // Metadata steps: variables are expanded and lists re-printed, so the first word decides.
  if (has_variable(arguments)) return true;
  const auto ours = words_without_flags(arguments), theirs = words_without_flags(history.arguments);
  if (ours.empty() || theirs.empty()) return ours.empty() == theirs.empty();
  const auto name = [](const std::string& word) { return word.substr(0, word.find('=')); };
  if (keyword == "WORKDIR") return std::string_view(theirs[0]).ends_with(plain_path(ours[0]));
  if (keyword == "CMD" || keyword == "ENTRYPOINT")
    return theirs[0] == ours[0] || (theirs[0] == "/bin/sh" && theirs.size() > 2) ||
           theirs[0].find(ours[0]) != std::string::npos;
  return name(theirs[0]).find(name(ours[0])) != std::string::npos ||
         name(ours[0]).find(name(theirs[0])) != std::string::npos;
}

}  // namespace imgslim::attribution
