// A small image that the bytes describe, through the closure and its findings: programs and libraries that need each
// other and name directories, links, scripts, configuration texts, whatever the image calls its command and
// environment. What must hold: it ends; every chain of reasons ends at a program or script of the command line; nothing
// is surer than what brought it in; each file has one row; sums agree, those of the memory estimate too.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "fuzz/package_checks.h"
#include "layer/layer_builder.h"
#include "memory/estimate.h"
#include "rootfs/file_system.h"
#include "runtime/closure.h"
#include "runtime/findings.h"
#include "support/elf_builder.h"

using namespace imgslim;

namespace {

constexpr std::array<std::string_view, 32> paths = {"lib64/ld-linux-x86-64.so.2",
                                                    "lib/ld-musl-x86_64.so.1",
                                                    "usr/lib/libc.so.6",
                                                    "usr/lib/liba.so.1",
                                                    "usr/lib/libb.so.1",
                                                    "usr/lib/libpam.so.0",
                                                    "usr/lib/libcrypto.so.3",
                                                    "usr/lib/security/pam_x.so",
                                                    "usr/bin/app",
                                                    "usr/bin/sh",
                                                    "usr/bin/python3",
                                                    "usr/bin/perl",
                                                    "usr/lib/app/mod_a.so",
                                                    "usr/lib/app/mod_b.so",
                                                    "usr/lib/app/worker",
                                                    "usr/lib/gconv/gconv-modules.cache",
                                                    "etc/app/app.conf",
                                                    "etc/app/mods-enabled/b",
                                                    "etc/nsswitch.conf",
                                                    "etc/pam.d/app",
                                                    "etc/ssl/openssl.cnf",
                                                    "etc/ld.so.conf",
                                                    "etc/ld.so.cache",
                                                    "etc/ld.so.preload",
                                                    "etc/passwd",
                                                    "start.sh",
                                                    "usr/lib/python3.11/os.py",
                                                    "usr/lib/python3.11/a.py",
                                                    "usr/lib/libnss_x.so.2",
                                                    "usr/lib/locale/C.utf8",
                                                    "tmp",
                                                    "app.ini"};

constexpr std::array<std::string_view, 12> symbols = {
    "dlopen",         "execve",    "getpwnam",    "getaddrinfo", "setlocale", "iconv_open",
    "pthread_cancel", "pam_start", "SSL_connect", "stdin",       "localtime", "__libc_start_main"};

/// Takes the description apart.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  unsigned byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::string_view text() {
    const std::size_t stated = byte(), size = std::min(stated, bytes_.size());
    const auto result = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return result;
  }
  std::string path() { return std::string(paths[byte() % paths.size()]); }
  /// Some of the paths, each with "/" in front.
  std::vector<std::string> some_paths() {
    std::vector<std::string> result;
    for (auto count = byte() % 8; count > 0; --count) result.push_back("/" + path());
    return result;
  }

 private:
  std::string_view bytes_;
};

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string elf_file(Bytes& bytes, std::string_view path) {
  test::ElfSpec spec;
  const auto shape = bytes.byte();
  if ((shape & 1) != 0) spec.interpreter = "/" + std::string(paths[(shape >> 1) & 1]);
  if ((shape & 4) != 0) spec.runpath = {std::string(bytes.text())};
  if ((shape & 8) != 0) spec.rpath = {std::string(bytes.text())};
  if ((shape & 16) != 0) spec.type = 2;
  if ((shape & 32) != 0) spec.version_needs = {{"libc.so.6", {"GLIBC_2.34", "GLIBC_9.9"}}};
  if ((shape & 64) != 0) spec.version_definitions = {"x", "GLIBC_2.34"};
  if ((shape & 128) == 0) spec.soname = file_name(path);
  for (const auto& needed : bytes.some_paths()) spec.needed.emplace_back(file_name(needed));
  const auto low = bytes.byte(), mask = low | bytes.byte() << 8;
  for (std::size_t i = 0; i < symbols.size(); ++i)
    if ((mask >> i & 1) != 0) spec.imports.emplace_back(symbols[i]);
  for (const auto& named : bytes.some_paths())
    spec.read_only_data +=
        named + '\0' + named.substr(0, named.rfind('/')) + '\0' + std::string(file_name(named)) + '\0';
  return test::build_elf(spec);
}

