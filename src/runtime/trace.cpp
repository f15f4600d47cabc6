// Traces: what a process of the image was seen to open, by somebody who ran it. A list has one path a line. Of strace's
// output the quoted paths are wanted, not its lines: a path is relative to a descriptor there, may be cut, and may not
// have been found. A layer of eStargz (github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md) that was
// optimized by running its image holds the files that were opened first in front, then an entry ".prefetch.landmark";
// one with nothing to prefetch begins with ".no.prefetch.landmark". Its layers are a trace of the whole image only when
// each one has a landmark: else some were added afterwards, when nobody looked.
//
// A trace proves that a file is used. That the others are not it proves for that one run, so that its word is kept
// apart from the closure's (Trace::covers).
#include "runtime/trace.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/check.h"
#include "core/notes.h"
#include "core/path.h"

namespace imgslim::runtime {
namespace {

using layer::EntryKind;

constexpr std::size_t quoted_bytes = 60;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_silent(std::string_view line) {
  return line.find_first_not_of(' ') == std::string_view::npos || line.front() == '#';
}

/// What keeps a line from being a path; "" when it may be one. Only a path that shows where it begins may hold spaces
/// and quotes, and none holds the end of a call.
std::string_view problem_of(std::string_view line) {
  if (std::any_of(line.begin(), line.end(), is_control)) return "a control character";
  const bool is_marked = line.starts_with('/') || line.starts_with("./") || line.starts_with("../");
  const bool is_call = line.find(") = ") != std::string_view::npos || line.find("\", ") != std::string_view::npos;
  if (is_call || (!is_marked && line.find_first_of(" \"'(<>|") != std::string_view::npos)) return "no path";
  return {};
}

/// Calls visit(line, number) for every line that says something, without its end; stops when it gives false.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    ++number;
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_silent(line) && !visit(line, number)) return;
  }
}

Error bad_line(const std::string& place, std::string_view problem, std::string_view line) {
  const auto cut = line.size() > quoted_bytes ? std::string(line.substr(0, quoted_bytes)) + "…" : std::string(line);
  return usage_error(
      place + ": " + std::string(problem) + ": \"" + cut +
      "\": one path a line is wanted; of strace -f -z -e trace=file: grep -o '\"/[^\"]*\"' | tr -d '\"'");
}

bool is_elf_object(const elf::ElfFacts* facts) {
  return facts && (facts->type == elf::FileType::shared || facts->type == elf::FileType::executable);
}

/// How a file that a trace names is used: what the kernel can start is a program, since it may be a shell.
plugins::Use use_of(const elf::ElfFacts* facts) {
  const bool is_program =
      is_elf_object(facts) && (facts->type == elf::FileType::executable || !facts->interpreter.empty());
  return is_program ? plugins::Use::program : plugins::Use::data;
}

/// Puts files of traces into the closure.
class Tracer {
 public:
  Tracer(Closure& closure, const rootfs::FileSystem& files) : closure_(closure), files_(files) {
    for (UseIndex i = 0; i < closure.files.size(); ++i) places_.emplace(closure.files[i].file, i);
  }

  void add_list(const TraceList& list) {
    auto& trace = closure_.trace;
    trace.sources.push_back(list.name);
    bool any = false;
    for_each_line(list.text, [&](std::string_view path, std::uint32_t number) {
      ++trace.paths;
      const auto place = list.name + ":" + std::to_string(number);
      const bool found = add(path, place);
      any = any || found;
      if (found || files_.is_directory(path)) return true;
      ++trace.missing_paths;
      notes_.add("trace-path-missing", place, "not in the image: " + std::string(path));
      return true;
    });
    if (!any) notes_.add("trace-empty", list.name, "names no file of the image, so it says nothing of the others");
    trace.covers = trace.covers || any;
  }

  void add_landmarks() {
    const auto& tree = files_.tree();
    bool everywhere = true, any = false;
    for (tree::LayerIndex layer = 0; layer < tree.layer_count(); ++layer) {
      if (tree.layer(layer).entries.size() == 0) continue;
      const auto end = landmark(tree.layer(layer));
      everywhere = everywhere && end.has_value();
      if (end.value_or(0) > 0) any = add_layer(layer, *end) || any;
    }
    closure_.trace.covers = closure_.trace.covers || (everywhere && any);
  }

