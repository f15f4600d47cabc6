#include "image/shape.h"

#include <algorithm>
#include <array>

#include "core/path.h"
#include "image/resolve.h"
#include "json/parse.h"

namespace imgslim::image {
namespace {

bool any_member(const archive::MemberStore& members, auto&& accept) {
  const auto& all = members.members();
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& member) { return accept(std::string_view(member.first)); });
}

/// An application's own /manifest.json in a root file system must not turn it into an image: the content decides. What
/// cannot be read counts as an image, so that resolving it tells why.
Shape shape_of_manifest(const archive::MemberStore& members) {
  const auto name = members.resolve("manifest.json");
  if (!name || !*name) return Shape::none;
  const Limits limits;
  const auto text = members.read(**name, limits.json_bytes);
  if (!text) return Shape::docker;
  const auto value = json::parse(*text, limits);
  if (!value) return text->find("\"Config\"") != std::string::npos ? Shape::docker : Shape::none;
  if (value->is_array()) {
    const bool images = std::all_of(value->begin(), value->end(),
                                    [](const json::Value& entry) { return json::member(entry, "Config").is_string(); });
    return images ? Shape::docker : Shape::none;
  }
  return json::unsigned_member(*value, "schemaVersion") ? Shape::skopeo : Shape::none;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Members that only an image archive has: blobs, layers and configs named by digest or by Docker's image ids.
bool is_image_member(std::string_view name) {
  static constexpr std::array<std::string_view, 5> fixed{"oci-layout", "index.json", "manifest.json", "repositories",
                                                         "blobs"};
  if (std::find(fixed.begin(), fixed.end(), name) != fixed.end()) return true;
  auto head = name.substr(0, name.find('/'));
  if (head == "blobs") return true;
  if (head.starts_with("sha256:")) return true;
  for (const std::string_view suffix : {".json", ".tar", ".tar.gz"})
    if (head.size() == name.size() && head.ends_with(suffix)) {
      head.remove_suffix(suffix.size());
      break;
    }
  return head.size() >= 12 && head.size() <= 64 && is_hex(head);
}

bool is_root_directory(std::string_view name) {
  static constexpr std::array<std::string_view, 14> usual{"bin",  "boot", "dev", "etc",  "home", "lib", "lib64",
                                                          "proc", "root", "run", "sbin", "sys",  "usr", "var"};
  return std::find(usual.begin(), usual.end(), name.substr(0, name.find('/'))) != usual.end();
}

}  // namespace

Shape detect_shape(const archive::MemberStore& members) {
  if (members.find("manifest.json"))
    if (const auto shape = shape_of_manifest(members); shape != Shape::none) return shape;
  if (members.find("index.json")) {
    if (members.find("oci-layout")) return Shape::oci;
    if (any_member(members, [](std::string_view name) { return name.starts_with("blobs/"); }))
      return Shape::oci_without_layout;
  }
  if (members.find("repositories") && any_member(members, [](auto name) { return base_name(name) == "layer.tar"; }) &&
      any_member(members, [](auto name) { return base_name(name) == "json"; }))
    return Shape::docker_v1;
  return Shape::none;
}

bool is_image(const archive::MemberStore& members) { return detect_shape(members) != Shape::none; }

bool looks_like_image_archive(const std::vector<std::string>& first_names) {
  const auto first =
      std::find_if(first_names.begin(), first_names.end(), [](const auto& name) { return !name.empty(); });
  if (first == first_names.end() || !is_image_member(*first)) return false;
  return std::none_of(first_names.begin(), first_names.end(), is_root_directory);
}

}  // namespace imgslim::image
