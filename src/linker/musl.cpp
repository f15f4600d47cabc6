#include <unordered_map>

#include "linker/candidate.h"
#include "linker/preload.h"
#include "linker/search.h"
#include "linker/search_path.h"

// musl's search (ldso/dynlink.c, load_library). Names that begin like parts of its own C library are the linker itself.
// A path is opened as it is. Any other name is compared with the base names under which objects were found, DT_SONAME
// never, and then looked for in LD_LIBRARY_PATH, in the rpath of the object that needs it and of all that led to it,
// and in the system path: the file etc/ld-musl-ARCH.path two levels above the linker, or a built-in list. DT_RPATH and
// DT_RUNPATH are the same to it; the second wins. The first file that opens is taken, whatever its class and machine.
namespace imgslim::linker {
namespace {

constexpr std::string_view default_path = "/lib:/usr/local/lib:/usr/lib";
constexpr std::string_view separators = ":\n";
constexpr ObjectIndex linker_object = 1;
constexpr std::size_t longest_name = 255;

bool names_libc(std::string_view name) {
  for (const std::string_view own : {"libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet."})
    if (name.starts_with(own)) return true;
  return false;
}

class MuslSearch final : public Search {
 public:
  MuslSearch(Process& process, std::string_view interpreter_path)
      : process_(process), interpreter_path_(interpreter_path), places_(process, no_subdirectories_) {
    read_system_path();
  }

  Answer find(const Request& request) override;
  void mapped(ObjectIndex object) override;
  std::vector<std::string> preloads() const override { return musl_preloads(process_); }
  std::vector<std::string> audits() const override { return {}; }

 private:
  enum class Outcome { opened, next, inhibited };

  void read_system_path();
  Outcome search(std::string_view name, const Request& request, Answer& answer);
  Outcome open_in(std::string_view list, const std::string& label, std::string_view name, Answer& answer);
  const std::string& rpath_of(ObjectIndex object);
  ObjectIndex needed_by(ObjectIndex object) const;
  /// What becomes of an opened candidate; musl never looks any further.
  Answer settle(Candidate candidate, Answer answer, bool is_path);

