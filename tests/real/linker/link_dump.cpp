// Prints what imgslim's linker maps for every dynamic ELF object of a root directory, for check.py to compare with the
// root's own loader.
//
// usage: link_dump ROOT INTERPRETER [PLATFORM [CPU-LEVEL]]
//   O PATH            an object, run as "INTERPRETER PATH"
//   M NAME PATH       of it: a name and the path under which it is mapped
//   N NAME REFUSED    of it: a name that was not found, and the file that ended the search, if any
// The fields are separated by tabs. A line "T OBJECTS MICROSECONDS" ends the output.
#include <chrono>
#include <cstdio>
#include <string>

#include "layer/read.h"
#include "linker/link_map.h"

using namespace imgslim;

namespace {

void print(const rootfs::FileSystem& files, rootfs::FileId file, const linker::Environment& environment) {
  const auto program = files.find(files.path_of(file));
  if (!program) return;
  const linker::LinkMap map(files, *program, environment);
  std::printf("O\t%s\n", program->path.c_str());
  for (const auto& object : map.objects()) {
    if (object.via != linker::Via::program && object.via != linker::Via::interpreter)
      std::printf("M\t%s\t%s\n", object.requested.c_str(), object.search_path.c_str());
  }
  for (const auto& missing : map.missing()) {
    if (!missing.optional) std::printf("N\t%s\t%s\n", missing.name.c_str(), missing.refused.c_str());
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 3) {
    std::fprintf(stderr, "usage: link_dump ROOT INTERPRETER [PLATFORM [CPU-LEVEL]]\n");
    return 2;
  }
  auto layer = layer::read_directory(arguments[1], Limits{});
  if (!layer) {
    std::fprintf(stderr, "link_dump: %s\n", layer.error().message.c_str());
    return 3;
  }
  const auto tree = tree::merge({std::make_shared<const layer::Layer>(std::move(*layer))});
  const rootfs::FileSystem files(tree);
  linker::Environment environment;
  environment.interpreter = arguments[2];
  if (argument_count > 3) environment.platform = arguments[3];
  if (argument_count > 4) environment.cpu = static_cast<linker::CpuLevel>(arguments[4][0] - '1');
  const auto interpreter = files.find(environment.interpreter);
  const auto* wanted = interpreter ? files.elf(interpreter->file) : nullptr;
  if (wanted == nullptr) {
    std::fprintf(stderr, "link_dump: no interpreter %s in the root\n", arguments[2]);
    return 3;
  }
  std::size_t objects = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const auto file : files.elf_files()) {
    const auto& facts = *files.elf(file);
    if (!facts.dynamic || facts.machine != wanted->machine || facts.class_bits != wanted->class_bits) continue;
    print(files, file, environment);
    ++objects;
  }
  const auto elapsed = std::chrono::steady_clock::now() - start;
  std::printf("T\t%zu\t%lld\n", objects,
              static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count()));
}
