#pragma once

#include <string_view>
#include <vector>

#include "packages/locked_packages.h"

namespace imgslim::packages {

/// The gems of a Gemfile.lock in its order, without directories: bundler tells them by name and version. A gem is for
/// development alone when nothing leads to it but gems that `gemfile` asks for in the groups "development" and "test".
/// What the Gemfile leaves to other files (gemspec, eval_gemfile) counts as production.
[[nodiscard]] std::vector<LockedPackage> read_bundler_lock(std::string_view gemfile, std::string_view lock);

}  // namespace imgslim::packages
