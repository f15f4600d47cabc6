// The image config: what `docker inspect` shows. `rootfs.diff_ids` is the list of layers that everything else must
// agree with, because its digests name the uncompressed content and the config's own digest is the image ID. Go's
// encoders write absent lists as null, and Docker adds members (Healthcheck, Shell, OnBuild) to those of the OCI
// config. ExposedPorts and Volumes are objects used as sets: {"80/tcp": {}}.
#include "image/config.h"

#include "image/descriptor.h"

namespace imgslim::image {
namespace {

std::vector<std::string> set_member(const json::Value& object, const char* key) {
  std::vector<std::string> names;
  const auto& set = json::member(object, key);
  if (!set.is_object()) return names;
  for (const auto& item : set.items()) names.push_back(item.key());
  return names;
}

/// Docker before 1.3 wrote a command of one word as a plain string.
std::vector<std::string> command_member(const json::Value& object, const char* key) {
  if (const auto& value = json::member(object, key); value.is_string()) return {value.get<std::string>()};
  return json::strings_member(object, key);
}

ImageConfig parse_runtime_config(const json::Value& root) {
  const auto& run = json::member(root, "config");
  return {.created = json::string_member(root, "created"),
          .author = json::string_member(root, "author"),
          .user = json::string_member(run, "User"),
          .working_dir = json::string_member(run, "WorkingDir"),
          .stop_signal = json::string_member(run, "StopSignal"),
          .entrypoint = command_member(run, "Entrypoint"),
          .cmd = command_member(run, "Cmd"),
          .env = json::strings_member(run, "Env"),
          .exposed_ports = set_member(run, "ExposedPorts"),
          .volumes = set_member(run, "Volumes"),
          .shell = json::strings_member(run, "Shell"),
          .labels = parse_string_map(json::member(run, "Labels")),
          .healthcheck = json::strings_member(json::member(run, "Healthcheck"), "Test")};
}

std::vector<HistoryStep> parse_history(const json::Value& array) {
  std::vector<HistoryStep> steps;
  if (!array.is_array()) return steps;
  for (const auto& step : array)
    steps.push_back({.created = json::string_member(step, "created"),
                     .created_by = json::string_member(step, "created_by"),
                     .comment = json::string_member(step, "comment"),
                     .empty_layer = json::bool_member(step, "empty_layer")});
  return steps;
}

Result<std::vector<Digest>> parse_diff_ids(const json::Value& rootfs) {
  std::vector<Digest> diff_ids;
  const auto& array = json::member(rootfs, "diff_ids");
  if (!array.is_array() && !array.is_null()) return input_error("rootfs.diff_ids is no list");
  for (const auto& item : array) {
    if (!item.is_string()) return input_error("rootfs.diff_ids holds something that is no string");
    auto digest = Digest::parse(item.get_ref<const std::string&>());
    if (!digest) return std::move(digest).error().within("rootfs.diff_ids[" + std::to_string(diff_ids.size()) + "]");
    diff_ids.push_back(std::move(digest).value());
  }
  return diff_ids;
}

}  // namespace

Result<ParsedConfig> parse_config(std::string_view text, const Limits& limits) {
  IMGSLIM_TRY(const auto root, json::parse(text, limits));
  const auto& rootfs = json::member(root, "rootfs");
  if (!rootfs.is_object()) return input_error("not an image config: it has no rootfs");
  const auto& type = json::member(rootfs, "type");
  if (!type.is_null() && type != "layers")
    return input_error("rootfs.type is \"" + json::string_member(rootfs, "type").substr(0, 100) +
                       "\", expected \"layers\"");
  IMGSLIM_TRY(auto diff_ids, parse_diff_ids(rootfs));
  return ParsedConfig{.platform = parse_platform_members(root),
                      .config = parse_runtime_config(root),
                      .diff_ids = std::move(diff_ids),
                      .history = parse_history(json::member(root, "history"))};
}

}  // namespace imgslim::image
