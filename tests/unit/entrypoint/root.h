#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "entrypoint/plan.h"
#include "support/catch.h"
#include "support/elf_builder.h"
#include "support/layer_fixture.h"

namespace imgslim::test {

/// A root file system of programs and scripts, as a layer states it, and the plan for a command in it.
class Root {
 public:
  Root() { directory("bin").directory("usr").directory("usr/bin").directory("usr/local").directory("usr/local/bin"); }

  Root& directory(const std::string& path) {
    layer_.directory(path);
    return *this;
  }
  /// An ELF file, each with content of its own.
  Root& program(const std::string& path, std::uint32_t mode = 0755) {
    ElfSpec spec;
    spec.soname = path;
    layer_.file(path, build_elf(spec), mode);
    return *this;
  }
  Root& programs(std::initializer_list<std::string> paths) {
    for (const auto& path : paths) program(path);
    return *this;
  }
  Root& text(const std::string& path, const std::string& content, std::uint32_t mode = 0755) {
    layer_.file(path, content, mode);
    return *this;
  }
  Root& symlink(const std::string& path, const std::string& target) {
    layer_.symlink(path, target);
    return *this;
  }

  entrypoint::Plan plan(const image::ImageConfig& config, const entrypoint::Override& command = {}) {
    finish();
    return entrypoint::plan_processes(*files_, config, command);
  }
  entrypoint::Plan run(std::vector<std::string> entrypoint, std::vector<std::string> cmd = {}) {
    image::ImageConfig config;
    config.entrypoint = std::move(entrypoint);
    config.cmd = std::move(cmd);
    return plan(config);
  }
  const rootfs::FileSystem& files() {
    finish();
    return *files_;
  }

 private:
  void finish() {
    if (files_) return;
    tree_ = std::make_unique<tree::MergedTree>(tree::merge({layer_.done()}));
    files_.emplace(*tree_);
  }

  LayerFixture layer_;
  std::unique_ptr<tree::MergedTree> tree_;
  std::optional<rootfs::FileSystem> files_;
};

/// "certain main /bin/sh [sh] -c x | ENTRYPOINT > PATH": one line for each process, to compare.
inline std::vector<std::string> outline(const entrypoint::Plan& plan) {
  constexpr const char* roles[] = {"main", "helper", "service", "healthcheck"};
  std::vector<std::string> lines;
  for (const auto& process : plan.processes) {
    std::string line(tier_name(process.tier));
    line += std::string(" ") + roles[static_cast<int>(process.role)] + " " + process.program.path + ":";
    for (const auto& argument : process.argv) line += " " + argument;
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace imgslim::test
