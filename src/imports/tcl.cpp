#include "imports/readers.h"
#include "imports/scan.h"

/// Imports of Tcl source (Tcl manual: package(n), source(n), proc(n)).
///
/// Lines are the unit: `package require ?-exact? NAME` at the begin of a command, and `source` of a file beside the
/// script. What stands in the lines of a `proc` runs when it is called: those down to a "}" that stands no deeper.
namespace imgslim::imports {
namespace {

/// How far a line is read: every hit looks back to its start.
constexpr std::size_t longest_line_bytes = 1024;

std::string_view word_of(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of(" \t;]}\r"), text.size()));
}

class TclReader {
 public:
  TclReader(std::string_view text, ImportList& list) : text_(text), list_(list) {}

  void read() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto end = line_end(text_, at);
      read_line(at, text_.substr(at, std::min(end - at, longest_line_bytes)));
      at = end + 1;
    }
  }

 private:
  void read_line(std::size_t at, std::string_view line) {
    const auto indent = line.find_first_not_of(" \t");
    if (indent == npos || line[indent] == '#') return;
    if (line[indent] == '}')
      while (depth_ > 0 && indents_[depth_ - 1] >= indent) --depth_;
    const auto end = at + line.size();
    for (auto hit = requires_.from(at); hit < end; hit = requires_.from(hit + 7)) read_require(at, hit, line);
    for (auto hit = sources_.from(at); hit < end; hit = sources_.from(hit + 6)) read_source(at, hit, line);
    const bool opens = leading_word(line.substr(indent)) == "proc" && line.find_last_not_of(" \t\r") == line.rfind('{');
    if (opens && depth_ < most_open) indents_[depth_++] = indent;
  }

  [[nodiscard]] Level level() const { return depth_ == 0 ? Level::load : Level::call; }

  /// Whether a command may begin behind `before`.
  static bool begins_command(std::string_view before) {
    const auto last = before.find_last_not_of(" \t");
    return last == npos || std::string_view("[{;").find(before[last]) != npos;
  }

  void read_require(std::size_t line_begin, std::size_t hit, std::string_view line) {
    constexpr std::string_view command = "package";
    auto before = line.substr(0, hit - line_begin);
    const auto last = before.find_last_not_of(" \t");
    if (last == npos || last + 1 == before.size()) return;
    before = before.substr(0, last + 1);
    if (!before.ends_with(command) || !begins_command(before.substr(0, before.size() - command.size()))) return;
    auto rest = without_leading_blanks(line.substr(std::min(hit - line_begin + 7, line.size())));
    if (word_of(rest) == "-exact") rest = without_leading_blanks(rest.substr(6));
    const auto name = word_of(rest);
    if (name.find_first_of("$[\"{\\") == npos) list_.add(name, level(), Form::module);
  }

  /// source x.tcl; source [file join DIRECTORY x.tcl] of a computed directory, which mostly is the script's own.
  void read_source(std::size_t line_begin, std::size_t hit, std::string_view line) {
    const auto place = hit - line_begin;
    if (!begins_command(line.substr(0, place)) || place + 6 >= line.size() || is_word_byte(line[place + 6])) return;
    const auto rest = line.substr(place + 6);
    const auto end = rest.find(".tcl");
    if (end == npos) return;
    const auto begin = rest.find_last_of(" \t/\"{", end);
    const auto name = rest.substr(begin == npos ? 0 : begin + 1, end + 4 - (begin == npos ? 0 : begin + 1));
    if (name.find_first_of("$[") == npos) list_.add(name, level(), Form::relative);
  }

  static constexpr std::size_t most_open = 16;

  std::string_view text_;
  ImportList& list_;
  NextOccurrence requires_{text_, "require"}, sources_{text_, "source"};
  std::size_t indents_[most_open] = {};  // of the procedures that are open
  std::size_t depth_ = 0;
};

}  // namespace

void read_tcl(std::string_view text, ImportList& list) { TclReader(text, list).read(); }

}  // namespace imgslim::imports
