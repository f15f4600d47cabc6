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
#include "image/platform.h"
#include "image/shape.h"

namespace imgslim::image {
namespace {

Result<std::optional<std::string>> read_member(const archive::MemberStore& members, std::string_view name,
                                               const Limits& limits) {
  IMGSLIM_TRY(const auto resolved, members.resolve(name));
  if (!resolved) return std::optional<std::string>();
  IMGSLIM_TRY(auto text, read_text(members, *resolved, limits, &Limits::json_bytes));
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

/// The config of an entry as far as choosing needs it. What cannot be read stays empty: loading the image tells why.
struct EntryConfig {
  Digest digest;
  Platform platform;
  bool present = false;
};

EntryConfig read_entry_config(const archive::MemberStore& members, const std::string& name, const Limits& limits) {
  const auto text = read_member(members, name, limits);
  if (!text || !*text) return {.digest = digest_in_name(name), .platform = {}};
  const auto config = parse_config(**text, limits);
  return {.digest = sha256_of(**text), .platform = config ? config->platform : Platform(), .present = true};
}

/// Joins the entries of manifest.json with what index.json says of the same images.
class EntryMerger {
 public:
  EntryMerger(const BlobReader& reader, Catalog& catalog) : reader_(reader), catalog_(catalog) {}

  void merge() {
    for (std::size_t i = 0; i < catalog_.docker_entries.size(); ++i) merge_entry(i);
    put_tags_first();
    put_entries_first();
  }

 private:
  void merge_entry(std::size_t number);
  Candidate& candidate_of(const DockerEntry& entry, const EntryConfig& config);
  void put_tags_first();
  void put_entries_first();

  const BlobReader& reader_;
  Catalog& catalog_;
  std::map<std::string, EntryConfig> configs_;  ///< many entries may name one large config
  std::vector<NameList> tags_;                  ///< by number of the image
};

/// The manifest of index.json that has the entry's config, or a new candidate.
Candidate& EntryMerger::candidate_of(const DockerEntry& entry, const EntryConfig& config) {
  for (auto& known : catalog_.candidates)
    if (!config.digest.empty() && known.config_digest == config.digest) return known;
  return catalog_.add({.image = catalog_.place(entry.tags, config.platform),
                       .platform = config.platform,
                       .normal_platform = {},
                       .manifest = {},
                       .index_digest = {},
                       .config_digest = config.digest,
                       .docker_entry = {}});
}

void EntryMerger::merge_entry(std::size_t number) {
  const auto& entry = catalog_.docker_entries[number];
  const auto [config, fresh] = configs_.emplace(entry.config, EntryConfig());
  if (fresh) config->second = read_entry_config(reader_.members(), entry.config, reader_.limits());
  auto& candidate = candidate_of(entry, config->second);
  tags_.resize(catalog_.image_names.size());
  tags_[candidate.image].add_all(entry.tags);
  if (candidate.docker_entry) return;
  candidate.docker_entry = number;
  candidate.complete =
      config->second.present && std::all_of(entry.layers.begin(), entry.layers.end(),
                                            [&](const auto& layer) { return is_present(reader_.members(), layer); });
}

/// Tags as the user wrote them come before the full names that containerd annotates.
void EntryMerger::put_tags_first() {
  tags_.resize(catalog_.image_names.size());
  for (std::size_t i = 0; i < tags_.size(); ++i) tags_[i].add_all(catalog_.image_names[i].all());
  catalog_.image_names = std::move(tags_);
}

/// Images of manifest.json first, in its order; then what else the index holds completely.
void EntryMerger::put_entries_first() {
  auto& candidates = catalog_.candidates;
  std::map<std::size_t, std::size_t> first_entry;
  for (const auto& candidate : candidates)
    if (candidate.docker_entry) first_entry.emplace(candidate.image, *candidate.docker_entry);
  std::erase_if(candidates, [&](const Candidate& c) { return !c.complete && !first_entry.contains(c.image); });
  const auto rank = [&](const Candidate& c) {
    const auto found = first_entry.find(c.image);
    return found == first_entry.end() ? catalog_.docker_entries.size() + c.image : found->second;
  };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
  std::map<std::size_t, std::size_t> numbers;
  std::vector<NameList> names;
  for (auto& candidate : candidates) {
    const auto [number, fresh] = numbers.emplace(candidate.image, numbers.size());
    if (fresh) names.push_back(std::move(catalog_.image_names[candidate.image]));
    candidate.image = number->second;
  }
  catalog_.image_names = std::move(names);
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
  EntryMerger(reader, catalog).merge();
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

std::size_t Catalog::place(const std::vector<std::string>& names, const Platform& platform) {
  const auto wanted = normalize(platform);
  // An image can take a further platform when all of its candidates state other ones.
  std::vector<bool> open(image_names.size());
  std::vector<bool> closed(image_names.size(), is_unknown(platform));
  for (const auto& candidate : candidates) {
    open[candidate.image] = true;
    if (is_unknown(candidate.platform) || candidate.normal_platform == wanted) closed[candidate.image] = true;
  }
  for (std::size_t i = 0; i < image_names.size(); ++i)
    if (open[i] && !closed[i] && image_names[i].all() == names) return i;
  image_names.emplace_back().add_all(names);
  return image_names.size() - 1;
}

Candidate& Catalog::add(Candidate candidate) {
  candidate.normal_platform = normalize(candidate.platform);
  return candidates.emplace_back(std::move(candidate));
}

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
