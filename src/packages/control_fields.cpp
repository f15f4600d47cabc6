#include "packages/control_fields.h"

#include <algorithm>

#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

ControlFields ControlFields::take(std::string_view& text, Continuation continuation) {
  ControlFields paragraph;
  bool started = false;
  bool in_field = false;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.empty()) {
      if (started) break;
      continue;
    }
    started = true;
    if (line.front() == ' ' || line.front() == '\t') {
      if (!in_field) continue;
      auto& value = paragraph.fields_.back().second;
      if (continuation == Continuation::lines) value += '\n';
      value += line.substr(1);
      continue;
    }
    const auto colon = line.find(':');
    in_field = colon != std::string_view::npos;
    if (in_field) paragraph.fields_.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return paragraph;
}

std::string_view ControlFields::value(std::string_view name) const {
  const auto found = std::ranges::find_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
  return found == fields_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace imgslim::packages
