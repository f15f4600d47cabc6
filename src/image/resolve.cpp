#include "image/resolve.h"

#include "image/attestations.h"
#include "image/load_image.h"
#include "image/selection.h"

namespace imgslim::image {
namespace {

void append(std::vector<Note>& notes, std::vector<Note> more) {
  for (auto& note : more) notes.push_back(std::move(note));
}

}  // namespace

Result<ImageInfo> resolve(const archive::MemberStore& members, Container container, const Selection& selection,
                          const Limits& limits) {
  IMGSLIM_TRY(const auto catalog, read_catalog(members, container, selection.strictness, limits));
  IMGSLIM_TRY(const auto chosen, select(catalog, selection));
  const auto& candidate = catalog.candidates[chosen.candidate];
  const BlobReader reader(members, catalog.blob_names, limits);
  Verifier verifier(selection.strictness);
  const LoadContext context{catalog, reader, verifier, selection.missing_blobs};
  IMGSLIM_TRY(auto info,
              candidate.docker_entry ? load_docker_image(context, candidate) : load_oci_image(context, candidate));
  info.reference = chosen.reference;
  append(info.notes, catalog.notes);
  append(info.notes, chosen.notes);
  append(info.notes, verifier.take_notes());
  add_attestations(info, catalog, reader);
  return info;
}

Result<std::vector<Choice>> list_images(const archive::MemberStore& members, const Limits& limits) {
  IMGSLIM_TRY(const auto catalog, read_catalog(members, Container::archive, Strictness::warn, limits));
  std::vector<Choice> choices;
  for (const auto& candidate : catalog.candidates)
    choices.push_back({.reference = catalog.names_of(candidate).empty() ? "" : catalog.names_of(candidate).front(),
                       .platform = candidate.platform,
                       .manifest_digest = candidate.manifest.descriptor.digest,
                       .complete = candidate.complete});
  return choices;
}

}  // namespace imgslim::image
