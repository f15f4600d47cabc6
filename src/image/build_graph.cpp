// BuildKit records the build as a graph of operations in post-order (buildkit
// solver/llbsolver/provenance/buildconfig.go): the last element is the result and has one input; inputs are "stepN:M",
// output M of step N. `op.Op` holds one member named after the operation (solver/pb/json.go): `source` pulls an image
// or a context; `exec` runs a command on mounts, each with the index of its input and of its output (-1: none); `file`
// copies and creates files by actions, whose `input` counts the step's inputs first and then the actions before;
// `merge` stacks its inputs (COPY --link). An image's layers follow the root file system only, so only that input of
// each step is followed.
#include "image/build_graph.h"

namespace imgslim::image {
namespace {

constexpr std::int64_t nothing = -1;

std::int64_t index_member(const json::Value& object, const char* key) {
  const auto& value = json::member(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;  // Go leaves zeros out
}

const json::Value* element(const json::Value& array, std::int64_t index) {
  if (!array.is_array() || index < 0 || static_cast<std::uint64_t>(index) >= array.size()) return nullptr;
  return &array[static_cast<std::size_t>(index)];
}

const json::Value& operation(const json::Value& step) { return json::member(json::member(step, "op"), "Op"); }

StepKind kind_of(const json::Value& step) {
  const auto& op = operation(step);
  if (json::member(op, "source").is_object()) return StepKind::source;
  if (json::member(op, "exec").is_object()) return StepKind::exec;
  if (json::member(op, "file").is_object()) return StepKind::file;
  if (json::member(op, "merge").is_object()) return StepKind::merge;
  return StepKind::other;
}

/// Index into the step's inputs, `nothing` for an empty file system; no value when the record does not tell.
using InputIndex = std::optional<std::int64_t>;

InputIndex exec_input(const json::Value& exec, std::int64_t output) {
  const auto& mounts = json::member(exec, "mounts");
  if (!mounts.is_array()) return std::nullopt;
  for (const auto& mount : mounts)
    if (index_member(mount, "output") == output) return index_member(mount, "input");
  return std::nullopt;
}

InputIndex file_input(const json::Value& file, std::int64_t output, std::int64_t input_count) {
  const auto& actions = json::member(file, "actions");
  if (!actions.is_array()) return std::nullopt;
  std::int64_t position = nothing;
  for (std::size_t i = 0; i < actions.size(); ++i)
    if (index_member(actions[i], "output") == output) position = static_cast<std::int64_t>(i);
  while (const auto* action = element(actions, position)) {
    const auto input = index_member(*action, "input");
    if (input < input_count) return input;
    if (input - input_count >= position) return std::nullopt;  // actions only build on earlier ones
    position = input - input_count;
  }
  return std::nullopt;
}

InputIndex root_input(const json::Value& step, std::int64_t output) {
  const auto& op = operation(step);
  const auto& inputs = json::member(step, "inputs");
  switch (kind_of(step)) {
    case StepKind::exec:
      return exec_input(json::member(op, "exec"), output);
    case StepKind::file:
      return file_input(json::member(op, "file"), output, static_cast<std::int64_t>(inputs.size()));
    case StepKind::merge:
      if (const auto* first = element(json::member(json::member(op, "merge"), "inputs"), 0))
        return index_member(*first, "input");
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<StepOutput> output_of_input(const json::Value& step, std::int64_t index) {
  const auto* input = element(json::member(step, "inputs"), index);
  if (input == nullptr || !input->is_string()) return std::nullopt;
  return parse_step_output(input->get<std::string>());
}

std::map<std::string, const json::Value*> steps_by_id(const json::Value& llb_definition) {
  std::map<std::string, const json::Value*> steps;
  for (const auto& step : llb_definition) steps.emplace(json::string_member(step, "id"), &step);
  return steps;
}

}  // namespace

std::optional<StepOutput> parse_step_output(const std::string& text) {
  const auto colon = text.find(':');
  const auto digits = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return StepOutput{text.substr(0, colon), std::stol(digits)};
}

RootPath follow_root(const json::Value& llb_definition) {
  RootPath path;
  if (!llb_definition.is_array() || llb_definition.empty()) return path;
  const auto steps = steps_by_id(llb_definition);
  auto next = output_of_input(llb_definition.back(), 0);
  while (next && path.steps.size() < steps.size()) {
    const auto found = steps.find(next->step);
    if (found == steps.end()) return path;
    const auto& step = *found->second;
    path.steps.push_back({next->step, *next, kind_of(step)});
    const auto input = root_input(step, next->output);
    if (!input) return path;
    path.from_scratch = *input == nothing;
    next = output_of_input(step, *input);
  }
  return path;
}

}  // namespace imgslim::image
