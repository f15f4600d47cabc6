#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "image/image_info.h"
#include "rootfs/file_system.h"
#include "support/elf_builder.h"
#include "support/layer_fixture.h"

namespace imgslim::test {

/// A merged image with its view and config.
struct BuiltImage {
  std::unique_ptr<tree::MergedTree> tree;
  rootfs::FileSystem files;
  image::ImageConfig config;

  explicit BuiltImage(tree::LayerPtr layer, image::ImageConfig image_config)
      : tree(std::make_unique<tree::MergedTree>(tree::merge({std::move(layer)}))),
        files(*tree),
        config(std::move(image_config)) {}
};

/// Strings of a file's read-only data, each ended by NUL.
inline std::string data_of(const std::vector<std::string>& strings) {
  std::string result;
  for (const auto& string : strings) result += string + '\0';
  return result;
}

/// A small image of glibc 2.36: linker, C library, users and /tmp. Tests add to it.
class RuntimeImage {
 public:
  static constexpr auto linker_path = "/lib64/ld-linux-x86-64.so.2";

  RuntimeImage() {
    layer_->directory("tmp", 01777).file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n");
    layer_->file("etc/group", "root:x:0:\napp:x:1000:\n");
    ElfSpec linker;
    linker.soname = "ld-linux-x86-64.so.2";
    linker.read_only_data = data_of({"/lib/x86_64-linux-gnu/", "/usr/lib/x86_64-linux-gnu/", "/lib/", "/usr/lib/"});
    add(linker_path, linker);
    ElfSpec libc;
    libc.soname = "libc.so.6";
    libc.version_definitions = {"libc.so.6", "GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.36"};
    libc.exports = {"__libc_start_main", "stdin"};
    libc.read_only_data = data_of({"/usr/lib/locale", "/usr/lib/x86_64-linux-gnu/gconv", "/etc/nsswitch.conf"});
    add("/usr/lib/x86_64-linux-gnu/libc.so.6", libc);
  }

  /// A program of glibc that needs the C library beside what the spec says.
  RuntimeImage& program(const std::string& path, ElfSpec spec = {}, std::uint32_t mode = 0755) {
    spec.interpreter = linker_path;
    spec.needed.push_back("libc.so.6");
    spec.flags_1 = 0x08000000;  // DF_1_PIE
    return add(path, spec, mode);
  }
  RuntimeImage& library(const std::string& path, ElfSpec spec = {}) {
    if (spec.soname.empty()) spec.soname = path.substr(path.rfind('/') + 1);
    return add(path, spec);
  }
  RuntimeImage& file(const std::string& path, const std::string& text, std::uint32_t mode = 0644) {
    layer_->file(path.substr(1), text, mode);
    return *this;
  }
  RuntimeImage& symlink(const std::string& path, const std::string& target) {
    layer_->symlink(path.substr(1), target);
    return *this;
  }
  RuntimeImage& directory(const std::string& path, std::uint32_t mode = 0755) {
    layer_->directory(path.substr(1), mode);
    return *this;
  }
  RuntimeImage& command(std::vector<std::string> words) {
    config.entrypoint = std::move(words);
    return *this;
  }

  BuiltImage done() { return BuiltImage(layer_->done(), config); }

  image::ImageConfig config;

 private:
  RuntimeImage& add(const std::string& path, const ElfSpec& spec, std::uint32_t mode = 0644) {
    return file(path, build_elf(spec), mode);
  }

  std::unique_ptr<LayerFixture> layer_ = std::make_unique<LayerFixture>();
};

}  // namespace imgslim::test
