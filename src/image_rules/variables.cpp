#include "image_rules/variables.h"

#include <algorithm>
#include <cctype>

namespace imgslim::image_rules {
namespace {

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::all_of(text.begin(), text.end(), fits);
}

/// Names of "A=b C=d" or "A b".
void add_names(std::string_view arguments, std::set<std::string, std::less<>>& names) {
  const auto first = arguments.substr(0, arguments.find(' '));
  if (first.find('=') == std::string_view::npos && is_name(first)) {
    names.insert(std::string(first));
    return;
  }
  while (!arguments.empty()) {
    const auto word = arguments.substr(0, arguments.find(' '));
    arguments.remove_prefix(std::min(arguments.size(), word.size() + 1));
    const auto name = word.substr(0, word.find('='));
    if (name.size() < word.size() && is_name(name)) names.insert(std::string(name));
  }
}

}  // namespace

std::pair<std::string_view, std::string_view> split_assignment(std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  return {text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))};
}

std::size_t first_author_step(const ImageFacts& image) {
  if (image.base.layers == 0) return 0;
  if (image.base.layers > image.instructions.step_of_layer.size()) return image.info.history.size();
  return image.instructions.step_of_layer[image.base.layers - 1] + 1;
}

std::set<std::string, std::less<>> author_variables(const ImageFacts& image) {
  std::set<std::string, std::less<>> names;
  if (image.dockerfile) {
    const auto& file = *image.dockerfile->file;
    for (const auto* instruction : dockerfile::image_instructions(file, image.dockerfile->resolved))
      if (const auto* pairs = instruction->as<dockerfile::KeyValues>(); pairs && instruction->upper == "ENV")
        for (const auto& pair : pairs->pairs) names.insert(pair.key.text);
    return names;
  }
  const auto& steps = image.instructions.steps;
  for (std::size_t at = first_author_step(image); at < steps.size(); ++at)
    if (steps[at].kind == "ENV") add_names(std::string_view(steps[at].text).substr(4), names);
  return names;
}

std::vector<std::pair<std::string, std::string>> history_arguments(std::string_view created_by) {
  std::vector<std::pair<std::string, std::string>> arguments;
  if (created_by.starts_with("RUN ")) created_by.remove_prefix(4);
  if (!created_by.starts_with('|')) return arguments;
  const auto begin = created_by.find(' ');
  const auto shell = created_by.find(" /bin/");
  if (begin == std::string_view::npos || shell == std::string_view::npos || shell < begin) return arguments;
  auto text = created_by.substr(begin + 1, shell - begin);
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const auto [name, value] = split_assignment(word);
    if (name.size() < word.size() && is_name(name))
      arguments.emplace_back(name, value);
    else if (!arguments.empty() && !word.empty())
      arguments.back().second += " " + std::string(word);
  }
  return arguments;
}

}  // namespace imgslim::image_rules
