#pragma once

#include <vector>

#include "attribution/package_owners.h"
#include "runtime/closure.h"
#include "tree/merged_tree.h"

namespace imgslim::memory {

/// By runtime::UseIndex: whether the program has the object only because a library of somebody else needs it. A library
/// that the program itself needs, that comes from the program's own source package, or that a module which it opens
/// needs is its own choice, and it calls it; what a library needs of its own source package counts as that library.
[[nodiscard]] std::vector<bool> indirect_objects(const runtime::Closure& closure, const tree::MergedTree& tree,
                                                 const attribution::PackageOwners& owners);

}  // namespace imgslim::memory
