#include "layer/content_probe.h"

#define XXH_STATIC_LINKING_ONLY  // for a hash state without an allocation of its own
#include <xxhash.h>

#include <algorithm>

#include "core/path.h"
#include "layer/elf_probe.h"
#include "packages/go_build_info.h"
#include "packages/jar.h"
#include "packages/rpm.h"

namespace imgslim::layer {
namespace {

using packages::DatabaseKind;

/// Archives above this are not opened; their name still tells what they are.
constexpr std::uint64_t largest_jar_bytes = 32u << 20;

/// How much of the file to keep, or nothing.
std::uint64_t capture_limit(DatabaseKind kind, const Limits& limits, std::uint64_t text_budget_bytes) {
  if (kind == DatabaseKind::none || packages::needs_no_content(kind)) return 0;
  if (kind == DatabaseKind::jar) return largest_jar_bytes;
  if (kind == DatabaseKind::rpm_sqlite) return limits.database_bytes;
  return std::min(limits.text_bytes, text_budget_bytes);
}

/// Shared libraries are no Go programs, whatever they embed.
bool may_be_go_program(std::string_view path, bool executable) {
  const auto name = base_name(path);
  return executable && !name.ends_with(".so") && name.find(".so.") == std::string_view::npos;
}

}  // namespace

struct ContentProbe::State {
  std::string path;
  std::uint64_t logical_bytes;
  bool executable;
  DatabaseKind kind;
  std::uint64_t capture_limit_bytes;

  bool started = false;
  std::uint64_t next_offset = 0;     // where contiguous content goes on
  std::optional<ContentHash> whole;  // of a file that came in one piece
  XXH3_state_t hash;
  std::string captured;
  bool capture_failed = false;
  std::optional<ElfProbe> elf;
  std::optional<packages::GoBuildInfoScanner> go;

  void start(std::span<const std::byte> first);
  void hash_block(std::uint64_t offset, std::span<const std::byte> bytes);
  void capture(std::uint64_t offset, std::span<const std::byte> bytes);
  [[nodiscard]] ContentHash finish_hash() const;
  void finish_database(ContentFacts& facts);
  void finish_jar(ContentFacts& facts);
};

ContentProbe::ContentProbe(std::string_view path, std::uint64_t logical_bytes, bool executable, const Limits& limits,
                           std::uint64_t text_budget_bytes)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->logical_bytes = logical_bytes;
  state_->executable = executable;
  state_->kind = packages::classify_database(path);
  state_->capture_limit_bytes = capture_limit(state_->kind, limits, text_budget_bytes);
}

ContentProbe::~ContentProbe() = default;

packages::DatabaseKind ContentProbe::kind() const { return state_->kind; }

void ContentProbe::State::start(std::span<const std::byte> first) {
  started = true;
  capture_failed = capture_limit_bytes != 0 && logical_bytes > capture_limit_bytes;
  if (!is_elf_magic(first)) return;
  elf.emplace();
  if (may_be_go_program(path, executable)) go.emplace();
}

void ContentProbe::State::hash_block(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (offset == 0 && bytes.size() == logical_bytes) {
    const auto hashed = XXH3_128bits(bytes.data(), bytes.size());
    whole = ContentHash{hashed.low64, hashed.high64};
    return;
  }
  if (next_offset == 0) XXH3_128bits_reset(&hash);
  // A hole moves the offset on: files with the same data at other places differ.
  if (offset != next_offset) XXH3_128bits_update(&hash, &offset, sizeof offset);
  XXH3_128bits_update(&hash, bytes.data(), bytes.size());
}

void ContentProbe::State::capture(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (capture_limit_bytes == 0 || capture_failed) return;
  const bool fits = offset == captured.size() && bytes.size() <= capture_limit_bytes - captured.size();
  if (!fits) {
    capture_failed = true;
    captured = {};
    return;
  }
  captured.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void ContentProbe::feed(std::uint64_t offset, std::span<const std::byte> bytes) {
  auto& state = *state_;
  if (!state.started) state.start(bytes);
  const bool contiguous = offset == state.next_offset;
  state.hash_block(offset, bytes);
  state.capture(offset, bytes);
  if (state.elf) state.elf->feed(offset, bytes);
  if (!contiguous) state.go.reset();
  if (state.go) state.go->feed(bytes);
  state.next_offset = offset + bytes.size();
}

ContentHash ContentProbe::State::finish_hash() const {
  if (whole) return *whole;
  if (next_offset == 0) return {};
  const auto hashed = XXH3_128bits_digest(&hash);
  return {hashed.low64, hashed.high64};
}

void ContentProbe::State::finish_database(ContentFacts& facts) {
  if (capture_failed) {
    facts.note = "larger than what is read of such a file, or sparse";
  } else if (kind == DatabaseKind::jar) {
    finish_jar(facts);
  } else if (kind == DatabaseKind::rpm_sqlite) {
    auto set = packages::read_rpm_sqlite(std::as_bytes(std::span(captured)));
    if (set)
      facts.packages = std::move(*set);
    else
      facts.note = set.error().message;
  } else {
    facts.text = std::move(captured);
  }
}

void ContentProbe::State::finish_jar(ContentFacts& facts) {
  auto jar = packages::read_jar(std::as_bytes(std::span(captured)), path);
  if (!jar) {
    facts.note = jar.error().message;
    return;
  }
  facts.packages.emplace();
  facts.packages->packages.push_back(std::move(jar->package));
  facts.packages->notes = std::move(jar->notes);
}

ContentFacts ContentProbe::finish() {
  auto& state = *state_;
  ContentFacts facts;
  facts.hash = state.finish_hash();
  if (state.kind != DatabaseKind::none) state.finish_database(facts);
  if (state.elf) facts.elf = state.elf->finish();
  if (state.go)
    if (const auto info = state.go->finish()) {
      facts.packages.emplace();
      facts.packages->packages.push_back(packages::go_package(*info, state.path));
    }
  return facts;
}

}  // namespace imgslim::layer
