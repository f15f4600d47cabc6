#pragma once

#include <string>
#include <vector>

#include "rootfs/file_system.h"

namespace imgslim::plugins {

/// A Perl module that a line of configuration asks for: "loadplugin Mail::SpamAssassin::Plugin::URIDNSBL".
struct ConfiguredModule {
  std::string module;
  std::string file;      ///< absolute path
  std::string evidence;  ///< "/etc/spamassassin/init.pre:20"
};

/// What the files below /etc/NAME ask for, in the order of their paths: names with "::" on lines whose first word
/// speaks of loading, modules or plugins. Which program reads a file is not told; bounded in files and bytes.
[[nodiscard]] std::vector<ConfiguredModule> configured_perl_modules(const rootfs::FileSystem& files);

}  // namespace imgslim::plugins
