#include "attribution/instructions.h"

#include <algorithm>
#include <string_view>

#include "attribution/history_text.h"
#include "dockerfile/print.h"
#include "dockerfile/resolve.h"

namespace imgslim::attribution {
namespace {

using image::HistoryStep;
using image::ImageInfo;

BuildStep step_of(const HistoryStep& history) {
  auto text = read_created_by(history.created_by);
  BuildStep step;
  step.kind = text.kind;
  step.text = text.kind.empty() ? text.arguments : text.kind + " " + text.arguments;
  step.created = history.created;
  step.source = InstructionSource::history;
  return step;
}

/// Pairs steps with layers. Histories are often wrong (kaniko and jib leave steps out, some builders forget
/// empty_layer): unless a count fits, layers keep no instruction rather than a wrong one.
void align_with_layers(const ImageInfo& info, Instructions& result) {
  const auto layers = static_cast<std::uint32_t>(info.layers.size());
  const auto making = static_cast<std::uint32_t>(std::count_if(
      info.history.begin(), info.history.end(), [](const HistoryStep& step) { return !step.empty_layer; }));
  const bool all_make_layers = making != layers && info.history.size() == layers;
  const bool aligned = making == layers || all_make_layers;
  std::uint32_t next = 0;
  for (const auto& history : info.history) {
    result.steps.push_back(step_of(history));
    if (aligned && (!history.empty_layer || all_make_layers)) {
      result.steps.back().layer = next++;
      result.step_of_layer.push_back(static_cast<std::uint32_t>(result.steps.size() - 1));
    }
  }
  if (aligned) {
    if (layers > 0) result.source = InstructionSource::history;
    return;
  }
  if (!info.history.empty())
    result.notes.push_back({"history-mismatch", "config",
                            std::to_string(making) + " history steps make layers, the image has " +
                                std::to_string(layers) + ": instructions are not attributed from the history"});
  for (std::uint32_t layer = 0; layer < layers; ++layer) {
    result.step_of_layer.push_back(static_cast<std::uint32_t>(result.steps.size()));
    result.steps.emplace_back();
    result.steps.back().layer = layer;
  }
}

std::string lines_of(std::string_view text, const image::SourceRange& range) {
  std::string picked;
  std::uint32_t line = 1;
  while (!text.empty() && line <= range.end_line) {
    const auto end = std::min(text.find('\n'), text.size());
    if (line >= range.start_line) picked += std::string(picked.empty() ? "" : "\n") + std::string(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
  }
  return picked;
}

void apply_provenance(const ImageInfo& info, Instructions& result) {
  if (!info.provenance) return;
  const auto& sources = info.provenance->layer_source;
  for (std::size_t i = 0; i < info.layers.size(); ++i) {
    auto found = sources.find(info.layers[i].descriptor.digest.text());
    if (found == sources.end()) found = sources.find(info.layers[i].diff_id.text());
    if (found == sources.end()) continue;
    auto& step = result.steps[result.step_of_layer[i]];
    step.source = InstructionSource::provenance;
    step.lines = found->second;
    if (auto text = lines_of(info.provenance->dockerfile, found->second); !text.empty()) step.text = std::move(text);
    if (step.kind.empty()) step.kind = step.text.substr(0, step.text.find(' '));
    result.source = InstructionSource::provenance;
  }
}

/// An instruction of the Dockerfile with its flags and arguments as text.
struct WrittenStep {
  const dockerfile::Instruction* instruction;
  std::string arguments;
};

/// What made the image, as far as the Dockerfile tells.
std::vector<WrittenStep> written_steps(const dockerfile::File& file) {
  std::vector<WrittenStep> steps;
  for (const auto* instruction : dockerfile::image_instructions(file, dockerfile::resolve(file, {})))
    steps.push_back({instruction, dockerfile::print_arguments(*instruction)});
  return steps;
}

/// Longest common subsequence of history steps and instructions, as pairs (step, instruction).
std::vector<std::pair<std::size_t, std::size_t>> align(const std::vector<StepText>& steps,
                                                       const std::vector<WrittenStep>& instructions) {
  const auto rows = steps.size(), columns = instructions.size();
  std::vector<std::vector<std::uint32_t>> best(rows + 1, std::vector<std::uint32_t>(columns + 1, 0));
  std::vector<std::vector<bool>> same(rows, std::vector<bool>(columns));
  // From the end: what an image's history ends with is its own Dockerfile, so ties go to the later step.
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column) {
      same[row][column] =
          same_step(steps[row], instructions[column].instruction->upper, instructions[column].arguments);
      best[row + 1][column + 1] =
          std::max({best[row][column + 1], best[row + 1][column], best[row][column] + (same[row][column] ? 1u : 0u)});
    }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t row = rows, column = columns; row > 0 && column > 0;) {
    if (same[row - 1][column - 1] && best[row][column] == best[row - 1][column - 1] + 1)
      pairs.emplace_back(--row, --column);
    else if (best[row][column] == best[row][column - 1])
      --column;
    else
      --row;
  }
  std::reverse(pairs.begin(), pairs.end());
  return pairs;
}

void apply_dockerfile(const ImageInfo& info, const NamedDockerfile& dockerfile, Instructions& result) {
  std::vector<StepText> steps;
  for (const auto& history : info.history) steps.push_back(read_created_by(history.created_by));
  const auto instructions = written_steps(dockerfile.file);
  const auto pairs = align(steps, instructions);
  result.dockerfile_instructions = static_cast<std::uint32_t>(instructions.size());
  result.matched_instructions = static_cast<std::uint32_t>(pairs.size());
  const double share =
      instructions.empty() ? 0 : static_cast<double>(pairs.size()) / static_cast<double>(instructions.size());
  if (share < least_matched_share) {
    result.notes.push_back({"dockerfile-mismatch", dockerfile.name,
                            std::to_string(pairs.size()) + " of " + std::to_string(instructions.size()) +
                                " instructions are in the image's history: nothing is attributed to this Dockerfile"});
    return;
  }
  for (const auto& [step_index, instruction_index] : pairs) {
    auto& step = result.steps[step_index];
    const auto& [instruction, arguments] = instructions[instruction_index];
    step.instruction = static_cast<std::uint32_t>(instruction - dockerfile.file.instructions.data());
    if (step.source == InstructionSource::provenance) continue;
    step.source = InstructionSource::dockerfile;
    step.text = instruction->upper + " " + arguments;
    step.kind = instruction->upper;
    step.lines = image::SourceRange{dockerfile.name, instruction->start_line, instruction->end_line};
    if (step.layer && !result.first_matched_layer) result.first_matched_layer = step.layer;
    if (result.source != InstructionSource::provenance) result.source = InstructionSource::dockerfile;
  }
}

}  // namespace

std::string_view source_name(InstructionSource source) {
  switch (source) {
    case InstructionSource::provenance:
      return "provenance";
    case InstructionSource::dockerfile:
      return "dockerfile";
    case InstructionSource::history:
      return "history";
    case InstructionSource::none:
      break;
  }
  return "none";
}

Instructions trace_instructions(const ImageInfo& info, const std::optional<NamedDockerfile>& dockerfile) {
  Instructions result;
  align_with_layers(info, result);
  apply_provenance(info, result);
  if (dockerfile) apply_dockerfile(info, *dockerfile, result);
  return result;
}

}  // namespace imgslim::attribution
