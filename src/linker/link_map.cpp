#include "linker/link_map.h"

#include <algorithm>
#include <deque>

#include "linker/search.h"
#include "linker/secure_mode.h"

// What both linkers have in common: the program and its interpreter are mapped by the kernel, then preloads, then what
// DT_NEEDED asks for, breadth first. glibc maps the filtees of an object (DT_AUXILIARY, DT_FILTER) before it goes on to
// the next one (elf/dl-deps.c); musl knows no filters.
namespace imgslim::linker {
namespace {

/// As the interpreter's own name tells; every image's loader has one of these.
Kind kind_of(std::string_view interpreter) {
  const auto name = interpreter.substr(interpreter.rfind('/') + 1);
  if (interpreter.empty()) return Kind::none;
  return name.starts_with("ld-musl-") ? Kind::musl : Kind::glibc;
}

}  // namespace

const elf::ElfFacts& Process::facts(ObjectIndex object) const {
  static const elf::ElfFacts none;
  const auto* facts = files.elf(objects[object].file.file);
  return facts == nullptr ? none : *facts;
}

void Process::add_weakness(ObjectIndex object, std::string_view list, std::string_view element) {
  constexpr std::size_t most_weaknesses = 1'000;
  auto text = std::string(list);
  text += element.empty() ? " has an empty element" : " has the relative element " + std::string(element);
  const bool known = std::any_of(weaknesses.begin(), weaknesses.end(), [&](const Weakness& weakness) {
    return weakness.object == object && weakness.text == text;
  });
  if (!known && weaknesses.size() < most_weaknesses) weaknesses.push_back({object, std::move(text)});
}

struct LinkMap::State {
  Process process;
  Kind kind = Kind::none;
  std::vector<Missing> missing;
  std::unique_ptr<Search> search;

  State(const rootfs::FileSystem& files, const rootfs::Found& program, const Environment& environment)
      : process{files, environment, is_secure(files.permissions(program.file), environment), {}, {}, false} {
    add({program, program.path, no_object, Via::program, {}, "program", false});
  }

  ObjectIndex add(Object object) {
    process.objects.push_back(std::move(object));
    const auto index = static_cast<ObjectIndex>(process.objects.size() - 1);
    if (search) search->mapped(index);
    return index;
  }

  bool map_interpreter();
  std::optional<ObjectIndex> map(const Request& request, bool optional);
  void map_needs_from(ObjectIndex first);
};

/// False when the program cannot start: the kernel finds no interpreter that it could map.
bool LinkMap::State::map_interpreter() {
  const auto& facts = process.facts(0);
  const auto path = process.environment.interpreter.empty() ? facts.interpreter : process.environment.interpreter;
  kind = kind_of(path);
  if (kind == Kind::none) return false;
  const auto absolute_path = path.starts_with('/') ? path : process.environment.working_directory + "/" + path;
  const auto found = process.files.find(absolute_path);
  const auto* interpreter = found ? process.files.elf(found->file) : nullptr;
  if (interpreter == nullptr || interpreter->machine != facts.machine || interpreter->class_bits != facts.class_bits) {
    missing.push_back({path, 0, Via::interpreter, {absolute_path}, found ? found->path : std::string(), false});
    return false;
  }
  add({*found, absolute_path, 0, Via::interpreter, path, "PT_INTERP", false});
  search = kind == Kind::musl ? make_musl_search(process, path) : make_glibc_search(process, *interpreter);
  search->mapped(0);
  search->mapped(1);
  return true;
}

std::optional<ObjectIndex> LinkMap::State::map(const Request& request, bool optional) {
  auto answer = search->find(request);
  if (answer.known) return answer.known;
  if (answer.file && process.objects.size() < most_objects) {
    return add({std::move(*answer.file), std::move(answer.search_path), request.loader, request.via,
                std::string(request.name), std::move(answer.how), answer.assumed});
  }
  process.cut |= answer.file.has_value() || missing.size() >= most_missing;
  if (request.via != Via::opened && missing.size() < most_missing) {
    missing.push_back({std::string(request.name), request.loader, request.via, std::move(answer.tried),
                       std::move(answer.refused), optional});
  }
  return std::nullopt;
}

/// Maps what the objects from `first` on ask for, and what those ask for.
void LinkMap::State::map_needs_from(ObjectIndex first) {
  std::deque<ObjectIndex> queue;
  for (auto next = first; next < process.objects.size(); ++next)
    if (process.objects[next].via != Via::interpreter) queue.push_back(next);
  const auto ask = [&](const std::string& name, ObjectIndex loader, Via via, std::vector<ObjectIndex>& added) {
    const auto before = process.objects.size();
    map({name, loader, via}, via == Via::auxiliary);
    if (process.objects.size() > before) added.push_back(static_cast<ObjectIndex>(before));
  };
  while (!queue.empty()) {
    const auto object = queue.front();
    queue.pop_front();
    const auto& facts = process.facts(object);
    std::vector<ObjectIndex> needed, filtees;
    for (const auto& name : facts.needed) ask(name, object, Via::needed, needed);
    if (kind == Kind::glibc) {
      for (const auto& name : facts.filter) ask(name, object, Via::filter, filtees);
      for (const auto& name : facts.auxiliary) ask(name, object, Via::auxiliary, filtees);
    }
    queue.insert(queue.end(), needed.begin(), needed.end());
    queue.insert(queue.begin(), filtees.begin(), filtees.end());
  }
}

LinkMap::LinkMap(const rootfs::FileSystem& files, const rootfs::Found& program, const Environment& environment)
    : state_(std::make_unique<State>(files, program, environment)) {
  auto& state = *state_;
  if (!state.map_interpreter()) return;
  for (const auto& name : state.search->preloads()) state.map({name, 0, Via::preload}, true);
  state.map_needs_from(0);
  const auto audits = static_cast<ObjectIndex>(state.process.objects.size());
  for (const auto& name : state.search->audits()) state.map({name, 0, Via::audit}, true);
  state.map_needs_from(audits);
}

LinkMap::LinkMap(LinkMap&&) noexcept = default;
LinkMap& LinkMap::operator=(LinkMap&&) noexcept = default;
LinkMap::~LinkMap() = default;

Kind LinkMap::kind() const { return state_->kind; }
bool LinkMap::secure() const { return state_->process.secure; }
const std::vector<Object>& LinkMap::objects() const { return state_->process.objects; }
const std::vector<Missing>& LinkMap::missing() const { return state_->missing; }
const std::vector<Weakness>& LinkMap::weaknesses() const { return state_->process.weaknesses; }

bool LinkMap::cut() const { return state_->process.cut; }

std::optional<ObjectIndex> LinkMap::open(std::string_view name, ObjectIndex caller) {
  if (!state_->search || caller >= state_->process.objects.size()) return std::nullopt;
  const auto before = static_cast<ObjectIndex>(state_->process.objects.size());
  const auto object = state_->map({name, caller, Via::opened}, true);
  state_->map_needs_from(before);
  return object;
}

}  // namespace imgslim::linker