class ImageWriter {
 public:
  void file(const std::string& path, std::string_view content, std::uint32_t mode) {
    const archive::TarEntry header{.path = path, .mode = mode, .logical_bytes = content.size()};
    const auto index = builder_.add(header);
    if (!index || content.empty()) return;
    auto probe = builder_.probe(*index, header);
    probe.feed(0, std::as_bytes(std::span(content)));
    builder_.set_content(*index, content.size(), probe.kind(), probe.finish());
  }
  void link(const std::string& path, const std::string& target) {
    (void)builder_.add({.path = path, .kind = archive::EntryKind::symlink, .link_target = target, .mode = 0777});
  }
  tree::LayerPtr done() { return std::make_shared<const layer::Layer>(std::move(builder_).finish()); }

 private:
  Limits limits_;
  layer::LayerBuilder builder_{limits_};
};

void check_chains(const runtime::Closure& closure) {
  std::set<rootfs::FileId> files;
  for (const auto& file : closure.files) {
    IMGSLIM_CHECK(files.insert(file.file).second);
    IMGSLIM_CHECK(!file.path.empty() && !file.via.empty() && !file.processes.empty());
    IMGSLIM_CHECK(std::is_sorted(file.processes.begin(), file.processes.end()));
    IMGSLIM_CHECK(file.processes.back() < closure.processes.size());
    std::size_t steps = 0;
    for (const auto* at = &file; at->from != runtime::no_use; at = &closure.files[at->from]) {
      IMGSLIM_CHECK(at->from < closure.files.size());
      IMGSLIM_CHECK(closure.files[at->from].tier <= at->tier);
      IMGSLIM_CHECK(++steps <= closure.files.size());
    }
  }
}

void check_sums(const runtime::Closure& closure, const rootfs::FileSystem& files) {
  std::uint64_t reached = 0;
  for (const auto& file : closure.files) {
    const auto* facts = files.elf(file.file);
    if (facts != nullptr && (facts->type == elf::FileType::shared || facts->type == elf::FileType::executable))
      ++reached;
  }
  IMGSLIM_CHECK(reached + closure.unreached.shared_objects == closure.shared_objects);
  for (const auto& process : closure.processes) {
    IMGSLIM_CHECK(!process.objects.empty());
    for (const auto object : process.objects) IMGSLIM_CHECK(object < closure.files.size());
  }
}

void check_memory(const runtime::Closure& closure, const rootfs::FileSystem& files) {
  static const auto coefficients = memory::built_in_coefficients();
  const auto owners = attribution::find_owners(files.tree(), Limits());
  const auto startup = memory::estimate({closure, files, owners}, coefficients);
  if (!startup) return;
  const auto& resident = startup->resident;
  IMGSLIM_CHECK(startup->anonymous_bytes + startup->file_shareable_bytes + startup->file_private_bytes ==
                resident.estimate);
  IMGSLIM_CHECK(resident.low <= resident.estimate && startup->certain_bytes <= resident.estimate);
  IMGSLIM_CHECK(!resident.high || *resident.high >= resident.estimate);
  for (const auto& process : startup->processes) IMGSLIM_CHECK(process.worker_bytes <= process.heap_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(text_of(data, std::min<std::size_t>(size, 4096)));
  ImageWriter writer;
  image::ImageConfig config;
  while (!bytes.empty()) {
    const auto kind = bytes.byte();
    const auto path = bytes.path();
    const std::uint32_t mode = (kind & 64) != 0 ? 0644 : 0755;
    switch (kind % 7) {
      case 0:
        writer.file(path, elf_file(bytes, path), mode);
        break;
      case 1:
        writer.file(path, bytes.text(), mode);
        break;
      case 2:
        writer.link(path, "/" + bytes.path());
        break;
      case 3:
        config.env.emplace_back(bytes.text());
        break;
      case 4:
        config.entrypoint.push_back("/" + path);
        break;
      case 5:
        config.cmd.emplace_back(bytes.text());
        break;
      default:
        config.healthcheck = {"CMD-SHELL", std::string(bytes.text())};
        break;
    }
  }
  config.user = config.env.empty() ? "" : config.env.front();
  const auto tree = tree::merge({writer.done()});
  const rootfs::FileSystem files(tree);
  const auto closure = runtime::close(files, config, {});
  check_chains(closure);
  check_memory(closure, files);
  check_sums(closure, files);
  for (const auto& finding : runtime::find_runtime_problems(closure, files, config, {"linux", "amd64", ""}))
    IMGSLIM_CHECK(!finding.rule.empty() && !finding.message.empty());
  return 0;
}