  Process& process_;
  std::string interpreter_path_;
  std::vector<Subdirectory> no_subdirectories_;
  Places places_;
  Candidate candidate_;
  std::string system_path_, system_path_source_;
  std::unordered_map<ObjectIndex, std::string> rpaths_;
  std::unordered_map<std::string, ObjectIndex> short_names_;
  std::unordered_map<rootfs::FileId, ObjectIndex> files_;
};

void MuslSearch::read_system_path() {
  auto base = std::string_view(interpreter_path_);
  base = base.substr(base.rfind('/') + 1);
  constexpr std::string_view prefix = "ld-musl-";
  const auto end = base.find(".so");
  const auto arch = base.starts_with(prefix) ? base.substr(0, end).substr(prefix.size()) : std::string_view();
  const auto directory = directory_of(directory_of(absolute("/", interpreter_path_)));
  const auto path = absolute(directory, "etc/ld-musl-" + std::string(arch) + ".path");
  system_path_ = default_path;
  const auto file = places_.open(path);
  if (file.state == Candidate::State::absent) return;
  system_path_source_ = " (" + path + ")";
  if (file.found) {
    const auto text = process_.files.text(file.found->file);
    if (!text && process_.files.size_bytes(file.found->file) > 0) return;  // not among the texts that are kept
    system_path_ = text.value_or(std::string_view());
    system_path_ = system_path_.substr(0, system_path_.find('\0'));
  } else {
    system_path_.clear();  // there, but not readable: no directories at all
  }
}

ObjectIndex MuslSearch::needed_by(ObjectIndex object) const {
  const auto& mapped = process_.objects[object];
  if (mapped.via == Via::preload) return no_object;
  return mapped.via == Via::opened ? 0 : mapped.loader;
}

const std::string& MuslSearch::rpath_of(ObjectIndex object) {
  const auto [place, added] = rpaths_.try_emplace(object);
  if (!added) return place->second;
  const auto& facts = process_.facts(object);
  const auto& text = facts.runpath ? facts.runpath : facts.rpath;
  if (!text) return place->second;
  if (object == 0 && process_.secure && text->find('$') != std::string::npos) return place->second;
  if (auto expanded = expand_origin_of_musl(*text, directory_of(process_.objects[object].search_path)))
    place->second = std::move(*expanded);
  for (const auto part : split_words(place->second, separators))
    if (!part.starts_with('/')) process_.add_weakness(object, facts.runpath ? "RUNPATH" : "RPATH", part);
  return place->second;
}

MuslSearch::Outcome MuslSearch::open_in(std::string_view list, const std::string& label, std::string_view name,
                                        Answer& answer) {
  for (const auto directory : split_words(list, separators)) {
    candidate_ = places_.open(std::string(directory) + "/" + std::string(name));
    switch (candidate_.state) {
      case Candidate::State::opened:
        answer.how = label + std::string(directory);
        return Outcome::opened;
      case Candidate::State::error:
        return Outcome::inhibited;
      default:
        answer.add_tried(candidate_.path);
    }
  }
  return Outcome::next;
}

MuslSearch::Outcome MuslSearch::search(std::string_view name, const Request& request, Answer& answer) {
  auto outcome = Outcome::next;
  if (!process_.secure) {
    const auto& path = process_.environment.library_path;
    for (const auto part : split_words(path, separators))
      if (!part.starts_with('/')) process_.add_weakness(no_object, "LD_LIBRARY_PATH", part);
    outcome = open_in(path, "LD_LIBRARY_PATH ", name, answer);
  }
  auto object = request.via == Via::preload ? no_object : request.via == Via::opened ? 0 : request.loader;
  for (; object != no_object && outcome == Outcome::next; object = needed_by(object)) {
    if (!places_.spend()) return Outcome::inhibited;
    const auto& facts = process_.facts(object);
    outcome = open_in(rpath_of(object), facts.runpath ? "RUNPATH " : "RPATH ", name, answer);
    if (outcome == Outcome::opened && object != request.loader)
      answer.how += " of " + process_.objects[object].file.path;
  }
  if (outcome != Outcome::next) return outcome;
  outcome = open_in(system_path_, "", name, answer);
  if (outcome == Outcome::opened) answer.how += system_path_source_;
  return outcome;
}

Answer MuslSearch::settle(Candidate candidate, Answer answer, bool is_path) {
  if (!candidate.found) {
    answer.refused = candidate.path;  // a directory
    return answer;
  }
  if (const auto known = files_.find(candidate.found->file); known != files_.end()) {
    if (!is_path) short_names_.try_emplace(candidate.path.substr(candidate.path.rfind('/') + 1), known->second);
    return {.known = known->second};
  }
  const auto* facts = process_.files.elf(candidate.found->file);
  if (judge_for_musl(facts) == Verdict::refuse) {
    answer.refused = candidate.path;
    return answer;
  }
  if ((facts->imports & elf::exports_libc) != 0) return {.known = linker_object};
  answer.file = std::move(candidate.found);
  answer.search_path = std::move(candidate.path);
  return answer;
}

Answer MuslSearch::find(const Request& request) {
  const auto name = request.name;
  if (name.empty()) return {};
  if (names_libc(name) || name == interpreter_path_) return {.known = linker_object};
  Answer answer;
  if (name.find('/') != std::string_view::npos) {
    auto candidate = places_.open(name);
    answer.how = "path";
    if (candidate.state == Candidate::State::opened) return settle(std::move(candidate), std::move(answer), true);
    answer.add_tried(candidate.path);
    return answer;
  }
  if (const auto known = short_names_.find(std::string(name)); known != short_names_.end())
    return {.known = known->second};
  if (name.size() > longest_name || search(name, request, answer) != Outcome::opened) return answer;
  return settle(std::move(candidate_), std::move(answer), false);
}

void MuslSearch::mapped(ObjectIndex object) {
  if (object <= linker_object) return;
  const auto& added = process_.objects[object];
  files_.try_emplace(added.file.file, object);
  if (added.requested.find('/') == std::string::npos) short_names_.try_emplace(added.requested, object);
}

}  // namespace

std::unique_ptr<Search> make_musl_search(Process& process, std::string_view interpreter_path) {
  return std::make_unique<MuslSearch>(process, interpreter_path);
}

}  // namespace imgslim::linker
