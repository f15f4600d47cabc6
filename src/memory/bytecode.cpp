#include "memory/bytecode.h"

#include <algorithm>

#include "core/path.h"
#include "memory/environment.h"

namespace imgslim::memory {
namespace {

/// ".opt-1" of `python -O` and PYTHONOPTIMIZE=1, ".opt-2" of -OO and 2 or more.
std::string optimization_tag(const entrypoint::Process& process) {
  unsigned level = 0;
  if (const auto value = variable(process, "PYTHONOPTIMIZE"); value && !value->empty())
    level = *value == "0"                                                                       ? 0
            : *value == "1" || value->find_first_not_of("0123456789") != std::string_view::npos ? 1
                                                                                                : 2;
  for (std::size_t i = 1; i < process.argv.size() && process.argv[i].starts_with('-'); ++i) {
    if (process.argv[i] == "-c" || process.argv[i] == "-m") break;
    if (process.argv[i] == "-O") level = std::max(level, 1u);
    if (process.argv[i] == "-OO") level = 2;
  }
  return level == 0 ? "" : ".opt-" + std::to_string(level);
}

/// "cpython-311" of "python 3.11".
std::string cache_tag(std::string_view runtime) {
  std::string tag = "cpython-";
  for (const char c : runtime.substr(std::string_view("python ").size()))
    if (c != '.') tag.push_back(c);
  return tag;
}

bool is_valid(const rootfs::FileSystem& files, const rootfs::Found& compiled, rootfs::FileId source) {
  const auto* header = files.bytecode(compiled.file);
  if (header == nullptr) return false;
  if (header->flags != 0) return true;  // by hash: checked against the source, or trusted
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  const auto mtime = files.tree().entry(source).mtime_ns / nanoseconds;
  return header->source_mtime == static_cast<std::uint32_t>(mtime) &&
         header->source_bytes == static_cast<std::uint32_t>(files.size_bytes(source));
}

}  // namespace

BytecodeState bytecode_state(const runtime::Closure& closure, std::uint32_t index, const rootfs::FileSystem& files) {
  BytecodeState state;
  const auto& process = closure.processes[index];
  if (!process.runtime.starts_with("python ") || variable(process.process, "PYTHONPYCACHEPREFIX")) return state;
  const auto suffix = "." + cache_tag(process.runtime) + optimization_tag(process.process) + ".pyc";
  for (const auto& file : closure.files) {
    const bool imported = file.use == plugins::Use::source && file.tier <= Tier::likely && file.path.ends_with(".py") &&
                          std::binary_search(file.processes.begin(), file.processes.end(), index);
    const auto& scripts = process.process.scripts;
    const bool is_script =
        std::any_of(scripts.begin(), scripts.end(), [&](const auto& script) { return script.file == file.file; });
    if (!imported || is_script) continue;
    const auto bytes = files.size_bytes(file.file);
    ++state.modules;
    state.module_bytes += bytes;
    const std::string_view name = base_name(file.path);
    const auto compiled = files.find(std::string(parent_path(file.path)) + "/__pycache__/" +
                                     std::string(name.substr(0, name.size() - 3)) + suffix);
    if (compiled && is_valid(files, *compiled, file.file)) continue;
    if (state.compiled_anew++ == 0) state.first = file.path;
    state.compiled_anew_bytes += bytes;
  }
  return state;
}

}  // namespace imgslim::memory
