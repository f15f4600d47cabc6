#include "attribution/base_boundary.h"

#include <algorithm>

namespace imgslim::attribution {
namespace {

using image::ImageInfo;

bool is_prefix(const std::vector<Digest>& diff_ids, const ImageInfo& info) {
  return diff_ids.size() <= info.layers.size() &&
         std::equal(diff_ids.begin(), diff_ids.end(), info.layers.begin(),
                    [](const Digest& base, const image::LayerRef& layer) { return base == layer.diff_id; });
}

bool ends_an_image(const BuildStep& step) { return step.kind == "CMD" || step.kind == "ENTRYPOINT"; }

/// Image builds end in CMD or ENTRYPOINT: the last such step that has a layer of another build above it ends the base.
std::optional<std::uint32_t> last_command_below_a_layer(const std::vector<BuildStep>& steps) {
  bool layer_above = false;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (layer_above && ends_an_image(*step)) {
      const auto below = std::find_if(step, steps.rend(), [](const BuildStep& s) { return s.layer.has_value(); });
      return below == steps.rend() ? 0 : *below->layer + 1;
    }
    layer_above = layer_above || step->layer.has_value();
  }
  return std::nullopt;
}

/// Days since the epoch of "2024-05-06T…" (proleptic Gregorian), or nothing.
std::optional<std::int64_t> day_of(std::string_view created) {
  if (created.size() < 10 || created[4] != '-' || created[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    std::int64_t value = 0;
    for (const char c : created.substr(at, length)) {
      if (c < '0' || c > '9') return std::int64_t{-1};
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const auto year = number(0, 4), month = number(5, 2), day = number(8, 2);
  // Years before Unix time are how reproducible builds say "no date".
  if (year < 1981 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const auto shifted_year = year - (month <= 2 ? 1 : 0);
  const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const auto era = shifted_year / 400, year_of_era = shifted_year % 400;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
}

/// Layers of one build are minutes apart: the last gap of more than a day separates the base.
std::optional<std::uint32_t> last_gap(const std::vector<BuildStep>& steps) {
  const BuildStep* above = nullptr;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (!step->layer) continue;
    if (above != nullptr) {
      const auto early = day_of(step->created), late = day_of(above->created);
      if (early && late && *late - *early > 1) return *step->layer + 1;
    }
    above = &*step;
  }
  return std::nullopt;
}

std::string annotated_name(const ImageInfo& info) {
  const auto found = info.annotations.find("org.opencontainers.image.base.name");
  if (found != info.annotations.end()) return found->second;
  const auto label = info.config.labels.find("org.opencontainers.image.base.name");
  return label == info.config.labels.end() ? "" : label->second;
}

}  // namespace

BaseBoundary find_base(const ImageInfo& info, const Instructions& instructions, const BaseHint& hint) {
  BaseBoundary base;
  base.name = annotated_name(info);
  const auto layers = static_cast<std::uint32_t>(info.layers.size());
  const auto settle = [&](std::uint32_t count, const char* signal) {
    base.layers = std::min(count, layers);
    base.signal = signal;
    return base;
  };
  if (!hint.diff_ids.empty()) {
    if (is_prefix(hint.diff_ids, info)) {
      base.name = hint.name;
      return settle(static_cast<std::uint32_t>(hint.diff_ids.size()), "base-image");
    }
    base.notes.push_back({"base-mismatch", hint.name, "its layers are not the lowest layers of this image"});
  }
  if (hint.layers) return settle(*hint.layers, "flag");
  if (info.provenance && info.provenance->base_layers) return settle(*info.provenance->base_layers, "provenance");
  if (instructions.first_matched_layer) return settle(*instructions.first_matched_layer, "dockerfile");
  if (const auto count = last_command_below_a_layer(instructions.steps)) return settle(*count, "history");
  if (const auto count = last_gap(instructions.steps)) return settle(*count, "history-gap");
  return base;
}

}  // namespace imgslim::attribution
