#include "rules/facts.h"

#include <algorithm>

namespace imgslim::rules {
namespace {

using dockerfile::File;
using dockerfile::From;
using dockerfile::Instruction;

Step make_step(const Instruction& instruction, std::uint32_t index, std::optional<std::uint32_t> stage) {
  Step step;
  step.instruction = &instruction;
  step.index = index;
  step.stage = stage;
  step.script = read_script(instruction);
  if (const auto* from = instruction.as<From>()) step.image = split_image_name(from->base.text);
  return step;
}

void add_steps(Facts& facts, const File& file) {
  std::optional<std::uint32_t> stage;
  for (std::uint32_t at = 0; at < file.instructions.size(); ++at) {
    const auto& instruction = file.instructions[at];
    for (std::uint32_t next = stage ? *stage + 1 : 0;
         next < file.stages.size() && file.stages[next].instructions.begin == at; ++next)
      stage = next;
    facts.plain.steps.push_back(make_step(instruction, at, stage));
    if (!instruction.onbuild.empty()) facts.onbuild.steps.push_back(make_step(instruction.onbuild.front(), at, stage));
  }
  facts.onbuild.onbuild = true;
}

StageFact make_stage(const Facts& facts, const dockerfile::Stage& stage) {
  StageFact fact;
  fact.from = stage.instructions.begin;
  const auto& step = facts.plain.steps[fact.from];
  if (step.image) fact.image = step.image->name;
  const auto* from = step.instruction->as<From>();
  if (from && from->alias) fact.name = from->alias->text;
  return fact;
}

/// The target and the stages that it is built FROM.
void mark_target(Facts& facts) {
  auto stage = facts.resolved.target();
  while (stage && *stage < facts.stages.size() && !facts.stages[*stage].target) {
    facts.stages[*stage].target = true;
    const auto& base = facts.resolved.stages()[*stage].base;
    stage = base.kind == dockerfile::ImageSource::Kind::stage ? std::optional(base.stage) : std::nullopt;
  }
}

void add_stages(Facts& facts, const File& file) {
  for (const auto& stage : file.stages) facts.stages.push_back(make_stage(facts, stage));
  if (!facts.stages.empty()) facts.stages.back().last = true;
  const auto& resolved = facts.resolved.stages();
  for (std::size_t at = 0; at < facts.stages.size(); ++at) {
    auto& fact = facts.stages[at];
    fact.reachable = at >= resolved.size() || resolved[at].reachable;
    fact.base_of_other = !fact.name.empty() && std::any_of(facts.stages.begin(), facts.stages.end(),
                                                           [&](const auto& other) { return other.image == fact.name; });
  }
  mark_target(facts);
}

/// The first of `wanted` that stands outside of ${…}.
std::size_t find_plain(std::string_view text, std::string_view wanted) {
  unsigned depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "${") ++depth;
    if (text[at] == '}' && depth > 0) --depth;
    if (depth == 0 && wanted.find(text[at]) != std::string_view::npos) return at;
  }
  return std::string_view::npos;
}

}  // namespace

ImageName split_image_name(std::string_view reference) {
  ImageName image;
  if (const auto at = find_plain(reference, "@"); at != std::string_view::npos) {
    image.digest = reference.substr(at + 1);
    reference = reference.substr(0, at);
  }
  if (const auto slash = find_plain(reference, "/"); slash != std::string_view::npos) {
    const auto first = reference.substr(0, slash);
    if (find_plain(first, ".:") != std::string_view::npos || first == "localhost") {
      image.registry = first;
      reference = reference.substr(slash + 1);
    }
  }
  if (const auto colon = find_plain(reference, ":"); colon != std::string_view::npos) {
    image.tag = reference.substr(colon + 1);
    reference = reference.substr(0, colon);
  }
  image.name = reference;
  return image;
}

std::string Facts::expanded(const dockerfile::Word& word) const {
  if (const auto* expansion = resolved.expansion(word.span)) return expansion->text;
  return dockerfile::unquote(word.text, file->escape);
}

Facts make_facts(const File& file, const dockerfile::BuildInputs& inputs) {
  Facts facts;
  facts.file = &file;
  facts.resolved = dockerfile::resolve(file, inputs);
  add_steps(facts, file);
  add_stages(facts, file);
  return facts;
}

}  // namespace imgslim::rules
