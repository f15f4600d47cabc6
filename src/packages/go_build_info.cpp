// The Go linker puts a blob into every binary (Go's debug/buildinfo and runtime/debug): at a file offset divisible by
// 16 the 14 bytes "\xff Go buildinf:", the pointer size, and flags. With flag 2, set since Go 1.18, two strings stand
// 32 bytes behind the mark's begin, each with its length before it as an unsigned varint (7 bits a byte, low ones
// first): the Go version, and the module info. The latter is framed by 16 bytes of sentinel on both sides and has lines
// "path\tMAIN", "mod\tPATH\tVERSION\tSUM", "dep\t…" and, after one that was replaced, "=>\tPATH\tVERSION\tSUM", and
// "build\tNAME=VALUE" with a value that may be quoted.
// Earlier binaries hold pointers there, which mean nothing without the program's segments; they are passed over.
#include "packages/go_build_info.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/path.h"
#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

constexpr std::string_view mark = "\xff Go buildinf:";
constexpr std::size_t flags_offset = 15;
constexpr std::byte flag_inline_strings{2};
constexpr std::size_t rest_of_header = 16;
constexpr std::size_t sentinel_bytes = 16;
constexpr std::uint64_t longest_version = 256;
constexpr std::uint64_t longest_modules = 1u << 20;
constexpr unsigned longest_varint_bytes = 4;  // enough for longest_modules

std::string_view take_tab_field(std::string_view& line) {
  const auto tab = line.find('\t');
  const auto field = line.substr(0, tab);
  line = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
  return field;
}

GoModule read_module(std::string_view line) {
  GoModule module;
  module.path = take_tab_field(line);
  module.version = take_tab_field(line);
  return module;
}

void read_setting(std::string_view setting, GoSettings& settings) {
  settings.known = true;
  const auto equals = std::min(setting.find('='), setting.size());
  const auto name = setting.substr(0, equals);
  auto value = setting.substr(std::min(equals + 1, setting.size()));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  if (name == "-trimpath") settings.trimpath = value == "true";
  if (name == "CGO_ENABLED") settings.uses_cgo = value == "1";
  if (name == "-ldflags") settings.linker_flags = value;
}

void read_module_lines(std::string_view text, GoBuildInfo& info) {
  GoModule* last = nullptr;
  while (!text.empty()) {
    auto line = take_line(text);
    const auto kind = take_tab_field(line);
    if (kind == "path") info.main_path = line;
    if (kind == "mod") last = &(info.main_module = read_module(line));
    if (kind == "dep") last = &info.dependencies.emplace_back(read_module(line));
    if (kind == "build") read_setting(line, info.settings);
    if (kind == "=>" && last != nullptr) *last = read_module(line);
  }
}

}  // namespace

bool GoBuildInfoScanner::is_mark(const std::byte* block) {
  return std::memcmp(block, mark.data(), mark.size()) == 0 &&
         (block[flags_offset] & flag_inline_strings) == flag_inline_strings;
}

void GoBuildInfoScanner::feed(std::span<const std::byte> bytes) {
  while (!bytes.empty() && stage_ != Stage::done) bytes = stage_ == Stage::search ? search(bytes) : collect(bytes);
}

/// Looks at every whole block; returns what follows the mark, or nothing.
std::span<const std::byte> GoBuildInfoScanner::search(std::span<const std::byte> bytes) {
  bool found = false;
  if (pending_size_ > 0) {
    const auto taken = std::min(block_bytes - pending_size_, bytes.size());
    std::memcpy(pending_.data() + pending_size_, bytes.data(), taken);
    pending_size_ += taken;
    bytes = bytes.subspan(taken);
    if (pending_size_ < block_bytes) return {};
    pending_size_ = 0;
    found = is_mark(pending_.data());
  }
  while (!found && bytes.size() >= block_bytes) {
    found = is_mark(bytes.data());
    bytes = bytes.subspan(block_bytes);
  }
  if (found) {
    stage_ = Stage::version_length;
    blob_.clear();
    begin_ = rest_of_header;
    wanted_ = begin_ + 1;
    return bytes;
  }
  std::memcpy(pending_.data(), bytes.data(), bytes.size());
  pending_size_ = bytes.size();
  return {};
}

std::span<const std::byte> GoBuildInfoScanner::collect(std::span<const std::byte> bytes) {
  const auto taken = std::min(wanted_ - blob_.size(), bytes.size());
  blob_.append(reinterpret_cast<const char*>(bytes.data()), taken);
  while (blob_.size() == wanted_ && stage_ != Stage::search && stage_ != Stage::done) advance();
  return bytes.subspan(taken);
}

/// The stage's bytes are complete.
void GoBuildInfoScanner::advance() {
  const auto text = std::string_view(blob_).substr(begin_);
  switch (stage_) {
    case Stage::version_length:
      return take_length(longest_version, Stage::version);
    case Stage::modules_length:
      return take_length(longest_modules, Stage::modules);
    case Stage::version:
      if (!text.starts_with("go") && !text.starts_with("devel")) return reject();
      version_ = text;
      begin_ = wanted_++;
      stage_ = Stage::modules_length;
      return;
    case Stage::modules:
      modules_ = text;
      blob_.clear();
      stage_ = Stage::done;
      return;
    case Stage::search:
    case Stage::done:
      return;
  }
}

void GoBuildInfoScanner::take_length(std::uint64_t longest, Stage next) {
  std::uint64_t length = 0;
  const auto varint = std::string_view(blob_).substr(begin_);
  for (std::size_t i = 0; i < varint.size(); ++i) {
    length |= static_cast<std::uint64_t>(static_cast<unsigned char>(varint[i]) & 0x7f) << (7 * i);
  }
  if ((static_cast<unsigned char>(varint.back()) & 0x80) != 0) {
    if (varint.size() == longest_varint_bytes) return reject();
    ++wanted_;
    return;
  }
  if (length > longest) return reject();
  begin_ = wanted_;
  wanted_ += static_cast<std::size_t>(length);
  stage_ = next;
}

/// The mark was none, such as the string constant of a program that reads build info: what followed it may hold the
/// real one. At most some hundred bytes were collected, and each round of this has fewer.
void GoBuildInfoScanner::reject() {
  const auto rest = std::exchange(blob_, {});
  stage_ = Stage::search;
  feed(std::as_bytes(std::span(rest)));
}

std::optional<GoBuildInfo> GoBuildInfoScanner::finish() const {
  if (stage_ != Stage::done) return std::nullopt;
  GoBuildInfo info;
  info.go_version = version_;
  const auto modules = std::string_view(modules_);
  if (modules.size() > 2 * sentinel_bytes && modules[modules.size() - sentinel_bytes - 1] == '\n') {
    read_module_lines(modules.substr(sentinel_bytes, modules.size() - 2 * sentinel_bytes), info);
  }
  return info;
}

Package go_package(const GoBuildInfo& info, std::string_view path) {
  Package package;
  package.manager = "go";
  package.name = info.main_module.path.empty() ? info.main_path : info.main_module.path;
  if (package.name.empty()) package.name = base_name(path);
  const bool is_toolchain = info.main_module.path.empty() && info.main_path.starts_with("cmd/");
  package.version = is_toolchain ? info.go_version : info.main_module.version;
  package.files.emplace_back(path);
  return package;
}

}  // namespace imgslim::packages
