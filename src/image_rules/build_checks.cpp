#include "image_rules/build_checks.h"

#include <algorithm>
#include <map>

#include "attribution/instructions.h"
#include "image_rules/entry_finding.h"
#include "image_rules/variables.h"
#include "rules/fields.h"
#include "rules/matcher.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using tree::EntryId;
using tree::LayerIndex;

/// COPY or ADD of "." out of the context.
bool copies_context(const rules::Facts& facts, const rules::Step& step) {
  const auto& instruction = *step.instruction;
  if ((instruction.upper != "COPY" && instruction.upper != "ADD") || instruction.flag("from")) return false;
  const auto sources = rules::field_values(facts, step, "source.expanded");
  return std::any_of(sources.begin(), sources.end(),
                     [](const std::string& source) { return source == "." || source == "./" || source == "/"; });
}

/// Per layer: whether its instruction copies the whole context.
std::vector<bool> context_layers(const ImageFacts& image) {
  std::vector<bool> layers(image.tree().layer_count(), false);
  const auto& steps = image.dockerfile->plain.steps;
  for (LayerIndex layer = 0; layer < layers.size(); ++layer) {
    const auto instruction = image.step_of(layer).instruction;
    layers[layer] =
        instruction && *instruction < steps.size() && copies_context(*image.dockerfile, steps[*instruction]);
  }
  return layers;
}

bool makes_layer(const dockerfile::Instruction& instruction) {
  return instruction.upper == "RUN" || instruction.upper == "COPY" || instruction.upper == "ADD";
}

/// Layer-making instructions of the file that the image's history does not have, in order.
std::vector<const dockerfile::Instruction*> unmatched(const ImageFacts& image) {
  const auto& file = *image.given_dockerfile->file;
  std::vector<bool> matched(file.instructions.size(), false);
  for (const auto& step : image.instructions.steps)
    if (step.instruction) matched[*step.instruction] = true;
  std::vector<const dockerfile::Instruction*> missing;
  for (const auto* instruction : dockerfile::image_instructions(file, image.given_dockerfile->resolved))
    if (makes_layer(*instruction) && !matched[static_cast<std::size_t>(instruction - file.instructions.data())])
      missing.push_back(instruction);
  return missing;
}

}  // namespace

std::vector<ImageFinding> check_build_variables(const CheckContext& context) {
  const auto names = context.words("names");
  const auto of_author = author_variables(context.image);
  std::vector<ImageFinding> findings;
  for (const auto& entry : context.image.info.config.env) {
    const auto [name, value] = split_assignment(entry);
    const bool named = std::find(names.begin(), names.end(), name) != names.end();
    if (!named || value.empty() || !of_author.contains(name)) continue;
    ImageFinding finding;
    finding.message = std::string(name) + " is for the build only, and is set in every container of the image";
    finding.keyword = "ENV " + std::string(name);
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_whole_context(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  const bool ignores_nothing =
      image.dockerfile && image.dockerfile->ignore_file && image.dockerfile->ignore_file->patterns.empty();
  if (!ignores_nothing) return {};
  const auto wanted = context_layers(image);
  const rules::GlobSet unwanted(context.words("unwanted"));
  std::map<LayerIndex, std::vector<EntryId>> found;
  tree::for_each_visible(tree, [&](tree::NodeId node, bool first_name) {
    const auto entry = tree.node(node).entry;
    if (!first_name || entry == tree::Node::implied) return;
    const auto inode = tree.inode_of(entry);
    const auto layer = tree.layer_of(inode);
    if (wanted[layer] && tree.entry(inode).content_bytes > 0 && !unwanted.matches(tree.path(node)).empty())
      found[layer].push_back(inode);
  });
  std::vector<ImageFinding> findings;
  for (auto& [layer, entries] : found) findings.push_back(entry_finding(image, layer, std::move(entries)));
  return findings;
}

std::vector<ImageFinding> check_dockerfile(const CheckContext& context) {
  const auto& image = context.image;
  const auto all = image.instructions.dockerfile_instructions;
  if (!image.given_dockerfile || all == 0) return {};
  const auto missing = unmatched(image);
  const auto matched = image.instructions.matched_instructions;
  ImageFinding finding;
  finding.message = std::to_string(matched) + " of " + std::to_string(all) +
                    " instructions of the Dockerfile are in the image's history: ";
  if (!image.dockerfile) {
    finding.message += "it is another image's, and no layer is joined with it";
    return {std::move(finding)};
  }
  if (missing.empty()) return {};
  const auto& first = *missing.front();
  finding.message += std::to_string(missing.size()) + " that make layers are not, the first is " + first.upper +
                     " in line " + std::to_string(first.start_line);
  finding.instruction = static_cast<std::uint32_t>(&first - image.dockerfile->file->instructions.data());
  return {std::move(finding)};
}

}  // namespace imgslim::image_rules
