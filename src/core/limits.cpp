#include "core/limits.h"

#include <algorithm>
#include <array>

#include "core/byte_format.h"
#include "core/check.h"
#include "core/nearest.h"

namespace imgslim {
namespace {

constexpr std::array names{
    LimitName{"json-bytes", &Limits::json_bytes, "bytes"},
    LimitName{"attestation-bytes", &Limits::attestation_bytes, "bytes"},
    LimitName{"json-depth", &Limits::json_depth, ""},
    LimitName{"json-values", &Limits::json_values, ""},
    LimitName{"index-depth", &Limits::index_depth, ""},
    LimitName{"index-nodes", &Limits::index_nodes, ""},
    LimitName{"archive-members", &Limits::archive_members, ""},
    LimitName{"layers", &Limits::layers, ""},
    LimitName{"layer-entries", &Limits::layer_entries, ""},
    LimitName{"image-entries", &Limits::image_entries, ""},
    LimitName{"path-bytes", &Limits::path_bytes, "bytes"},
    LimitName{"path-components", &Limits::path_components, ""},
    LimitName{"layer-bytes", &Limits::layer_bytes, "bytes"},
    LimitName{"image-bytes", &Limits::image_bytes, "bytes"},
    LimitName{"expansion-ratio", &Limits::expansion_ratio, ""},
    LimitName{"zstd-window-bytes", &Limits::zstd_window_bytes, "bytes"},
    LimitName{"text-bytes", &Limits::text_bytes, "bytes"},
    LimitName{"text-total-bytes", &Limits::text_total_bytes, "bytes"},
    LimitName{"facts-bytes", &Limits::facts_bytes, "bytes"},
    LimitName{"database-bytes", &Limits::database_bytes, "bytes"},
    LimitName{"stream-capture-bytes", &Limits::stream_capture_bytes, "bytes"},
    LimitName{"symlink-hops", &Limits::symlink_hops, ""},
};

}  // namespace

std::span<const LimitName> limit_names() { return names; }

Status set_limit(Limits& limits, std::string_view assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos)
    return usage_error("a limit is NAME=VALUE, not \"" + std::string(assignment) + "\"");
  const auto name = assignment.substr(0, equals);
  const auto found = std::find_if(names.begin(), names.end(), [&](const LimitName& l) { return l.name == name; });
  if (found == names.end()) {
    std::vector<std::string_view> known;
    for (const auto& limit : names) known.push_back(limit.name);
    return usage_error("unknown limit \"" + std::string(name) + "\"" + did_you_mean(name, known));
  }
  IMGSLIM_TRY(limits.*(found->field), parse_byte_count(assignment.substr(equals + 1)));
  return Done{};
}

Error limit_hit(const Limits& limits, std::uint64_t Limits::*field, std::string_view what) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const LimitName& l) { return l.field == field; });
  IMGSLIM_CHECK(found != names.end());
  const auto value = std::to_string(limits.*field);
  return limit_error(std::string(what) + ": over the limit " + std::string(found->name) + " = " + value +
                     (found->unit.empty() ? "" : " bytes") + "; raise it with --limit " + std::string(found->name) +
                     "=VALUE if you trust this image");
}

}  // namespace imgslim
