// Programs that a native program executes stand in a directory that it names, below libexec or a directory of its own:
// /usr/lib/git-core, /usr/lib/dovecot, /usr/libexec/…. Which of them run, and when, is the program's secret: possible.
#include "core/path.h"
#include "plugins/named_paths.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_helpers = 400;
constexpr std::uint32_t executable_bits = 0111;

/// A directory of programs that nobody calls by name.
bool is_helper_directory(std::string_view directory) {
  if (is_library_directory(directory)) return directory == "/usr/libexec";
  for (const std::string_view root : {"/usr/lib/", "/usr/libexec/", "/usr/local/lib/", "/usr/local/libexec/", "/opt/"})
    if (directory.starts_with(root)) return true;
  return false;
}

bool is_program(const rootfs::FileSystem& files, const rootfs::Found& file) {
  if ((files.permissions(file.file).mode & executable_bits) == 0) return false;
  const auto* facts = files.elf(file.file);
  if (facts == nullptr) return files.text(file.file).value_or("").starts_with("#!");
  return facts->type == elf::FileType::executable || facts->position_independent_executable ||
         !facts->interpreter.empty();
}

}  // namespace

std::vector<Candidate> programs_by_directory(const Context& context) {
  std::vector<Candidate> result;
  const auto* program = context.files.elf(context.process.program.file);
  if (program == nullptr || context.named == nullptr || (program->imports & elf::imports_exec) == 0) return result;
  const auto add = [&](const std::string& path, const std::string& evidence) {
    const auto found = context.files.find(path);
    if (!found || result.size() >= most_helpers || !is_program(context.files, *found)) return;
    result.push_back(
        {path, Use::program, Tier::possible, Via::helper_directory, context.process.program.path, evidence});
  };
  for (const auto& directory : context.named->directories()) {
    if (directory.object != 0 || !is_helper_directory(directory.path)) continue;
    for (const std::string_view below : {"/", "/bin/", "/sbin/", "/libexec/"})
      for (const auto& name : context.files.list(directory.path + std::string(below)))
        add(directory.path + std::string(below) + name, directory.path);
  }
  for (const auto& file : context.named->files())
    if (file.object == 0 && is_helper_directory(parent_path(file.path))) add(file.path, file.path);
  return result;
}

}  // namespace imgslim::plugins
