#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "entrypoint/process.h"
#include "rootfs/file_system.h"

/// What a .NET application's garbage collector is told.
namespace imgslim::memory {

/// The text of APP.runtimeconfig.json beside the application, "" when there is none.
[[nodiscard]] std::string_view dotnet_runtime_config(const entrypoint::Process& process,
                                                     const rootfs::FileSystem& files);

/// Numbers of the environment, in hexadecimal ("DOTNET_GCHeapHardLimit=0x3000000"), before those of
/// APP.runtimeconfig.json ("System.GC.HeapHardLimit").
class DotnetSettings {
 public:
  struct Number {
    std::uint64_t value = 0;
    std::string source;
  };

  DotnetSettings(const entrypoint::Process& process, std::string_view runtime_config)
      : process_(process), runtime_config_(runtime_config) {}

  /// `name` is that of the variable without its prefix: "GCHeapHardLimit".
  [[nodiscard]] std::optional<Number> number(const std::string& name) const;

 private:
  const entrypoint::Process& process_;
  std::string_view runtime_config_;
};

}  // namespace imgslim::memory
