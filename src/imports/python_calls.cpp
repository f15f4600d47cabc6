#include "imports/python_calls.h"

#include <algorithm>

#include "imports/scan.h"

namespace imgslim::imports {
namespace {

/// "main" of "sys.exit(main())", "run" of "app.run()".
void mention_calls_of(std::string_view line, ImportList& list) {
  for (auto open = find_byte(line, '(', 0); open != npos; open = find_byte(line, '(', open + 1)) {
    auto begin = open;
    while (begin > 0 && is_word_byte(line[begin - 1])) --begin;
    if (begin < open) list.mention(line.substr(begin, open - begin));
  }
}

/// Whether the lines below a line of the outermost level, which begins with this word, run with it.
bool runs_what_follows(std::string_view word, std::string_view line) {
  for (const std::string_view other :
       {"def", "class", "async", "elif", "else", "except", "for", "while", "from", "import"})
    if (word == other) return false;
  return word != "if" || line.find("__name__") != npos;
}

/// The first line behind `at` that begins with no blank, npos without. Bodies of functions are passed over step by
/// step: the loop has no branch, so that it becomes vector instructions.
std::size_t next_outermost_line(std::string_view text, std::size_t at) {
  constexpr std::size_t step = 64;
  const auto begins_line = [&](std::size_t i) {
    const auto next = static_cast<unsigned char>(text[i + 1]);
    return static_cast<unsigned>(text[i] == '\n') & static_cast<unsigned>(next > ' ') &
           static_cast<unsigned>(next != '#');
  };
  for (; at + step < text.size(); at += step) {
    unsigned found = 0;
    for (std::size_t i = at; i < at + step; ++i) found |= begins_line(i);
    if (found != 0) break;
  }
  for (; at + 1 < text.size(); ++at)
    if (begins_line(at) != 0) return at + 1;
  return npos;
}

}  // namespace

void mention_calls(std::string_view text, ImportList& list) {
  bool runs = false;
  for (std::size_t at = 0; at < text.size();) {
    if (!runs && at > 0) at = next_outermost_line(text, at - 1);
    if (at == npos) return;
    const auto end = line_end(text, at);
    const auto line = text.substr(at, end - at);
    at = end + 1;
    if (line.empty() || line[0] == '#') continue;
    const auto word = leading_word(line);
    if (!word.empty()) runs = runs_what_follows(word, line);
    if (line[0] == '@') {
      const auto name = line.substr(1, std::min(line.find_first_of("( \r"), line.size()) - 1);
      list.mention(name.substr(name.rfind('.') + 1));
    } else if (runs) {
      mention_calls_of(line, list);
    }
  }
}

}  // namespace imgslim::imports
