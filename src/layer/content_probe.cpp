#include "layer/content_probe.h"

#include <algorithm>
#include <utility>

#include "core/path.h"
#include "layer/content_hasher.h"
#include "layer/elf_probe.h"
#include "layer/runtime_text.h"
#include "packages/go_build_info.h"
#include "packages/jar.h"
#include "packages/rpm.h"

namespace imgslim::layer {
namespace {

using packages::DatabaseKind;

/// Archives above this are not opened; their name still tells what they are.
constexpr std::uint64_t largest_jar_bytes = 32u << 20;

/// Of a longer source text the begin is read: imports stand there.
constexpr std::uint64_t most_source_bytes = 4u << 20;

/// How much a package database may have, 0 for other files.
std::uint64_t database_limit(DatabaseKind kind, const Limits& limits, std::uint64_t text_budget_bytes) {
  if (kind == DatabaseKind::none || packages::needs_no_content(kind)) return 0;
  if (kind == DatabaseKind::jar) return largest_jar_bytes;
  if (kind == DatabaseKind::rpm_sqlite) return limits.database_bytes;
  return std::min(limits.text_bytes, text_budget_bytes);
}

/// The loader of an archive of archives stands at its begin, where the Java machine finds it before all others.
constexpr std::uint64_t most_loader_bytes = 32u << 10;
bool has_loader_of_archives(std::string_view first_bytes) {
  return first_bytes.substr(0, most_loader_bytes).find("/boot/loader/") != std::string_view::npos;
}

/// Shared libraries are no Go programs, whatever they embed.
bool may_be_go_program(std::string_view path, bool executable) {
  const auto name = base_name(path);
  return executable && !name.ends_with(".so") && name.find(".so.") == std::string_view::npos;
}

}  // namespace

struct ContentProbe::State {
  State(std::string_view clean_path, std::uint64_t size) : path(clean_path), logical_bytes(size), hasher(size) {}

  std::string path;
  std::uint64_t logical_bytes;
  bool executable = false;
  DatabaseKind kind = DatabaseKind::none;
  std::uint64_t database_limit_bytes = 0;
  std::uint64_t runtime_text_limit_bytes = 0;

  ContentHasher hasher;

  std::string head;  // of a file whose first block is too short to be judged
  bool started = false;
  bool wants_text = false;
  imports::Language language = imports::Language::none;
  bool may_be_secret = false;
  std::optional<SecretKind> secret;
  std::uint64_t inspected_bytes = 0;
  std::uint64_t capture_limit_bytes = 0;
  std::string captured;
  std::optional<imports::SourceFacts> source;  // of a file that came in one piece
  std::optional<ElfProbe> elf;
  std::optional<packages::GoBuildInfoScanner> go;
  std::optional<RuntimeStringsScanner> strings;
  std::optional<BytecodeHeader> bytecode;

