#include <algorithm>
#include <unordered_map>

#include "linker/candidate.h"
#include "linker/glibc_traits.h"
#include "linker/preload.h"
#include "linker/search.h"
#include "linker/search_path.h"

// glibc's search (elf/dl-load.c, _dl_map_object). A name is first compared with the names, paths and DT_SONAMEs of what
// is mapped. A path is opened as it is. Any other name is looked for in
//   1. DT_RPATH of the loader, of its loader and so on, then of the program, unless the loader has a DT_RUNPATH;
//   2. LD_LIBRARY_PATH;
//   3. DT_RUNPATH of the loader alone;
//   4. ld.so.cache; a hit is final even if the file is gone: only the system directories follow;
//   5. the system directories.
// An object with both tags has no DT_RPATH (elf/get-dynamic-info.h). Below each directory, some subdirectories for the
// processor are tried before it. A file for another class or machine is passed over; any other file that cannot be
// mapped ends the search (open_verify). A symlink loop ends one list, as every error but ENOENT, ENOTDIR and EACCES
// does.
namespace imgslim::linker {
namespace {

/// A directory of a search list.
struct Element {
  std::string directory;  ///< expanded, without trailing "/"; "" is the working directory
  std::string written;    ///< as the list states it
  bool assumed = false;   ///< $PLATFORM: depends on the processor
};
using SearchList = std::vector<Element>;

class GlibcSearch final : public Search {
 public:
  GlibcSearch(Process& process, const elf::ElfFacts& interpreter)
      : process_(process),
        traits_(glibc_traits(process.files, interpreter, process.environment)),
        wanted_{interpreter.class_bits, interpreter.order, interpreter.machine},
        places_(process, traits_.subdirectories) {
    if (const auto text = process.files.text_at("/etc/ld.so.cache")) cache_ = Cache::read(*text, interpreter.order);
    for (const auto& directory : traits_.system_directories) system_.push_back({directory, directory, false});
  }

  Answer find(const Request& request) override;
  void mapped(ObjectIndex object) override;
  std::vector<std::string> preloads() const override { return glibc_preloads(process_); }
  std::vector<std::string> audits() const override { return glibc_audits(process_); }

 private:
  /// Candidates of one request.
  struct Attempt {
    const Request& request;
    std::string_view name;
    bool set_user_id_only = false;  ///< preloads of a secure program
    Answer answer;
  };
  enum class Outcome { found, next, end_of_list, fatal };

  std::vector<std::string> names_of(const Request& request);
  bool search(Attempt& attempt);
  bool search_rpaths(Attempt& attempt);
  bool search_cache(Attempt& attempt);
  bool search_list(const SearchList& list, const std::string& label, Attempt& attempt);
  Outcome try_file(const std::string& path, Attempt& attempt);
  const SearchList& list_of(ObjectIndex object, bool runpath);
  const SearchList& library_path();
  SearchList expand_list(std::string_view text, std::string_view separators, ObjectIndex object, const char* label);
  Tokens tokens_of(ObjectIndex object) const;

