#include "report/instruction_text.h"

#include "report/escape.h"

namespace imgslim::report {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Runs of white space, and backslashes that continue a line, as one space.
std::string folded_space(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool continues = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\n' || text[i + 1] == '\r');
    if (!continues && !is_space(text[i]))
      out.push_back(text[i]);
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::string one_line(const ReportInstruction& instruction) { return escape_terminal(folded_space(instruction.text)); }

std::string line_place(const ReportInstruction& instruction, const std::string& common_file) {
  if (!instruction.start_line) return {};
  const auto line = ":" + std::to_string(*instruction.start_line);
  if (!instruction.file || *instruction.file == common_file) return line;
  return escape_terminal(*instruction.file) + line;
}

std::string placed_line(const ReportInstruction& instruction, const std::string& common_file) {
  const auto place = line_place(instruction, common_file);
  const auto text = one_line(instruction);
  return place.empty() || text.empty() ? place + text : place + "  " + text;
}

std::string common_file(const Report& report) {
  const std::string* file = nullptr;
  for (const auto& layer : report.layers) {
    if (!layer.instruction.file || !layer.instruction.start_line) continue;
    if (file && *file != *layer.instruction.file) return {};
    file = &*layer.instruction.file;
  }
  return file ? *file : std::string();
}

const ReportInstruction& instruction_of(const Report& report, std::uint32_t layer) {
  static const ReportInstruction unknown;
  return layer < report.layers.size() ? report.layers[layer].instruction : unknown;
}

std::string package_label(const ReportPackage& package) {
  std::string label = package.manager.empty() ? package.name : package.manager + " " + package.name;
  if (!package.version.empty()) label.append(" ").append(package.version);
  return escape_terminal(label);
}

}  // namespace imgslim::report
