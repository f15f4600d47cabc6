#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "layer/layer.h"

namespace imgslim::plugins {

/// Told by the name: "x.jar", "x.war".
[[nodiscard]] bool is_java_archive(std::string_view path);

/// Of Java; the later one counts where there are signs of both.
enum class Framework : std::uint8_t { none, tomcat, spring_boot };

/// The Java archives of a process that a build put together for one application on a framework. Such an application
/// loads most of what it brings along, where others load a part of their class path (docs/memory-model.md). It is told
/// by Spring Boot's executable jar, by the directory that one is unpacked into (BOOT-INF/lib), or by Spring Boot's own
/// archives or Tomcat's among others of a directory.
class ApplicationArchives {
 public:
  /// `path` is a source file that the process loads; `archive` is FileSystem::java_archive() of it.
  void add(std::string_view path, const layer::JavaArchive* archive, std::uint64_t bytes);

  /// Of the directory that has most of them.
  [[nodiscard]] std::uint64_t bytes() const { return largest().bytes; }
  [[nodiscard]] Framework framework() const { return largest().framework; }

 private:
  struct Directory {
    std::uint64_t bytes = 0;
    Framework framework = Framework::none;
  };
  /// Of a framework; an empty one when there is none.
  [[nodiscard]] Directory largest() const;

  std::map<std::string, Directory, std::less<>> directories_;
};

}  // namespace imgslim::plugins
