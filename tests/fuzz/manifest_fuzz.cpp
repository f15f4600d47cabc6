// Hostile manifests: the input is a small archive, one flag byte and then members, each as the length of its name (1
// byte), the name, the length of its content (2 bytes, low first) and the content. A name that starts with "@" is a
// link to its content.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/path.h"
#include "image/provenance.h"
#include "image/resolve.h"

using namespace imgslim;
using namespace imgslim::image;

namespace {

std::string_view take(std::string_view& input, std::size_t count) {
  const auto part = input.substr(0, count);
  input.remove_prefix(part.size());
  return part;
}

std::size_t take_number(std::string_view& input, std::size_t bytes) {
  std::size_t number = 0;
  std::size_t shift = 0;
  for (const char c : take(input, bytes)) {
    number |= static_cast<std::size_t>(static_cast<unsigned char>(c)) << shift;
    shift += 8;
  }
  return number;
}

archive::CapturedMembers members_of(std::string_view input) {
  archive::CapturedMembers members;
  while (!input.empty()) {
    const auto name = take(input, take_number(input, 1));
    const std::string content(take(input, take_number(input, 2)));
    if (name.starts_with('@'))
      members.add(clean_path(name.substr(1)).text, {0, clean_path(content).text}, {});
    else
      members.add(clean_path(name).text, {content.size(), ""}, content);
  }
  members.finish();
  return members;
}

Selection selection_of(unsigned char flags) {
  Selection selection;
  selection.host_platform = {.os = "linux", .architecture = (flags & 1) != 0 ? "arm64" : "amd64", .variant = ""};
  if ((flags & 2) != 0) selection.platform = Platform{"linux", "arm", "v7"};
  if ((flags & 4) != 0) selection.strictness = Strictness::strict;
  if ((flags & 8) != 0) selection.missing_blobs = MissingBlobs::allow;
  if ((flags & 16) != 0) selection.reference = "1";
  if ((flags & 32) != 0) selection.reference = "app";
  return selection;
}

void check_provenance(const Provenance& provenance, std::size_t layers) {
  if (provenance.base_layers) IMGSLIM_CHECK(*provenance.base_layers <= layers);
  IMGSLIM_CHECK(provenance.layer_source.size() <= 2 * layers);
  for (const auto& [digest, lines] : provenance.layer_source)
    IMGSLIM_CHECK(lines.start_line >= 1 && lines.start_line <= lines.end_line);
}

void check_image(const ImageInfo& info, const archive::MemberStore& members, const Limits& limits) {
  IMGSLIM_CHECK(info.layers.size() <= limits.layers);
  for (const auto& layer : info.layers) {
    IMGSLIM_CHECK(layer.member.empty() != layer.missing.empty());
    if (layer.member.empty()) continue;
    const auto found = members.find(layer.member);
    IMGSLIM_CHECK(found.has_value() && members.members()[*found].second.link_target.empty());
  }
  if (info.provenance) check_provenance(*info.provenance, info.layers.size());
}

/// Mutated statements do not have the digest that their manifest states, so they are read directly, too.
void check_statements(const ImageInfo& info, const archive::MemberStore& members, const Limits& limits) {
  for (const auto& [name, member] : members.members()) {
    const auto content = members.read(name, limits.json_bytes);
    if (!content || content->find("predicate") == std::string::npos) continue;
    if (const auto provenance = read_provenance(*content, info.layers, limits))
      check_provenance(*provenance, info.layers.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto selection = selection_of(static_cast<unsigned char>(take_number(input, 1)));
  const auto members = members_of(input);
  Limits limits;
  limits.layers = 64;
  limits.index_nodes = 256;
  const auto info = resolve(members, Container::archive, selection, limits);
  const auto again = resolve(members, Container::archive, selection, limits);
  const auto choices = list_images(members, limits);
  IMGSLIM_CHECK(info.has_value() == again.has_value());
  if (!info) {
    IMGSLIM_CHECK(!info.error().message.empty() && info.error().message == again.error().message);
    return 0;
  }
  IMGSLIM_CHECK(is_image(members) && choices.has_value() && !choices->empty());
  IMGSLIM_CHECK(info->notes == again->notes && info->reference == again->reference);
  check_image(*info, members, limits);
  check_statements(*info, members, limits);
  return 0;
}
