// The fixpoint of one process. The linker gives what is mapped for certain; each rule looks at what is there so far and
// names further files; those that the linker opens bring their own DT_NEEDED, which may make further rules speak. Every
// fact becomes an edge of the reason graph, so that an object which a doubtful plugin brought first and a sure one
// needs later ends with the sure reason.
#include "runtime/process_closure.h"

#include <map>
#include <optional>
#include <utility>

#include "entrypoint/environment.h"
#include "plugins/config_files.h"
#include "plugins/named_paths.h"
#include "runtime/user.h"

namespace imgslim::runtime {
namespace {

using linker::no_object;
using linker::ObjectIndex;
using plugins::Use;

// Bounds on one process: real ones have at most some hundred objects, a few thousand source files and five rounds.
constexpr std::size_t most_objects = 4'000;
constexpr std::size_t most_files = 60'000;
constexpr int most_rounds = 32;

std::string_view via_of(const linker::Object& object) {
  const bool by_file = object.via == linker::Via::preload && object.how.find("ld.so.preload") != std::string::npos;
  return by_file ? "ld.so.preload" : linker::via_name(object.via);
}

linker::Environment linker_environment(const LinkInput& input, const entrypoint::Process& process) {
  linker::Environment result;
  result.library_path = plugins::environment_value(process, "LD_LIBRARY_PATH");
  result.preload = plugins::environment_value(process, "LD_PRELOAD");
  result.audit = plugins::environment_value(process, "LD_AUDIT");
  result.working_directory = process.working_directory;
  const bool is_first = process.user == entrypoint::user_of(input.config.user);  // whose group the config may state
  const auto user = resolve_user(input.files, is_first ? input.config.user : process.user);
  result.uid = user.uid;
  result.gid = user.gid;
  result.cpu = input.cpu;
  return result;
}

class Closer {
 public:
  Closer(const LinkInput& input, const entrypoint::Process& process)
      : input_(input),
        result_{process, linker::LinkMap(input.files, process.program, linker_environment(input, process))} {}

  LinkedProcess run() {
    add_roots();
    take_new_objects();
    // What a process may load that may run itself tells nothing more.
    if (result_.process.tier == Tier::possible) return std::move(result_);
    for (int round = 0; apply_rules(); ++round) {
      if (round == most_rounds || result_.cut) {
        result_.cut = true;
        break;
      }
    }
    note_configuration();
    return std::move(result_);
  }

 private:
  void add_roots();
  void take_new_objects();
  void add_nodes();
  void connect_needed(ObjectIndex object);
  bool apply_rules();
  void apply(const plugins::Candidate& candidate);
  void apply_object(const plugins::Candidate& candidate, NodeIndex from);
  std::optional<ObjectIndex> open(const std::string& name, ObjectIndex caller);
  [[nodiscard]] NodeIndex node_at(const std::string& path) const;
  [[nodiscard]] std::string accessed(const rootfs::Found& file) const;
  void refresh();
  void note_configuration();

