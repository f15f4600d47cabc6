// A command line, an entrypoint script, a script that it may source or run, and supervisors' configuration, all from
// the bytes: planning ends, every process has a program of the image and a chain that begins at the config, and none is
// surer than certain evidence allows: what a script starts is at most likely.
#include <algorithm>
#include <string>
#include <string_view>

#include "core/check.h"
#include "entrypoint/plan.h"
#include "fuzz/package_checks.h"
#include "layer/layer_builder.h"
#include "support/elf_builder.h"

using namespace imgslim;

namespace {

class ImageWriter {
 public:
  void file(const std::string& path, std::string_view content, std::uint32_t mode = 0755) {
    const archive::TarEntry header{.path = path, .mode = mode, .logical_bytes = content.size()};
    const auto index = builder_.add(header);
    IMGSLIM_CHECK(index.has_value());
    if (content.empty()) return;
    auto probe = builder_.probe(*index, header);
    probe.feed(0, std::as_bytes(std::span(content)));
    builder_.set_content(*index, content.size(), probe.kind(), probe.finish());
  }
  void program(const std::string& path) {
    test::ElfSpec spec;
    spec.soname = path;
    file(path, test::build_elf(spec));
  }
  tree::LayerPtr done() { return std::make_shared<const layer::Layer>(std::move(builder_).finish()); }

 private:
  Limits limits_;
  layer::LayerBuilder builder_{limits_};
};

tree::LayerPtr image_of(std::string_view text) {
  ImageWriter writer;
  for (const auto* path :
       {"bin/sh", "bin/bash", "bin/busybox", "usr/bin/env", "usr/bin/app", "usr/bin/gosu", "usr/bin/tini",
        "usr/bin/node", "usr/lib/systemd/systemd", "usr/bin/runsvdir", "lib64/ld-linux-x86-64.so.2"})
    writer.program(path);
  writer.file("usr/bin/supervisord", "#!/usr/bin/app\n");
  writer.file("usr/bin/npm", "#!/usr/bin/env node\n");
  writer.file("entry.sh", "#!/bin/bash\n" + std::string(take_part(text)));
  writer.file("other.sh", take_part(text));
  writer.file("etc/supervisord.conf", take_part(text), 0644);
  writer.file("etc/systemd/system/default.target.wants/a.service", take_part(text), 0644);
  writer.file("package.json", take_part(text), 0644);
  return writer.done();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = text_of(data, std::min<std::size_t>(size, 8192));
  image::ImageConfig config;
  const auto argv = entrypoint::split_command(take_part(text));
  config.entrypoint = argv ? *argv : std::vector<std::string>{"/entry.sh"};
  config.cmd = {"app", "-x"};
  config.healthcheck = {"CMD-SHELL", std::string(text.substr(0, 100))};
  const auto tree = tree::merge({image_of(text)});
  const rootfs::FileSystem files(tree);
  const auto plan = entrypoint::plan_processes(files, config, {});
  for (const auto& process : plan.processes) {
    IMGSLIM_CHECK(files.elf(process.program.file) != nullptr);
    IMGSLIM_CHECK(!process.argv.empty() && !process.chain.empty());
    const auto& origin = process.chain.front().how;
    IMGSLIM_CHECK(origin == "ENTRYPOINT" || origin == "CMD" || origin == "HEALTHCHECK");
    const bool by_script = std::any_of(process.chain.begin(), process.chain.end(),
                                       [](const entrypoint::Step& step) { return step.how.starts_with("script "); });
    IMGSLIM_CHECK(!by_script || process.tier >= Tier::likely);
  }
  return 0;
}
