// A Dockerfile from its tree: one line for each instruction, its arguments as they were joined, heredoc bodies behind
// it.
#include "dockerfile/print.h"

#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

/// A flag's name or value, quoted where it would not stay one word.
std::string quoted(std::string_view text) {
  if (text.find_first_of(" \t\v\f\r'\"\\") == std::string_view::npos && trim(text) == text) {
    bool plain = true;
    for (std::size_t at = 0; at < text.size(); ++at) plain = plain && space_at(text, at) == 0;
    if (plain) return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string line_of(const Instruction& instruction, char escape) {
  auto line = instruction.name.text;
  if (const auto arguments = print_arguments(instruction); !arguments.empty()) line += " " + arguments;
  // The text had white space behind it that was no blank, else it would go on in the next line.
  if (line.ends_with(escape) && !(line.size() > 1 && line[line.size() - 2] == escape)) line += '\f';
  return line;
}

void append_bodies(std::string& out, const Instruction& instruction) {
  for (const auto& heredoc : instruction.heredocs) {
    out += heredoc.body.text();
    if (heredoc.terminated) out += heredoc.name + "\n";
  }
  for (const auto& trigger : instruction.onbuild) append_bodies(out, trigger);
}

}  // namespace

std::string print_arguments(const Instruction& instruction) {
  std::string text;
  for (const auto& flag : instruction.flags) {
    text += (text.empty() ? "--" : " --") + quoted(flag.name);
    if (flag.value) text += "=" + quoted(*flag.value);
  }
  const auto& arguments = instruction.arguments.text();
  if (arguments.starts_with("--")) text += text.empty() ? "--" : " --";
  if (!arguments.empty()) text += (text.empty() ? "" : " ") + arguments;
  return text;
}

std::string print(const File& file) {
  std::string out;
  for (const auto& directive : file.directives) out += "# " + directive.name + "=" + directive.value + "\n";
  // A blank line keeps the first instruction from being taken for a byte order mark or a directive.
  if (!file.instructions.empty()) {
    const auto& name = file.instructions.front().name.text;
    const auto first = static_cast<unsigned char>(name.front());
    if (first >= 0x80 || first == 0 || first == '/') out += "\n";
  }
  for (const auto& instruction : file.instructions) {
    out += line_of(instruction, file.escape) + "\n";
    append_bodies(out, instruction);
  }
  return out;
}

}  // namespace imgslim::dockerfile
