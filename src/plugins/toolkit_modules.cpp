// Toolkits that find their modules in a directory beside their library: GTK's image loaders and GIO's modules are
// listed in a cache file, Qt's platform plugin is chosen by the environment, GStreamer scans its directory. Which of
// them a program uses depends on what it shows, so only what the environment names is more than possible.
// GStreamer has a program of its own open every plugin when it is first used, to list what they offer: an image without
// that list, which is kept in the user's cache, has it done at each start. Its core elements are used by all.
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

constexpr std::string_view plugin_scanner = "gst-plugin-scanner";

/// "audiotestsrc" of the command line: libgstaudiotestsrc.so.
bool is_argument(const entrypoint::Process& process, std::string_view name) {
  const auto& argv = process.argv;
  return std::any_of(argv.begin(), argv.end(),
                     [&](const std::string& word) { return name == "libgst" + word + ".so"; });
}

Tier tier_of(const Context& context, const Toolkit& toolkit, std::string_view name) {
  if (toolkit.library.starts_with("libQt")) return is_chosen(context.process, name) ? Tier::declared : Tier::possible;
  const bool opens_all = base_name(context.process.program.path) == plugin_scanner;
  const bool is_used = name == "libgstcoreelements.so" || is_argument(context.process, name);
  return toolkit.library.starts_with("libgst") && (opens_all || is_used) ? Tier::likely : Tier::possible;
}

/// Where distributions install GStreamer's scanner; the library puts the path together when it runs.
void add_scanner(const Context& context, linker::ObjectIndex library, std::vector<Candidate>& result) {
  if (context.object_tiers[library] == Tier::possible) return;
  const auto& path = context.map.objects()[library].file.path;
  const std::string libraries(parent_path(path));
  for (const auto& directory : {libraries + "/gstreamer1.0/gstreamer-1.0", libraries + "/gstreamer-1.0",
                                std::string("/usr/libexec/gstreamer-1.0")}) {
    const auto scanner = context.files.find(directory + "/" + std::string(plugin_scanner));
    if (!scanner || scanner->path == context.process.program.path) continue;
    result.push_back({scanner->path, Use::program, Tier::likely, Via::helper_directory, path, "lists plugins"});
    return;
  }
}

}  // namespace

std::vector<Candidate> toolkit_modules(const Context& context) {
  std::vector<Candidate> result;
  for (const auto& toolkit : toolkits) {
    const auto library = mapped_library(context, toolkit.library);
    if (!library) continue;
    const auto& path = context.map.objects()[*library].file.path;
    const auto directory = std::string(parent_path(path)) + "/" + std::string(toolkit.directory);
    if (toolkit.library.starts_with("libgst")) add_scanner(context, *library, result);
    for (const auto& name : context.files.list(directory)) {
      if (!name.ends_with(".so")) continue;
      const auto tier = tier_of(context, toolkit, name);
      result.push_back({join_path(directory, name), Use::object, tier, Via::module_config, path,
                        tier == Tier::declared ? "QT_QPA_PLATFORM" : directory});
    }
  }
  return result;
}

}  // namespace imgslim::plugins
