#include "plugins/application_archives.h"

#include <algorithm>

#include "core/path.h"

namespace imgslim::plugins {
namespace {

/// "spring-boot-3.3.5.jar", "spring-boot-autoconfigure-3.3.5.jar"; not what merely reports to it.
bool is_of_spring_boot(std::string_view name) {
  constexpr std::string_view begin = "spring-boot-";
  if (!name.starts_with(begin)) return false;
  const auto rest = name.substr(begin.size());
  return rest.starts_with("autoconfigure-") || (!rest.empty() && rest.front() >= '0' && rest.front() <= '9');
}

/// Tomcat, in an installation of its own: it scans what it serves and makes beans of all its parts.
bool is_of_tomcat(std::string_view name) {
  return name == "catalina.jar" || (name.starts_with("tomcat") && name.find("-catalina") != std::string_view::npos);
}

/// By an archive's name and the directory that it is in.
Framework framework_of(std::string_view path) {
  if (is_of_spring_boot(base_name(path)) || parent_path(path).ends_with("/BOOT-INF/lib")) return Framework::spring_boot;
  return is_of_tomcat(base_name(path)) ? Framework::tomcat : Framework::none;
}

}  // namespace

bool is_java_archive(std::string_view path) { return path.ends_with(".jar") || path.ends_with(".war"); }

void ApplicationArchives::add(std::string_view path, const layer::JavaArchive* archive, std::uint64_t bytes) {
  if (!is_java_archive(path)) return;
  const bool of_archives = archive != nullptr && archive->starts_inner_archives;
  // One that holds others is an application by itself, whatever stands beside it.
  auto& directory = directories_[std::string(of_archives ? path : parent_path(path))];
  directory.bytes += bytes;
  directory.framework = std::max(directory.framework, of_archives ? Framework::spring_boot : framework_of(path));
}

ApplicationArchives::Directory ApplicationArchives::largest() const {
  Directory most;
  for (const auto& [path, directory] : directories_)
    if (directory.framework != Framework::none && directory.bytes > most.bytes) most = directory;
  return most;
}

}  // namespace imgslim::plugins
