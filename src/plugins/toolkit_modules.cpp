// Toolkits that find their modules in a directory beside their library: GTK's image loaders and GIO's modules are
// listed in a cache file, Qt's platform plugin is chosen by the environment, GStreamer scans its directory. Which of
// them a program uses depends on what it shows, so only what the environment names is more than possible.
#include <algorithm>
#include <string>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/mapped_library.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

struct Toolkit {
  std::string_view library;    ///< begin of its file name
  std::string_view directory;  ///< of modules, relative to the library's
};

constexpr Toolkit toolkits[] = {{"libgdk_pixbuf-2.0.so", "gdk-pixbuf-2.0/2.10.0/loaders"},
                                {"libgio-2.0.so", "gio/modules"},
                                {"libgstreamer-1.0.so", "gstreamer-1.0"},
                                {"libQt5Gui.so", "qt5/plugins/platforms"},
                                {"libQt6Gui.so", "qt6/plugins/platforms"}};

/// QT_QPA_PLATFORM=offscreen: libqoffscreen.so.
bool is_chosen(const entrypoint::Process& process, std::string_view name) {
  const auto platform = environment_value(process, "QT_QPA_PLATFORM");
  return !platform.empty() && name == "libq" + std::string(platform.substr(0, platform.find(':'))) + ".so";
}

}  // namespace

std::vector<Candidate> toolkit_modules(const Context& context) {
  std::vector<Candidate> result;
  for (const auto& toolkit : toolkits) {
    const auto library = mapped_library(context, toolkit.library);
    if (!library) continue;
    const auto& path = context.map.objects()[*library].file.path;
    const auto directory = std::string(parent_path(path)) + "/" + std::string(toolkit.directory);
    for (const auto& name : context.files.list(directory)) {
      if (!name.ends_with(".so")) continue;
      const bool chosen = toolkit.library.starts_with("libQt") && is_chosen(context.process, name);
      result.push_back({directory + "/" + name, Use::object, chosen ? Tier::declared : Tier::possible,
                        Via::module_config, path, chosen ? "QT_QPA_PLATFORM" : directory});
    }
  }
  return result;
}

}  // namespace imgslim::plugins
