#include "imports/imports.h"

#include <algorithm>
#include <unordered_map>

#include "core/path.h"
#include "imports/readers.h"

namespace imgslim::imports {
namespace {

std::string key_of(std::string_view name, Level level, Form form) {
  std::string key{static_cast<char>(level), static_cast<char>(form)};
  return key.append(name);
}

}  // namespace

std::uint32_t name_number(std::string_view name) {
  std::uint32_t hash = 2166136261;  // FNV-1a
  for (const char byte : name) hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619;
  return hash == 0 ? 1 : hash;
}

void ImportList::add(std::string_view name, Level level, Form form, std::size_t place) {
  if (name.empty() && form != Form::native) return;
  if (name.size() > longest_name_bytes || imports_.size() >= most_imports) return;
  const bool called = level == Level::call && place != nowhere && calls_.size() < most_imports;
  const auto index = static_cast<std::uint32_t>(imports_.size());
  if (!seen_.try_emplace(key_of(name, level, form), index).second && !called) return;
  if (called) calls_.push_back({imports_.size(), place});
  imports_.push_back({std::string(name), level, form});
}

void ImportList::add_offer(std::string_view name, Form form, std::string_view constant) {
  add(name, Level::lazy, form);
  const auto known = seen_.find(key_of(name, Level::lazy, form));
  if (known != seen_.end() && offers_.size() < most_imports) offers_.push_back({known->second, name_number(constant)});
}

void ImportList::mention(std::string_view name) {
  if (mentioned_.size() < most_imports) mentioned_.insert(name_number(name));
}

/// Places of one import may have become one.
void ImportList::merge_equal() {
  std::vector<Import> merged;
  std::vector<std::uint32_t> places;
  std::unordered_map<std::string, std::uint32_t> known;
  for (auto& import : imports_) {
    const auto [place, added] =
        known.try_emplace(key_of(import.name, import.level, import.form), static_cast<std::uint32_t>(merged.size()));
    places.push_back(place->second);
    if (added) merged.push_back(std::move(import));
  }
  for (auto& offer : offers_) offer.import = places[offer.import];
  imports_ = std::move(merged);
}

void ImportList::give(SourceFacts& facts) {
  if (has_calls()) merge_equal();
  facts.imports = std::move(imports_);
  facts.offers = std::move(offers_);
  facts.named.assign(mentioned_.begin(), mentioned_.end());
  std::sort(facts.named.begin(), facts.named.end());
}

Language language_of(std::string_view clean_path) {
  const auto name = base_name(clean_path);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || name.size() - dot > 5) return Language::none;
  const auto extension = name.substr(dot + 1);
  if (extension == "py") return Language::python;
  if (extension == "pm" || extension == "pl" || extension == "psgi") return Language::perl;
  if (extension == "rb" || extension == "ru") return Language::ruby;
  if (extension == "js" || extension == "cjs" || extension == "mjs") return Language::javascript;
  if (extension == "lua") return Language::lua;
  if (extension == "tcl") return Language::tcl;
  return Language::none;
}

SourceFacts read_imports(Language language, std::string_view text) {
  ImportList list;
  switch (language) {
    case Language::none:
      break;
    case Language::python:
      read_python(text, list);
      break;
    case Language::perl:
      read_perl(text, list);
      break;
    case Language::ruby:
      read_ruby(text, list);
      break;
    case Language::javascript:
      read_javascript(text, list);
      break;
    case Language::lua:
      read_lua(text, list);
      break;
    case Language::tcl:
      read_tcl(text, list);
      break;
  }
  SourceFacts facts;
  facts.language = language;
  list.give(facts);
  if (language == Language::perl || language == Language::ruby) facts.code_bytes = list.code_bytes();
  return facts;
}

}  // namespace imgslim::imports