  [[nodiscard]] std::uint64_t judging_bytes() const { return std::min(logical_bytes, text_judging_bytes); }
  void start(std::span<const std::byte> first);
  void start_with(std::uint64_t offset, std::span<const std::byte> bytes);
  void inspect(std::uint64_t offset, std::span<const std::byte> bytes);
  [[nodiscard]] bool is_captured() const { return captured.size() == logical_bytes; }
  void finish_texts(ContentFacts& facts);
  void finish_database(ContentFacts& facts);
  void finish_jar(ContentFacts& facts);
};

ContentProbe::ContentProbe(std::string_view path, std::uint64_t logical_bytes, bool executable, const Limits& limits,
                           CaptureBudget budget)
    : state_(std::make_unique<State>(path, logical_bytes)) {
  state_->executable = executable;
  state_->kind = packages::classify_database(path);
  state_->database_limit_bytes = database_limit(state_->kind, limits, budget.database_text_bytes);
  state_->runtime_text_limit_bytes = std::min(limits.text_bytes, budget.runtime_text_bytes);
}

ContentProbe::~ContentProbe() = default;

packages::DatabaseKind ContentProbe::kind() const { return state_->kind; }

/// Decides what the file is, by its path and its first judging_bytes().
void ContentProbe::State::start(std::span<const std::byte> first) {
  started = true;
  if (logical_bytes <= database_limit_bytes) capture_limit_bytes = database_limit_bytes;
  if (path.ends_with(".pyc")) bytecode = read_bytecode_header(first);
  if (is_elf_magic(first)) {
    elf.emplace(logical_bytes);
    strings = RuntimeStringsScanner::for_file(base_name(path));
    if (may_be_go_program(path, executable)) go.emplace();
    return;
  }
  if (kind == DatabaseKind::jar)
    capture_limit_bytes = std::max(capture_limit_bytes, std::min(logical_bytes, most_loader_bytes));
  const TextCandidate candidate{path, executable, logical_bytes, ByteView(first).text()};
  // What is kept as a package database is a text to the run-time stages as well.
  wants_text = capture_limit_bytes == 0 && wants_runtime_text(candidate);
  language = imports::language_of(path);
  may_be_secret = may_hold_secret(path, logical_bytes) && candidate.first_bytes.find('\0') == std::string_view::npos;
  // What comes in one piece is looked at as it passes.
  if (may_be_secret && first.size() < logical_bytes) capture_limit_bytes = std::max(capture_limit_bytes, logical_bytes);
  if (wants_text && logical_bytes <= runtime_text_limit_bytes)
    capture_limit_bytes = std::max(capture_limit_bytes, logical_bytes);
  if (language != imports::Language::none)
    capture_limit_bytes = std::max(capture_limit_bytes, std::min(logical_bytes, most_source_bytes));
}

/// Gathers blocks until enough is known to start; a hole among them is zeros.
void ContentProbe::State::start_with(std::uint64_t offset, std::span<const std::byte> bytes) {
  const auto wanted = judging_bytes();
  const auto taken = offset < wanted ? std::min<std::uint64_t>(bytes.size(), wanted - offset) : 0;
  if (taken > 0) {
    head.resize(static_cast<std::size_t>(offset));
    head += ByteView(bytes.first(static_cast<std::size_t>(taken))).text();
  }
  if (offset + bytes.size() < wanted) return;
  head.resize(static_cast<std::size_t>(wanted));
  const auto begin = ByteView(std::string_view(head)).bytes();
  start(begin);
  inspect(0, begin);
  const auto rest = bytes.subspan(static_cast<std::size_t>(taken));
  if (!rest.empty()) inspect(offset + taken, rest);
}

void ContentProbe::State::inspect(std::uint64_t offset, std::span<const std::byte> bytes) {
  const auto text = ByteView(bytes).text();
  const bool is_whole = offset == 0 && bytes.size() == logical_bytes;
  if (is_whole && language != imports::Language::none)
    source = imports::read_imports(language, text.substr(0, most_source_bytes));
  if (is_whole && may_be_secret) {
    secret = find_secret(path, text);
    may_be_secret = false;
  }
  const bool only_for_source = source && !wants_text && logical_bytes > database_limit_bytes;
  if (!only_for_source && offset == captured.size() && captured.size() < capture_limit_bytes)
    captured += text.substr(0, static_cast<std::size_t>(capture_limit_bytes - captured.size()));
  if (elf) elf->feed(offset, bytes);
  if (offset != inspected_bytes) {
    go.reset();
    strings.reset();
  }
  if (go) go->feed(bytes);
  if (strings) strings->feed(bytes);
  inspected_bytes = offset + bytes.size();
}

void ContentProbe::feed(std::uint64_t offset, std::span<const std::byte> bytes) {
  auto& state = *state_;
  state.hasher.feed(offset, bytes);
  if (state.started) {
    state.inspect(offset, bytes);
  } else if (offset == 0 && state.head.empty() && bytes.size() >= state.judging_bytes()) {
    state.start(bytes.first(static_cast<std::size_t>(state.judging_bytes())));
    state.inspect(offset, bytes);
  } else {
    state.start_with(offset, bytes);
  }
}

void ContentProbe::State::finish_texts(ContentFacts& facts) {
  if (language != imports::Language::none && !source) source = imports::read_imports(language, captured);
  facts.source = std::move(source);
  if (!wants_text) return;
  if (is_captured() && logical_bytes <= runtime_text_limit_bytes)
    facts.runtime_text = std::exchange(captured, {});  // a database beyond its limit stays without content
  else
    facts.note = "beyond what is kept of configuration and scripts, or sparse";
}

void ContentProbe::State::finish_database(ContentFacts& facts) {
  if (!packages::needs_no_content(kind) && !is_captured()) {
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
    facts.text = std::exchange(captured, {});
  }
}

void ContentProbe::State::finish_jar(ContentFacts& facts) {
  auto jar = packages::read_jar(std::as_bytes(std::span(captured)), path);
  if (!jar) {
    facts.note = jar.error().message;
    return;
  }
  if (!jar->class_path.empty()) facts.java_archive = JavaArchive{0, false, std::move(jar->class_path)};
  facts.packages.emplace();
  facts.packages->packages.push_back(std::move(jar->package));
  facts.packages->notes = std::move(jar->notes);
}

ContentFacts ContentProbe::finish() {
  auto& state = *state_;
  ContentFacts facts;
  facts.hash = state.hasher.finish();
  // A file that ends in a hole, or is nothing else.
  if (!state.started) state.start_with(state.judging_bytes(), {});
  if (state.may_be_secret && state.is_captured()) state.secret = find_secret(state.path, state.captured);
  facts.secret = state.secret;
  state.finish_texts(facts);
  if (state.kind != DatabaseKind::none) state.finish_database(facts);
  if (state.elf) facts.elf = state.elf->finish();
  if (state.strings) facts.runtime_strings = std::move(*state.strings).finish();
  facts.bytecode = state.bytecode;
  if (state.kind == DatabaseKind::jar && has_loader_of_archives(state.captured)) {
    if (!facts.java_archive) facts.java_archive.emplace();
    facts.java_archive->starts_inner_archives = true;
  }
  if (state.go)
    if (auto info = state.go->finish()) {
      facts.packages.emplace();
      facts.packages->packages.push_back(packages::go_package(*info, state.path));
      facts.go_program = GoProgram{0, std::move(info->go_version), std::move(info->settings)};
    }
  return facts;
}

}  // namespace imgslim::layer
