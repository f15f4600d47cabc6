// A hostile ld.so.conf that may include itself, and the same bytes as ld.so.preload, tokens of an RPATH and glob
// pattern.
#include <cstdlib>

#include "layer/layer_builder.h"
#include "linker/conf.h"
#include "linker/preload.h"
#include "linker/search_path.h"

using namespace imgslim;

namespace {

void add(layer::LayerBuilder& builder, const std::string& path, std::string_view content) {
  archive::TarEntry header{.path = path, .mode = 0644, .logical_bytes = content.size()};
  const auto index = builder.add(header);
  if (!index) std::abort();
  auto probe = builder.probe(*index, header);
  probe.feed(0, std::as_bytes(std::span(content)));
  builder.set_content(*index, content.size(), probe.kind(), probe.finish());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 64u << 10));
  const Limits limits;
  layer::LayerBuilder builder(limits);
  for (const auto* path : {"etc/ld.so.conf", "etc/ld.so.conf.d/a.conf", "etc/ld.so.conf.d/b.conf"})
    add(builder, path, text);
  const auto tree = tree::merge({std::make_shared<const layer::Layer>(std::move(builder).finish())});
  const rootfs::FileSystem files(tree);
  for (const auto& directory : linker::read_conf(files)) {
    if (directory.path.empty() || directory.path.find('\n') != std::string::npos) std::abort();
  }
  for (const auto& name : linker::read_preload_file(text))
    if (name.empty() || name.find_first_of(": \t\n") != std::string::npos) std::abort();
  const linker::Tokens tokens{"/opt/app", "lib64", {"haswell", "x86_64"}, size % 2 == 1, nullptr};
  for (const auto part : linker::split_list(text, ":"))
    if (linker::expand_tokens(part, tokens).size() > 2) std::abort();
  const auto musl = linker::expand_origin_of_musl(text, "/opt/app");
  if (musl && text.find('$') == std::string_view::npos && *musl != text) std::abort();
  const auto half = text.size() / 2;
  if (!linker::matches_glob(text, "*") && !text.starts_with('.')) std::abort();
  (void)linker::matches_glob(text.substr(0, half), text.substr(half));
  return 0;
}
