#pragma once

#include <string_view>

#include "packages/dependency_graph.h"

namespace imgslim::packages {

/// Who needs whom among the packages of apk's database ([usr/]lib/apk/db/installed). `world` is /etc/apk/world, the
/// packages that somebody asked for; when it is empty every package counts as wanted, as do packages that came because
/// others are there (install_if). apk knows no Recommends.
[[nodiscard]] DependencyGraph read_apk_relations(std::string_view installed, std::string_view world);

}  // namespace imgslim::packages
