#include "imports/imports.h"

#include "core/path.h"
#include "imports/readers.h"

namespace imgslim::imports {
namespace {

std::string key_of(std::string_view name, Level level, Form form) {
  std::string key{static_cast<char>(level), static_cast<char>(form)};
  return key.append(name);
}

}  // namespace

void ImportList::add(std::string_view name, Level level, Form form, std::size_t place) {
  if (name.empty() && form != Form::native) return;
  if (name.size() > longest_name_bytes || imports_.size() >= most_imports) return;
  const bool called = level == Level::call && place != nowhere && calls_.size() < most_imports;
  if (!seen_.insert(key_of(name, level, form)).second && !called) return;
  if (called) calls_.push_back({imports_.size(), place});
  imports_.push_back({std::string(name), level, form});
}

std::vector<Import> ImportList::take() {
  if (!has_calls()) return std::move(imports_);
  seen_.clear();  // places of one import may have become one
  std::erase_if(imports_, [this](const Import& import) {
    return !seen_.insert(key_of(import.name, import.level, import.form)).second;
  });
  return std::move(imports_);
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
  SourceFacts facts{language, list.take(), std::nullopt};
  if (language == Language::perl || language == Language::ruby) facts.code_bytes = list.code_bytes();
  return facts;
}

}  // namespace imgslim::imports
