#pragma once

#include <string_view>
#include <vector>

namespace imgslim::plugins {

/// Paths and patterns of further files that a configuration text includes, in order: "include conf.d/*.conf;",
/// "$INCLUDE mods-enabled/", "!includedir /etc/mysql/conf.d", `@include "x.conf"`. Views into `text`, as written;
/// those with variables are left out. Linear in the text.
[[nodiscard]] std::vector<std::string_view> included_paths(std::string_view text);

}  // namespace imgslim::plugins
