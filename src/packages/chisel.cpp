// chisel cuts Debian packages into slices and records what it installed in a "jsonwall"
// (documentation.ubuntu.com/chisel, "Chisel manifest"): zstd-compressed lines of JSON, a header with the schema first,
// then sorted objects told apart by "kind": package (name, version, arch), slice (name "PACKAGE_SLICE"), path (absolute
// path, slices, size) and content (slice, path), the latter repeating what path states. Package names have no "_"
// (Debian policy 5.6.7), so the first one ends the package's name.
#include "packages/chisel.h"

#include <zstd.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/path.h"
#include "json/parse.h"
#include "packages/path_budget.h"
#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

Result<std::string> decompressed(std::string_view bytes, const Limits& limits) {
  const std::unique_ptr<ZSTD_DStream, FreeStream> stream(ZSTD_createDStream());
  if (stream == nullptr) return environment_error("no memory to decompress manifest.wall");
  std::string text;
  std::string block(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  bool block_was_full = false;
  std::size_t result = 0;
  while (input.pos < input.size || block_was_full) {
    ZSTD_outBuffer output{block.data(), block.size(), 0};
    result = ZSTD_decompressStream(stream.get(), &output, &input);
    if (ZSTD_isError(result) != 0) return input_error(std::string("manifest.wall: ") + ZSTD_getErrorName(result));
    if (output.pos > limits.text_bytes - text.size()) return limit_hit(limits, &Limits::text_bytes, "manifest.wall");
    text.append(block, 0, output.pos);
    block_was_full = output.pos == output.size;
  }
  if (result != 0) return input_error("manifest.wall ends inside its zstd frame");
  return text;
}

class ChiselReader {
 public:
  ChiselReader(const Limits& limits, std::uint64_t input_bytes) : limits_(limits), budget_(input_bytes) {}

  void read_line(std::string_view line) {
    const auto value = json::parse(line, limits_);
    if (!value) {
      ++odd_lines_;
      return;
    }
    const auto kind = json::string_member(*value, "kind");
    if (kind == "package") {
      auto& package = found_.packages[place_of(json::string_member(*value, "name"))];
      package.version = json::string_member(*value, "version");
      package.architecture = json::string_member(*value, "arch");
    } else if (kind == "path") {
      read_path(*value);
    }
  }

  PackageSet take() && {
    if (odd_lines_ > 0) {
      found_.notes.push_back({"chisel-lines-unreadable", "var/lib/chisel/manifest.wall",
                              std::to_string(odd_lines_) + " lines of the manifest are no JSON objects"});
    }
    budget_.report("var/lib/chisel/manifest.wall", found_.notes);
    return std::move(found_);
  }

 private:
  /// Paths come after packages in chisel's order, but nothing depends on it.
  void read_path(const json::Value& value) {
    const auto path = clean_path(json::string_member(value, "path")).text;
    const auto bytes = json::unsigned_member(value, "size").value_or(0);
    auto last = found_.packages.max_size();
    for (const auto& slice : json::strings_member(value, "slices")) {
      const auto place = place_of(std::string_view(slice).substr(0, slice.find('_')));
      if (std::exchange(last, place) == place) continue;
      auto& package = found_.packages[place];
      budget_.add(package.files, path);
      if (bytes <= UINT64_MAX - package.declared_bytes) package.declared_bytes += bytes;
    }
  }

  std::size_t place_of(std::string_view name) {
    const auto [place, inserted] = places_.try_emplace(std::string(name), found_.packages.size());
    if (inserted) {
      auto& package = found_.packages.emplace_back();
      package.manager = "chisel";
      package.name = name;
    }
    return place->second;
  }

  const Limits& limits_;
  PathBudget budget_;
  PackageSet found_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::size_t odd_lines_ = 0;
};

}  // namespace

Result<PackageSet> read_chisel(std::string_view manifest, const Limits& limits) {
  std::string plain;
  if (manifest.starts_with(zstd_magic)) {
    IMGSLIM_TRY(plain, decompressed(manifest, limits));
    manifest = plain;
  }
  auto text = manifest;
  const auto header = json::parse(take_line(text), limits);
  if (!header || json::string_member(*header, "jsonwall").empty()) {
    return input_error("manifest.wall does not begin with the header of a jsonwall");
  }
  ChiselReader reader(limits, manifest.size());
  while (!text.empty()) reader.read_line(take_line(text));
  return std::move(reader).take();
}

}  // namespace imgslim::packages
