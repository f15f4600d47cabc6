// SLSA provenance as BuildKit writes it (buildkit docs/attestations/slsa-definitions.md; field names from
// solver/llbsolver/provenance/types/types.go). Version 0.2 keeps BuildKit's own part under
// predicate.metadata["https://mobyproject.org/buildkit@v1#metadata"], version 1 under
// predicate.runDetails.metadata.buildkit_metadata (early releases: under the URL as well). In mode=max it has
//   layers:           {"stepN:M": [[descriptor, ...], ...]}, the whole chain of layers, base first, that output M of
//   step N is source.locations: {"stepN": {locations: [{sourceIndex, ranges: [{start: {line}, end: {line}}]}]}}, lines
//   of the Dockerfile source.infos:     [{filename, data}], the Dockerfile itself in base64.
// Zeros are left out. A chain speaks of this image only when it is a prefix of the image's own layers, and only the
// steps on the way of the root file system count: another stage may have started with the same layers.
#include "image/provenance.h"

#include <algorithm>
#include <map>

#include "core/base64.h"
#include "image/build_graph.h"
#include "image/descriptor.h"

namespace imgslim::image {
namespace {

constexpr auto metadata_url = "https://mobyproject.org/buildkit@v1#metadata";

using json::member;
using json::Value;

/// The parts of a predicate that either version has, under its own names.
struct Predicate {
  const Value& metadata;
  const Value& llb_definition;
  const Value& materials;
};

const Value& first_object(const Value& a, const Value& b) { return a.is_object() ? a : b; }

Predicate parts_of(const Value& predicate) {
  const auto& definition = member(predicate, "buildDefinition");
  if (!definition.is_object())
    return {member(member(predicate, "metadata"), metadata_url),
            member(member(predicate, "buildConfig"), "llbDefinition"), member(predicate, "materials")};
  const auto& metadata = member(member(predicate, "runDetails"), "metadata");
  const auto& config = first_object(member(member(definition, "internalParameters"), "buildConfig"),
                                    member(member(definition, "externalParameters"), "buildConfig"));
  return {first_object(member(metadata, "buildkit_metadata"), member(metadata, metadata_url)),
          member(config, "llbDefinition"), member(definition, "resolvedDependencies")};
}

/// Images that BuildKit itself used: the Dockerfile frontend and the SBOM scanner.
bool is_tool_image(std::string_view purl) {
  return purl.starts_with("pkg:docker/docker/dockerfile") || purl.starts_with("pkg:docker/docker/buildkit-");
}

std::vector<std::string> base_images(const Value& materials) {
  std::vector<std::string> images;
  if (!materials.is_array()) return images;
  for (const auto& material : materials) {
    auto purl = json::string_member(material, "uri");
    if (!purl.starts_with("pkg:docker/") || is_tool_image(purl)) continue;
    const auto sha256 = json::string_member(member(material, "digest"), "sha256");
    if (!sha256.empty() && purl.find("digest=") == std::string::npos)
      purl += (purl.find('?') == std::string::npos ? "?" : "&") + ("digest=sha256:" + sha256);
    if (std::find(images.begin(), images.end(), purl) == images.end()) images.push_back(std::move(purl));
  }
  return images;
}

std::uint32_t line_member(const Value& range, const char* end) {
  const auto line = json::unsigned_member(member(range, end), "line").value_or(0);
  return line <= UINT32_MAX ? static_cast<std::uint32_t>(line) : 0;
}

std::optional<SourceRange> range_of(const Value& source, const std::string& step) {
  const auto& locations = member(member(member(source, "locations"), step.c_str()), "locations");
  if (!locations.is_array() || locations.empty()) return std::nullopt;
  const auto& location = locations.front();
  const auto& ranges = member(location, "ranges");
  if (!ranges.is_array() || ranges.empty()) return std::nullopt;
  SourceRange lines{.file = "", .start_line = UINT32_MAX, .end_line = 0};
  for (const auto& range : ranges) {
    lines.start_line = std::min(lines.start_line, line_member(range, "start"));
    lines.end_line = std::max(lines.end_line, line_member(range, "end"));
  }
  if (lines.start_line == 0 || lines.start_line > lines.end_line) return std::nullopt;
  const auto index = json::unsigned_member(location, "sourceIndex").value_or(0);
  const auto& infos = member(source, "infos");
  if (infos.is_array() && index < infos.size()) lines.file = json::string_member(infos[index], "filename");
  return lines;
}

bool is_layer(const LayerRef& layer, const std::string& digest) {
  return !digest.empty() && (layer.descriptor.digest.text() == digest || layer.diff_id.text() == digest);
}

/// How many lowest layers of the image a chain is; nothing when it is no prefix of them.
std::optional<std::size_t> prefix_length(const Value& chain, const std::vector<LayerRef>& layers) {
  if (!chain.is_array() || chain.size() > layers.size()) return std::nullopt;
  for (std::size_t i = 0; i < chain.size(); ++i)
    if (!is_layer(layers[i], json::string_member(chain[i], "digest"))) return std::nullopt;
  return chain.size();
}

/// The height of the image's layers after a step, when the step recorded a chain that this image has.
std::optional<std::size_t> height_after(const StepOutput& output, const Value& recorded,
                                        const std::vector<LayerRef>& layers) {
  const auto& chains = member(recorded, (output.step + ":" + std::to_string(output.output)).c_str());
  if (!chains.is_array()) return std::nullopt;
  for (const auto& chain : chains)
    if (const auto length = prefix_length(chain, layers)) return length;
  return std::nullopt;
}

struct Height {
  const RootPath::Stop* stop;
  std::optional<std::size_t> after;
};

/// The steps from the base up, each with its height.
std::vector<Height> heights_of(const RootPath& path, const Value& recorded, const std::vector<LayerRef>& layers) {
  std::vector<Height> heights;
  for (auto stop = path.steps.rbegin(); stop != path.steps.rend(); ++stop)
    heights.push_back({&*stop, height_after(stop->output, recorded, layers)});
  return heights;
}

bool adds_one_layer(StepKind kind) { return kind == StepKind::exec || kind == StepKind::file; }

std::optional<std::uint32_t> base_layer_count(const RootPath& path, const std::vector<Height>& heights) {
  if (path.from_scratch) return 0;
  if (heights.empty() || heights.front().stop->kind != StepKind::source) return std::nullopt;
  if (heights.front().after) return static_cast<std::uint32_t>(*heights.front().after);
  if (heights.size() < 2 || !adds_one_layer(heights[1].stop->kind)) return std::nullopt;
  const auto above = heights[1].after;
  return above && *above > 0 ? std::optional(static_cast<std::uint32_t>(*above - 1)) : std::nullopt;
}

/// The lowest layer that a step made, given the height below it when that is known.
std::size_t first_layer_of(const Height& height, std::optional<std::size_t> below) {
  if (height.stop->kind == StepKind::source) return 0;
  return below ? std::min(*below, *height.after) : *height.after - 1;
}

/// Lines by position of the layer.
std::vector<std::optional<SourceRange>> lines_of_layers(const std::vector<Height>& heights, const Value& source,
                                                        std::size_t count) {
  std::vector<std::optional<SourceRange>> lines(count);
  std::optional<std::size_t> below;
  for (const auto& height : heights) {
    if (height.after && *height.after > 0) {
      const auto range = range_of(source, height.stop->step);
      for (auto i = first_layer_of(height, below); range && i < *height.after; ++i) lines[i] = range;
    }
    below = height.after;
  }
  return lines;
}

/// By digest; a layer that occurs twice, made by different instructions, has no one source.
std::map<std::string, SourceRange> lines_by_digest(const std::vector<std::optional<SourceRange>>& lines,
                                                   const std::vector<LayerRef>& layers) {
  std::map<std::string, std::optional<SourceRange>> found;
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (const auto* digest : {&layers[i].descriptor.digest, &layers[i].diff_id}) {
      if (digest->empty()) continue;
      const auto [entry, fresh] = found.emplace(digest->text(), lines[i]);
      if (!fresh && entry->second != lines[i]) entry->second.reset();
    }
  std::map<std::string, SourceRange> certain;
  for (const auto& [digest, range] : found)
    if (range) certain.emplace(digest, *range);
  return certain;
}

Limits statement_limits(const Limits& limits) {
  auto wider = limits;
  wider.json_depth = std::max<std::uint64_t>(limits.json_depth, 64);
  wider.json_values = std::max<std::uint64_t>(limits.json_values, 2'000'000);
  return wider;
}

}  // namespace

Result<Provenance> read_provenance(std::string_view statement, const std::vector<LayerRef>& layers,
                                   const Limits& limits) {
  IMGSLIM_TRY(const auto root, json::parse(statement, statement_limits(limits)));
  const auto& predicate = member(root, "predicate");
  if (!predicate.is_object()) return input_error("not an in-toto statement: it has no predicate");
  const auto parts = parts_of(predicate);
  const auto& source = member(parts.metadata, "source");
  const auto path = follow_root(parts.llb_definition);
  const auto heights = heights_of(path, member(parts.metadata, "layers"), layers);
  Provenance provenance;
  provenance.base_images = base_images(parts.materials);
  provenance.base_layers = base_layer_count(path, heights);
  provenance.layer_source = lines_by_digest(lines_of_layers(heights, source, layers.size()), layers);
  if (const auto& infos = member(source, "infos"); infos.is_array() && !infos.empty()) {
    provenance.dockerfile_name = json::string_member(infos.front(), "filename");
    provenance.dockerfile = decode_base64(json::string_member(infos.front(), "data")).value_or("");
  }
  return provenance;
}

}  // namespace imgslim::image