  const LinkInput& input_;
  LinkedProcess result_;
  std::map<rootfs::FileId, ObjectIndex> objects_;
  std::map<std::pair<std::string, ObjectIndex>, std::optional<ObjectIndex>> opened_;
  std::vector<Tier> object_tiers_;
  std::vector<plugins::UsedFile> used_;
  plugins::NamedPaths named_;
  std::uint64_t seen_changes_ = 0;  // of the graph, when the two lists above were made
};

/// The path by which the command line led to the file.
std::string Closer::accessed(const rootfs::Found& file) const {
  const auto& process = result_.process;
  if (file.file == process.program.file && !process.invoked.empty()) return process.invoked;
  for (auto step = process.chain.rbegin(); step != process.chain.rend(); ++step) {
    const auto found = input_.files.find(step->path);
    if (found && found->file == file.file) return step->path;
  }
  return file.path;
}

void Closer::add_roots() {
  const auto& process = result_.process;
  auto from = no_node;
  const auto add = [&](const rootfs::Found& file, Use use) {
    const std::string_view via = from == no_node ? "program" : "shebang";
    Reason reason{process.tier, via, "", "", accessed(file)};
    from = from == no_node ? result_.graph.add_root(file, use, std::move(reason))
                           : result_.graph.connect(from, file, use, std::move(reason));
  };
  for (const auto& script : process.scripts) add(script, Use::source);
  add(process.program, Use::object);
}

/// Gives each object that the linker mapped since the last call its node and its reasons.
void Closer::take_new_objects() {
  while (result_.object_nodes.size() < result_.map.objects().size()) {
    const auto first = static_cast<ObjectIndex>(result_.object_nodes.size());
    add_nodes();
    const auto end = static_cast<ObjectIndex>(result_.object_nodes.size());
    for (auto index = first; index < end; ++index) connect_needed(index);  // which may map what was not found before
  }
  result_.cut |= result_.map.objects().size() > most_objects || result_.map.cut();
}

void Closer::add_nodes() {
  const auto& objects = result_.map.objects();
  for (auto index = static_cast<ObjectIndex>(result_.object_nodes.size()); index < objects.size(); ++index) {
    const auto& object = objects[index];
    objects_.try_emplace(object.file.file, index);
    auto node = result_.graph.find(object.file.file);
    if (node == no_node || (object.via != linker::Via::opened && object.via != linker::Via::program)) {
      const auto from = object.loader == no_object ? result_.object_nodes.front() : result_.object_nodes[object.loader];
      node = result_.graph.connect(from, object.file, Use::object,
                                   {Tier::certain, via_of(object), object.requested, object.how, object.search_path});
    }
    result_.object_nodes.push_back(node);
    result_.graph.at(node).assumed |= object.assumed;
    if (const auto* facts = input_.files.elf(object.file.file)) named_.add(input_.files, index, facts->path_strings);
  }
}

/// The linker tells the first object that asked for a library; the others count too, since one of them may be surer.
void Closer::connect_needed(ObjectIndex object) {
  const auto* facts = input_.files.elf(result_.map.objects()[object].file.file);
  if (facts == nullptr || result_.map.kind() == linker::Kind::none) return;
  for (const auto& name : facts->needed) {
    const auto found = result_.map.open(name, object);
    if (!found || *found >= result_.object_nodes.size()) continue;
    const auto& target = result_.map.objects()[*found];
    result_.graph.connect(result_.object_nodes[object], target.file, Use::object,
                          {Tier::certain, "DT_NEEDED", name, target.how, target.search_path});
  }
}

void Closer::refresh() {
  // An object may be new where its node is not: a file that a rule has named and the linker maps now.
  if (seen_changes_ == result_.graph.changes() && object_tiers_.size() == result_.object_nodes.size()) return;
  seen_changes_ = result_.graph.changes();
  object_tiers_.clear();
  for (const auto node : result_.object_nodes) object_tiers_.push_back(result_.graph.tier(node));
  used_.clear();
  for (const auto& node : result_.graph.nodes())
    if (node.use != Use::object) used_.push_back({node.file, node.use, node.reason.tier});
}

/// One round; false when nothing was learnt.
bool Closer::apply_rules() {
  const auto before = result_.graph.changes();
  for (const auto& rule : plugins::all_rules()) {
    refresh();
    const plugins::Context context{input_.files,  input_.config, result_.process, result_.map,
                                   object_tiers_, used_,         &named_};
    for (const auto& candidate : rule.rule(context)) {
      if (result_.cut) break;
      apply(candidate);
    }
  }
  return result_.graph.changes() != before;
}

/// What the program itself names, or its command line; libraries name the configuration of the whole system.
void Closer::note_configuration() {
  refresh();
  const plugins::Context context{input_.files,  input_.config, result_.process, result_.map,
                                 object_tiers_, used_,         &named_};
  for (auto& file : plugins::config_files(context)) {
    result_.configured.insert(file.named_by);
    if (file.named_by == result_.process.program.path) result_.configuration.push_back(std::move(file.path));
  }
}

NodeIndex Closer::node_at(const std::string& path) const {
  const auto found = input_.files.find(path);
  return found ? result_.graph.find(found->file) : no_node;
}

void Closer::apply(const plugins::Candidate& candidate) {
  auto from = node_at(candidate.from);
  if (from == no_node) from = result_.object_nodes.front();
  if (candidate.use == Use::object) return apply_object(candidate, from);
  const auto file = input_.files.find(candidate.name);
  if (!file) return;
  const auto node =
      result_.graph.connect(from, *file, candidate.use,
                            {candidate.tier, plugins::via_name(candidate.via), "", candidate.detail, candidate.name});
  if (result_.graph.tier(node) <= Tier::likely) result_.fired.insert(candidate.via);
  result_.cut |= result_.graph.nodes().size() > most_files;
}

std::optional<ObjectIndex> Closer::open(const std::string& name, ObjectIndex caller) {
  const auto [place, added] = opened_.try_emplace({name, caller});
  if (added) place->second = result_.map.open(name, caller);
  return place->second;
}

void Closer::apply_object(const plugins::Candidate& candidate, NodeIndex from) {
  const auto place = objects_.find(result_.graph.nodes()[from].file.file);
  const auto caller = place == objects_.end() ? 0 : place->second;
  auto index = open(candidate.name, caller);
  for (std::size_t i = 0; !index && i < candidate.alternatives.size(); ++i)
    index = open(candidate.alternatives[i], caller);
  if (!index) return;
  const auto& object = result_.map.objects()[*index];
  const auto node = result_.graph.connect(
      from, object.file, Use::object,
      {candidate.tier, plugins::via_name(candidate.via),
       object.requested.starts_with('/') ? std::string() : object.requested, candidate.detail, object.search_path});
  take_new_objects();
  if (node != from && result_.graph.tier(node) <= Tier::likely) result_.fired.insert(candidate.via);
}

}  // namespace

LinkedProcess close_process(const LinkInput& input, const entrypoint::Process& process) {
  return Closer(input, process).run();
}

std::vector<Executed> executed_by(const LinkedProcess& process) {
  std::vector<Executed> result;
  for (const auto& node : process.graph.nodes())
    if (node.use == Use::program)
      result.push_back({node.file, node.reason.accessed, node.reason.tier, process.process.user});
  return result;
}

}  // namespace imgslim::runtime
