#include "plugins/called_imports.h"

#include <algorithm>

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_importers = 256;  // of one file that are asked

bool has(const std::vector<std::uint32_t>& sorted, std::uint32_t name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

/// Whether the file imports something of this name, which its own importers then find in it.
bool hands_on(const imports::SourceFacts& facts, std::uint32_t name) {
  return std::any_of(facts.imports.begin(), facts.imports.end(), [&](const imports::Import& import) {
    return import.form == imports::Form::member && import.level == imports::Level::load &&
           imports::name_number(std::string_view(import.name).substr(import.name.rfind('.') + 1)) == name;
  });
}

}  // namespace

void CalledImports::add_file(const std::string& path, const imports::SourceFacts& facts, Tier tier) {
  if (!places_.try_emplace(path, files_.size()).second) return;
  files_.push_back({path, &facts, tier, std::vector<bool>(facts.offers.size(), false)});
}

void CalledImports::add_import(const std::string& importer, const std::string& file) {
  auto& importers = importers_[file];
  if (importers.size() >= most_importers || importer == file) return;
  if (importers.empty() || importers.back() != importer) importers.push_back(importer);
}

const imports::SourceFacts* CalledImports::facts_of(const std::string& path) const {
  const auto place = places_.find(path);
  return place == places_.end() ? nullptr : files_[place->second].facts;
}

bool CalledImports::is_called(const std::string& file, std::uint32_t name, bool directly) const {
  const auto importers = importers_.find(file);
  if (importers == importers_.end()) return false;
  return std::any_of(importers->second.begin(), importers->second.end(), [&](const std::string& importer) {
    const auto* const facts = facts_of(importer);
    if (facts == nullptr) return false;
    return has(facts->named, name) || (directly && hands_on(*facts, name) && is_called(importer, name, false));
  });
}

std::vector<CalledImports::Called> CalledImports::take_called() {
  std::vector<Called> called;
  for (auto& file : files_) {
    for (std::size_t i = 0; i < file.taken.size(); ++i) {
      const auto& offer = file.facts->offers[i];
      if (file.taken[i] || !is_called(file.path, offer.name, true)) continue;
      file.taken[i] = true;
      called.push_back({&file.facts->imports[offer.import], file.path, file.tier});
    }
  }
  return called;
}

}  // namespace imgslim::plugins
