#include "report/instruction_text.h"

#include <algorithm>

#include "budget/layer_pairs.h"
#include "report/escape.h"

namespace imgslim::report {
namespace {

/// Builders write what a COPY brought as a hash ("dir:97fc…"): its beginning is enough to tell two apart, and leaves
/// room for where it went.
std::string with_short_hashes(std::string text) {
  constexpr std::size_t hash_digits = 64, shown_digits = 8;
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  for (std::size_t at = text.find(':'); at != std::string::npos; at = text.find(':', at + 1)) {
    const auto end = std::min(text.find_first_not_of(hexadecimal, at + 1), text.size());
    if (end - at - 1 == hash_digits) text.replace(at + 1 + shown_digits, hash_digits - shown_digits, "");
  }
  return text;
}

}  // namespace

std::string one_line(const ReportInstruction& instruction) {
  return escape_terminal(with_short_hashes(budget::folded_instruction(instruction)));
}

std::string line_place(const ReportInstruction& instruction, const std::string& common_file) {
  if (!instruction.start_line) return {};
  auto line = ":" + std::to_string(*instruction.start_line);
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

FindingLocation at_instruction(const Report& report, FindingLocation at) {
  if ((at.file && at.line) || !at.layer) return at;
  const auto& instruction = instruction_of(report, *at.layer);
  if (!instruction.file || !instruction.start_line) return at;
  at.file = instruction.file;
  at.line = instruction.start_line;
  at.end_line = instruction.end_line.value_or(*instruction.start_line);
  at.column.reset();
  at.end_column.reset();
  return at;
}

std::string package_label(const ReportPackage& package) {
  std::string label = package.manager.empty() ? package.name : package.manager + " " + package.name;
  if (!package.version.empty()) label.append(" ").append(package.version);
  return escape_terminal(label);
}

}  // namespace imgslim::report
