#include "dockerfile/stage_lookup.h"

#include <charconv>

#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

/// "docker.io/library/alpine" and "alpine" name one image.
std::string context_name(std::string_view name) {
  auto lower = to_lower(name);
  for (const std::string_view prefix : {"docker.io/library/", "docker.io/"})
    if (lower.starts_with(prefix)) return lower.substr(prefix.size());
  return lower;
}

ImageSource source_of_kind(ImageSource::Kind kind, Expansion name) {
  ImageSource source;
  source.kind = kind;
  source.name = std::move(name);
  return source;
}

}  // namespace

StageLookup::StageLookup(const BuildInputs& inputs) {
  for (const auto& name : inputs.contexts) contexts_.emplace(context_name(name), true);
}

void StageLookup::define(const std::string& lower_name, std::uint32_t index) { names_[lower_name] = index; }

bool StageLookup::is_context(std::string_view name) const { return contexts_.count(context_name(name)) > 0; }

ImageSource StageLookup::base(Expansion name) const {
  using Kind = ImageSource::Kind;
  if (is_context(name.text)) return source_of_kind(Kind::context, std::move(name));
  if (name.text == "scratch") return source_of_kind(Kind::scratch, std::move(name));
  const auto found = names_.find(to_lower(name.text));
  if (found == names_.end()) return source_of_kind(Kind::image, std::move(name));
  auto source = source_of_kind(Kind::stage, std::move(name));
  source.stage = found->second;
  return source;
}

std::optional<std::uint32_t> StageLookup::stage(std::string_view name_or_index) const {
  std::uint32_t index = 0;
  const auto* end = name_or_index.data() + name_or_index.size();
  const auto [stop, error] = std::from_chars(name_or_index.data(), end, index);
  if (error == std::errc() && stop == end) return index < count_ ? std::optional(index) : std::nullopt;
  const auto found = names_.find(to_lower(name_or_index));
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

ImageSource StageLookup::copy_source(std::string_view name) const {
  using Kind = ImageSource::Kind;
  Expansion text;
  text.text = name;
  if (is_context(name)) return source_of_kind(Kind::context, std::move(text));
  if (const auto found = stage(name)) {
    auto source = source_of_kind(Kind::stage, std::move(text));
    source.stage = *found;
    return source;
  }
  return source_of_kind(name == "scratch" ? Kind::scratch : Kind::image, std::move(text));
}

}  // namespace imgslim::dockerfile