  Process& process_;
  GlibcTraits traits_;
  Machine wanted_;
  Places places_;
  std::optional<Cache> cache_;
  SearchList system_;
  std::optional<SearchList> library_path_;
  std::unordered_map<ObjectIndex, SearchList> rpaths_, runpaths_;
  std::unordered_map<std::string, ObjectIndex> names_;
  std::unordered_map<rootfs::FileId, ObjectIndex> files_;
};

Tokens GlibcSearch::tokens_of(ObjectIndex object) const {
  const bool is_program = object == 0;
  return {directory_of(process_.objects[object].search_path), traits_.library_token, traits_.platforms, process_.secure,
          is_program ? &traits_.system_directories : nullptr};
}

SearchList GlibcSearch::expand_list(std::string_view text, std::string_view separators, ObjectIndex object,
                                    const char* label) {
  SearchList list;
  const auto tokens = tokens_of(object);
  for (const auto part : split_list(text, separators)) {
    const auto expanded = expand_tokens(part, tokens);
    for (auto directory : expanded) {
      while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
      if (directory.empty() && !part.empty()) continue;
      if (!directory.starts_with('/')) process_.add_weakness(object, label, part);
      const bool known =
          std::any_of(list.begin(), list.end(), [&](const Element& element) { return element.directory == directory; });
      process_.cut |= !known && list.size() >= most_directories;
      if (known || list.size() >= most_directories) continue;
      list.push_back({std::move(directory), std::string(part), expanded.size() > 1});
    }
  }
  return list;
}

const SearchList& GlibcSearch::list_of(ObjectIndex object, bool runpath) {
  auto& lists = runpath ? runpaths_ : rpaths_;
  const auto [place, added] = lists.try_emplace(object);
  if (!added) return place->second;
  const auto& facts = process_.facts(object);
  const auto& text = runpath ? facts.runpath : facts.rpath;
  if (text && (runpath || !facts.runpath))
    place->second = expand_list(*text, ":", object, runpath ? "RUNPATH" : "RPATH");
  return place->second;
}

const SearchList& GlibcSearch::library_path() {
  if (!library_path_) {
    const auto& text = process_.environment.library_path;
    library_path_ = process_.secure ? SearchList() : expand_list(text, ":;", 0, "LD_LIBRARY_PATH");
  }
  return *library_path_;
}

/// The name with its tokens replaced: several where the processor decides, none where the loader refuses it.
std::vector<std::string> GlibcSearch::names_of(const Request& request) {
  const bool is_path = request.name.find('/') != std::string_view::npos;
  const bool from_file = request.via == Via::needed || request.via == Via::auxiliary || request.via == Via::filter;
  if (!is_path && !from_file) return {std::string(request.name)};
  auto names = expand_tokens(request.name, tokens_of(request.loader == no_object ? 0 : request.loader));
  if (from_file && process_.secure && (names.empty() || names.front() != request.name)) return {};
  return names;
}

Answer GlibcSearch::find(const Request& request) {
  Attempt attempt{request, {}, false, {}};
  const bool preload = request.via == Via::preload || request.via == Via::audit;
  attempt.set_user_id_only = process_.secure && preload;
  for (const auto& name : names_of(request)) {
    if (name.empty()) continue;
    if (const auto known = names_.find(name); known != names_.end()) return {.known = known->second};
    attempt.name = name;
    const bool found =
        name.find('/') != std::string::npos ? try_file(name, attempt) == Outcome::found : search(attempt);
    if (!found) continue;
    if (const auto known = files_.find(attempt.answer.file->file); known != files_.end()) {
      names_.try_emplace(name, known->second);
      return {.known = known->second};
    }
    if (attempt.answer.how.empty()) attempt.answer.how = "path";
    return std::move(attempt.answer);
  }
  return std::move(attempt.answer);
}

void GlibcSearch::mapped(ObjectIndex object) {
  const auto& added = process_.objects[object];
  files_.try_emplace(added.file.file, object);
  names_.try_emplace(added.requested, object);
  names_.try_emplace(added.search_path, object);
  const auto& soname = process_.facts(object).soname;
  if (!soname.empty()) names_.try_emplace(soname, object);
}

/// True when found; otherwise the answer says whether a file ended the search.
bool GlibcSearch::search(Attempt& attempt) {
  const auto loader = attempt.request.loader == no_object ? 0 : attempt.request.loader;
  const auto& facts = process_.facts(loader);
  const auto stopped = [&] { return attempt.answer.file || !attempt.answer.refused.empty(); };
  if (!facts.runpath) search_rpaths(attempt);
  if (!stopped()) search_list(library_path(), "LD_LIBRARY_PATH ", attempt);
  if (!stopped()) search_list(list_of(loader, true), "RUNPATH ", attempt);
  if (!stopped() && !attempt.set_user_id_only) search_cache(attempt);
  if (!stopped() && !facts.no_default_libraries) search_list(system_, "", attempt);
  return attempt.answer.file.has_value();
}

bool GlibcSearch::search_rpaths(Attempt& attempt) {
  bool visited_program = false;
  const auto try_object = [&](ObjectIndex object) {
    visited_program |= object == 0;
    const auto& list = list_of(object, false);
    if (list.empty()) return false;
    const bool inherited = object != attempt.request.loader;
    const auto& path = process_.objects[object].file.path;
    if (search_list(list, "RPATH ", attempt) && inherited) attempt.answer.how += " of " + path;
    return attempt.answer.file || !attempt.answer.refused.empty();
  };
  for (auto object = attempt.request.loader; object != no_object; object = process_.objects[object].loader) {
    if (!places_.spend() || try_object(object)) return attempt.answer.file.has_value();
  }
  return !visited_program && try_object(0);
}

bool GlibcSearch::search_cache(Attempt& attempt) {
  const auto* entry = cache_ ? cache_->find(attempt.name, traits_.cache) : nullptr;
  if (entry == nullptr) return false;
  const auto& loader = process_.facts(attempt.request.loader == no_object ? 0 : attempt.request.loader);
  const auto is_below = [&](const std::string& directory) { return entry->path.starts_with(directory + "/"); };
  const auto& system = traits_.system_directories;
  if (loader.no_default_libraries && std::any_of(system.begin(), system.end(), is_below)) return false;
  if (try_file(std::string(entry->path), attempt) != Outcome::found) return false;
  attempt.answer.how = "ld.so.cache";
  attempt.answer.assumed = !entry->subdirectory.empty();
  return true;
}

bool GlibcSearch::search_list(const SearchList& list, const std::string& label, Attempt& attempt) {
  for (const auto& element : list) {
    const auto& place = places_.at(element.directory);
    const auto prefix = element.directory.empty()  ? std::string()
                        : element.directory == "/" ? "/"
                                                   : element.directory + "/";
    const auto plain = prefix + std::string(attempt.name);
    for (const auto* subdirectory : place.subdirectories) {
      const auto outcome = try_file(prefix + subdirectory->path + "/" + std::string(attempt.name), attempt);
      if (outcome == Outcome::next) continue;
      attempt.answer.how = label + element.written + " (" + subdirectory->path + ")";
      attempt.answer.assumed = subdirectory->assumed || element.assumed;
      return outcome == Outcome::found;
    }
    if (!place.exists) {
      attempt.answer.add_tried(absolute(process_.environment.working_directory, plain));
      continue;
    }
    const auto outcome = try_file(plain, attempt);
    if (outcome == Outcome::next) continue;
    attempt.answer.how = label + (element.written.empty() ? "working directory" : element.written);
    attempt.answer.assumed = element.assumed;
    return outcome == Outcome::found;
  }
  return false;
}

GlibcSearch::Outcome GlibcSearch::try_file(const std::string& path, Attempt& attempt) {
  auto& answer = attempt.answer;
  auto candidate = places_.open(path);
  if (candidate.state == Candidate::State::absent || candidate.state == Candidate::State::unreadable) {
    answer.add_tried(candidate.path);
    return Outcome::next;
  }
  if (candidate.state == Candidate::State::error) {
    answer.add_tried(candidate.path);
    return Outcome::end_of_list;
  }
  const auto verdict = candidate.found ? judge_for_glibc(process_.files.elf(candidate.found->file), wanted_)
                                       : Verdict::refuse;  // a directory: opened, but it cannot be read
  if (verdict == Verdict::refuse) {
    answer.refused = candidate.path;
    return Outcome::fatal;
  }
  if (verdict == Verdict::pass_over || (attempt.set_user_id_only && attempt.name.find('/') == std::string_view::npos &&
                                        (process_.files.permissions(candidate.found->file).mode & 04000) == 0)) {
    answer.add_tried(candidate.path);
    return Outcome::next;
  }
  answer.file = std::move(candidate.found);
  answer.search_path = std::move(candidate.path);
  return Outcome::found;
}

}  // namespace

std::unique_ptr<Search> make_glibc_search(Process& process, const elf::ElfFacts& interpreter) {
  return std::make_unique<GlibcSearch>(process, interpreter);
}

}  // namespace imgslim::linker
