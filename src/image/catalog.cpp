// What an input offers. manifest.json (docker save) is the list of images and the order of their layers; index.json
// (OCI) adds platforms, digests and attestations. Docker 25 and newer, containerd and buildx `type=docker` write both:
// an entry of manifest.json and a manifest of the index are the same image when their configs are. The index may also
// list platforms without blobs (containerd saves one platform of many), may be null (an image saved by its id), and
// Docker 25's first releases wrote manifests without layers or in random order, so it never overrules manifest.json.
#include "image/catalog.h"

#include <algorithm>
#include <map>

#include "image/config.h"
#include "image/index_walker.h"
#include "image/shape.h"

namespace imgslim::image {
namespace {

Result<std::optional<std::string>> read_member(const archive::MemberStore& members, std::string_view name,
                                               const Limits& limits) {
  IMGSLIM_TRY(const auto resolved, members.resolve(name));
  if (!resolved) return std::optional<std::string>();
  IMGSLIM_TRY(auto text, members.read(*resolved, limits.json_bytes));
  return std::optional(std::move(text));
}

Result<std::string> read_list(const archive::MemberStore& members, std::string_view name, const Limits& limits) {
  auto text = read_member(members, name, limits);
  if (!text) return std::move(text).error().within(name);
  if (!*text) return input_error(std::string(name) + ": no such member");
  return std::move(**text);
}

Result<Catalog> walk_index_json(const BlobReader& reader, Verifier& verifier) {
  IMGSLIM_TRY(const auto text, read_list(reader.members(), "index.json", reader.limits()));
  auto index = parse_layout_index(text, reader.limits());
  if (!index) return std::move(index).error().within("index.json");
  IndexWalker walker(reader, verifier);
  IMGSLIM_TRY_DONE(walker.walk_layout(*index));
  return walker.take();
}

Result<Catalog> walk_skopeo_directory(const BlobReader& reader, Verifier& verifier) {
  BlobDescriptor root;
  IMGSLIM_TRY(root.data, read_list(reader.members(), "manifest.json", reader.limits()));
  root.descriptor.digest = sha256_of(root.data);
  root.descriptor.size_bytes = root.data.size();
  IndexWalker walker(reader, verifier);
  IMGSLIM_TRY_DONE(walker.walk_image(root));
  return walker.take();
}

bool is_present(const archive::MemberStore& members, const std::string& name) {
  const auto resolved = members.resolve(name);
  return resolved.has_value() && resolved->has_value();
}

/// An entry as a candidate of its own. What cannot be read stays empty: loading the image tells why.
Candidate candidate_of_entry(const archive::MemberStore& members, const DockerEntry& entry, const Limits& limits) {
  Candidate candidate{.names = {},
                      .platform = {},
                      .manifest = {},
                      .index_digest = {},
                      .config_digest = digest_in_name(entry.config),
                      .docker_entry = {}};
  add_names(candidate.names, entry.tags);
  const auto text = read_member(members, entry.config, limits);
  const bool has_config = text.has_value() && text->has_value();
  if (has_config) {
    candidate.config_digest = sha256_of(**text);
    if (const auto config = parse_config(**text, limits)) candidate.platform = config->platform;
  }
  candidate.complete = has_config && std::all_of(entry.layers.begin(), entry.layers.end(),
                                                 [&](const auto& layer) { return is_present(members, layer); });
  return candidate;
}

/// Joins an entry with the manifest of index.json that has the same config, or adds it.
void merge_entry(Catalog& catalog, Candidate entry, std::size_t number) {
  const auto same = std::find_if(catalog.candidates.begin(), catalog.candidates.end(), [&](const Candidate& known) {
    return !entry.config_digest.empty() && known.config_digest == entry.config_digest;
  });
  if (same == catalog.candidates.end()) {
    entry.docker_entry = number;
    entry.image = image_number(catalog.candidates, entry.names, entry.platform);
    catalog.candidates.push_back(std::move(entry));
    return;
  }
  for (auto& candidate : catalog.candidates) {
    if (candidate.image != same->image) continue;
    auto names = entry.names;
    add_names(names, candidate.names);
    candidate.names = std::move(names);
  }
  if (same->docker_entry) return;
  same->docker_entry = number;
  same->complete = entry.complete;
}

/// Images of manifest.json first, in its order; then what else the index holds completely.
void put_docker_entries_first(Catalog& catalog) {
  std::map<std::size_t, std::size_t> first_entry;
  for (const auto& candidate : catalog.candidates)
    if (candidate.docker_entry) first_entry.emplace(candidate.image, *candidate.docker_entry);
  std::erase_if(catalog.candidates, [&](const Candidate& c) { return !c.complete && !first_entry.contains(c.image); });
  const auto rank = [&](const Candidate& c) {
    const auto found = first_entry.find(c.image);
    return found == first_entry.end() ? catalog.docker_entries.size() + c.image : found->second;
  };
  std::stable_sort(catalog.candidates.begin(), catalog.candidates.end(),
                   [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
  std::map<std::size_t, std::size_t> numbers;
  for (auto& candidate : catalog.candidates)
    candidate.image = numbers.emplace(candidate.image, numbers.size()).first->second;
}

/// index.json is an extra beside manifest.json: when it cannot be read, that is a note.
Result<Catalog> walk_optional_index(const BlobReader& reader, Verifier& verifier) {
  if (!reader.members().find("index.json")) return Catalog();
  auto walked = walk_index_json(reader, verifier);
  if (walked) return walked;
  Catalog nothing;
  IMGSLIM_TRY_DONE(verifier.object({"index-unreadable", "index.json", walked.error().message}));
  return nothing;
}

Result<Catalog> read_docker_catalog(const BlobReader& reader, Verifier& verifier) {
  IMGSLIM_TRY(const auto text, read_list(reader.members(), "manifest.json", reader.limits()));
  auto entries = parse_docker_manifest(text, reader.limits());
  if (!entries) return std::move(entries).error().within("manifest.json");
  if (entries->size() > reader.limits().index_nodes)
    return limit_hit(reader.limits(), &Limits::index_nodes, "manifest.json with too many images");
  IMGSLIM_TRY(auto catalog, walk_optional_index(reader, verifier));
  catalog.docker_entries = std::move(entries).value();
  for (std::size_t i = 0; i < catalog.docker_entries.size(); ++i)
    merge_entry(catalog, candidate_of_entry(reader.members(), catalog.docker_entries[i], reader.limits()), i);
  put_docker_entries_first(catalog);
  return catalog;
}

Result<Catalog> read_shape(Shape shape, const BlobReader& reader, Verifier& verifier) {
  switch (shape) {
    case Shape::docker:
      return read_docker_catalog(reader, verifier);
    case Shape::oci:
    case Shape::oci_without_layout:
      return walk_index_json(reader, verifier);
    case Shape::skopeo:
      return walk_skopeo_directory(reader, verifier);
    case Shape::docker_v1:
      return input_error(
          "a Docker v1 archive: it has repositories and layers but no manifest.json; load it with Docker 1.10 or newer "
          "and save it again: docker load, then docker save");
    case Shape::none:
      break;
  }
  return input_error("no container image: neither manifest.json (docker save) nor index.json (OCI) is there");
}

SourceKind source_kind(Shape shape, Container container) {
  if (shape == Shape::skopeo) return SourceKind::skopeo_directory;
  if (shape == Shape::docker)
    return container == Container::archive ? SourceKind::docker_archive : SourceKind::docker_directory;
  return container == Container::archive ? SourceKind::oci_archive : SourceKind::oci_layout;
}

}  // namespace

Result<Catalog> read_catalog(const archive::MemberStore& members, Container container, Strictness strictness,
                             const Limits& limits) {
  const auto shape = detect_shape(members);
  const auto names = shape == Shape::skopeo ? BlobNames::skopeo_directory : BlobNames::oci;
  const BlobReader reader(members, names, limits);
  Verifier verifier(strictness);
  IMGSLIM_TRY(auto catalog, read_shape(shape, reader, verifier));
  catalog.source = source_kind(shape, container);
  catalog.blob_names = names;
  if (shape == Shape::oci_without_layout)
    catalog.notes.push_back(
        {"oci-layout-missing", "oci-layout", "there is no oci-layout file beside index.json; read as an OCI layout"});
  for (auto& note : verifier.take_notes()) catalog.notes.push_back(std::move(note));
  return catalog;
}

}  // namespace imgslim::image
