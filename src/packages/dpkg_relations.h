#pragma once

#include <string_view>

#include "packages/dependency_graph.h"
#include "packages/dpkg.h"

namespace imgslim::packages {

/// Who needs whom among the installed packages of a dpkg database. `extended_states` is var/lib/apt/extended_states,
/// which says what apt installed for the sake of another package; without it every package counts as wanted.
/// Wanted are also packages that are essential, protected, of priority required, or on hold: apt's autoremove does not
/// touch them. What apt's configuration adds to these (APT::NeverAutoRemove: kernels, PostgreSQL) is not looked at.
/// A package of another architecture counts as satisfying a relation: on systems of several architectures less is found
/// to be without need than apt would find.
[[nodiscard]] DependencyGraph read_dpkg_relations(const DpkgDatabase& database, std::string_view extended_states);

}  // namespace imgslim::packages
