// Settings of the garbage collector have one name in two spellings (dotnet/docs, garbage-collector): the variable
// DOTNET_GCHeapHardLimit, before .NET 6 COMPlus_GCHeapHardLimit, and "System.GC.HeapHardLimit" under configProperties.
#include "memory/dotnet_settings.h"

#include <charconv>

#include "core/path.h"
#include "entrypoint/command.h"
#include "json/parse.h"
#include "memory/environment.h"

namespace imgslim::memory {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text, int radix) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    radix = 16;
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, radix);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "app.dll" of `dotnet app.dll`; an application's own host is named as the application.
std::string application_stem(const entrypoint::Process& process) {
  constexpr std::string_view suffix = ".dll";
  for (std::size_t i = 1; i < process.argv.size() && base_name(process.program.path) == "dotnet"; ++i)
    if (std::string_view word = process.argv[i]; word.ends_with(suffix)) {
      word.remove_suffix(suffix.size());
      return entrypoint::absolute(process.working_directory, word);
    }
  return process.program.path;
}

}  // namespace

std::string_view dotnet_runtime_config(const entrypoint::Process& process, const rootfs::FileSystem& files) {
  return files.text_at(application_stem(process) + ".runtimeconfig.json").value_or("");
}

std::optional<DotnetSettings::Number> DotnetSettings::number(const std::string& name) const {
  for (const auto* const prefix : {"DOTNET_", "COMPlus_"})
    if (const auto text = variable(process_, prefix + name))
      if (const auto value = parse_number(*text, 16)) return Number{*value, prefix + name};
  if (runtime_config_.empty()) return std::nullopt;
  const auto document = json::parse(runtime_config_, Limits());
  if (!document) return std::nullopt;
  const auto key = "System.GC." + name.substr(std::string_view("GC").size());
  const auto& properties = json::member(json::member(*document, "runtimeOptions"), "configProperties");
  auto value = json::unsigned_member(properties, key.c_str());
  if (!value) value = parse_number(json::string_member(properties, key.c_str()), 10);
  return value ? std::optional(Number{*value, key}) : std::nullopt;
}

}  // namespace imgslim::memory