  void finish() {
    auto notes = notes_.take();
    closure_.notes.insert(closure_.notes.end(), notes.begin(), notes.end());
    std::sort(closure_.trace.files.begin(), closure_.trace.files.end());
  }

 private:
  /// How many entries stand before the landmark: 0 for one that says that there are none; nothing without one.
  static std::optional<layer::EntryIndex> landmark(const layer::Layer& layer) {
    constexpr std::uint64_t landmark_bytes = 16;  // it has one; the name is what counts
    for (layer::EntryIndex i = 0; i < layer.entries.size(); ++i) {
      const auto& entry = layer.entries[i];
      if (entry.content_bytes > landmark_bytes || !layer.directory(entry).empty()) continue;
      if (layer.name(entry) == ".prefetch.landmark") return i;
      if (layer.name(entry) == ".no.prefetch.landmark") return 0;
    }
    return std::nullopt;
  }

  bool add_layer(tree::LayerIndex layer, layer::EntryIndex end) {
    const auto& tree = files_.tree();
    const auto source = "prefetch landmark of layer " + std::to_string(layer + 1);
    bool any = false;
    for (layer::EntryIndex i = 0; i < end; ++i) {
      const auto& entry = tree.layer(layer).entries[i];
      if (entry.marker != layer::Marker::none || entry.kind == EntryKind::directory) continue;
      ++closure_.trace.paths;
      const bool found = add(tree.entry_path(tree.id_of(layer, i)), source);
      if (!found) ++closure_.trace.missing_paths;
      any = any || found;
    }
    if (any) closure_.trace.sources.push_back(source);
    return any;
  }

  /// Whether the path leads to a file.
  bool add(std::string_view path, const std::string& source) {
    const auto found = files_.find(path);
    if (!found) return false;
    if (!traced_.insert(found->file).second) return true;
    closure_.trace.files.push_back(found->file);
    const auto [place, is_new] = places_.try_emplace(found->file, static_cast<UseIndex>(closure_.files.size()));
    if (is_new) {
      add_use(*found, path, source);
    } else if (auto& use = closure_.files[place->second]; use.tier == Tier::possible) {
      use.tier = Tier::declared;
      use.via = trace_via;
      use.from = no_use;
      use.requested.clear();
      use.detail = source;
    }
    return true;
  }

  void add_use(const rootfs::Found& found, std::string_view path, const std::string& source) {
    const auto* facts = files_.elf(found.file);
    UsedFile use;
    use.file = found.file;
    use.path = found.path;
    use.use = use_of(facts);
    use.tier = Tier::declared;
    use.via = trace_via;
    use.detail = source;
    use.accessed = "/" + clean_path(path).text;
    closure_.files.push_back(std::move(use));
    if (!is_elf_object(facts)) return;
    IMGSLIM_CHECK(closure_.unreached.shared_objects > 0);
    --closure_.unreached.shared_objects;
    closure_.unreached.bytes -= files_.size_bytes(found.file);
  }

  Closure& closure_;
  const rootfs::FileSystem& files_;
  std::unordered_map<rootfs::FileId, UseIndex> places_;
  std::unordered_set<rootfs::FileId> traced_;
  NoteList notes_;
};

}  // namespace

Status check_trace(const TraceList& list, const Limits& limits) {
  if (list.text.size() > limits.text_bytes) return limit_hit(limits, &Limits::text_bytes, list.name);
  std::optional<Error> error;
  for_each_line(list.text, [&](std::string_view line, std::uint32_t number) {
    const auto place = list.name + ":" + std::to_string(number);
    if (line.size() > limits.path_bytes)
      error = limit_hit(limits, &Limits::path_bytes, place);
    else if (const auto problem = problem_of(line); !problem.empty())
      error = bad_line(place, problem, line);
    return !error;
  });
  if (error) return *std::move(error);
  return Done{};
}

void add_traces(Closure& closure, const rootfs::FileSystem& files, const std::vector<TraceList>& lists) {
  Tracer tracer(closure, files);
  for (const auto& list : lists) tracer.add_list(list);
  tracer.add_landmarks();
  tracer.finish();
}

}  // namespace imgslim::runtime
