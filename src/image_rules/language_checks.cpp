// Facts of the layer pass (bytecode headers, build settings of Go, sizes of ELF sections) and of package lists, put to
// the question what of them the program could do without.
#include "image_rules/language_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "core/path.h"
#include "image_rules/entry_finding.h"
#include "image_rules/package_checks.h"
#include "rules/matcher.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using tree::EntryId;
using tree::LayerIndex;

/// A file with what of it could go.
struct Part {
  EntryId entry = 0;
  std::uint64_t bytes = 0, packed_bytes = 0;  ///< as of Claims::part
};

/// One finding a layer, the largest parts first, when a layer has as much as "min_bytes".
std::vector<ImageFinding> findings_of(const CheckContext& context, std::map<LayerIndex, std::vector<Part>>&& layers) {
  const auto& tree = context.image.tree();
  std::vector<ImageFinding> findings;
  for (auto& [layer, parts] : layers) {
    std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.bytes > b.bytes; });
    ImageFinding finding;
    finding.layer = layer;
    for (const auto& part : parts) {
      finding.claims.part(tree, part.entry, part.bytes, part.packed_bytes);
      if (finding.evidence.size() < most_evidence_files)
        finding.evidence.push_back({tree.entry_path(part.entry), part.bytes});
    }
    if (parts.size() == 1) finding.path = finding.evidence.front().path;
    if (is_large_enough(context, finding)) findings.push_back(std::move(finding));
  }
  return findings;
}

/// Calls visit(EntryId, LayerIndex, const Fact&) for the facts of visible files in the author's layers.
template <typename Fact, typename Visit>
void for_each_fact(const ImageFacts& image, std::vector<Fact> layer::Layer::*facts, Visit visit) {
  const auto& tree = image.tree();
  for (LayerIndex layer = image.base.layers; layer < tree.layer_count(); ++layer)
    for (const auto& fact : tree.layer(layer).*facts) {
      const auto id = tree.id_of(layer, fact.entry);
      if (tree.fate(id).fate == tree::Fate::visible) visit(id, layer, fact);
    }
}

/// "cpython-311" and whether it is an optimized variant, of "…/__pycache__/x.cpython-311.opt-1.pyc".
struct BytecodeName {
  std::string source;  ///< path of the module it is of
  std::string tag;
  bool optimized = false;
};

std::optional<BytecodeName> read_bytecode_name(std::string_view path) {
  const auto folder = parent_path(path);
  if (base_name(folder) != "__pycache__" || !path.ends_with(".pyc")) return std::nullopt;
  auto name = base_name(path);
  name.remove_suffix(4);
  BytecodeName parts;
  if (const auto optimized = name.rfind(".opt-"); optimized != std::string_view::npos) {
    parts.optimized = true;
    name = name.substr(0, optimized);
  }
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  parts.tag = name.substr(dot + 1);
  parts.source = join_path(parent_path(folder), std::string(name.substr(0, dot)) + ".py");
  return parts;
}

/// "311" of every lib/python3.11 directory with the standard library in it.
std::set<std::string> python_versions(const ImageFacts& image) {
  std::set<std::string> versions;
  for (const auto* root : {"/usr/lib", "/usr/local/lib", "/opt/conda/lib", "/lib64", "/usr/lib64"})
    for (const auto& name : image.files.list(root)) {
      if (!name.starts_with("python3.")) continue;
      if (!image.files.find(std::string(root) + '/' + name + "/os.py")) continue;
      versions.insert("3" + name.substr(8));
    }
  return versions;
}

/// Object files and kernel modules are useless without their symbols.
bool is_object_file(const ImageFacts& image, EntryId entry) {
  const auto* elf = image.files.elf(entry);
  return elf != nullptr && elf->type == elf::FileType::relocatable;
}

/// The directory of the outermost node_modules that holds the path.
std::string_view modules_root(std::string_view path) {
  constexpr std::string_view folder = "node_modules/";
  if (path.starts_with(folder)) return {};
  const auto at = path.find("/node_modules/");
  return path.substr(0, std::min(at, path.size()));
}

}  // namespace

std::vector<ImageFinding> check_bytecode_copies(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  const auto versions = python_versions(image);
  if (versions.empty()) return {};
  std::map<LayerIndex, std::vector<Part>> layers;
  for_each_fact(image, &layer::Layer::bytecode, [&](EntryId id, LayerIndex layer, const auto&) {
    const auto name = read_bytecode_name(tree.entry_path(id));
    constexpr std::string_view prefix = "cpython-";
    if (!name || !name->tag.starts_with(prefix)) return;
    const bool foreign = !versions.contains(name->tag.substr(prefix.size()));
    if (foreign || name->optimized) layers[layer].push_back({id, tree.entry(id).content_bytes});
  });
  return findings_of(context, std::move(layers));
}

std::vector<ImageFinding> check_broken_environments(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  std::vector<ImageFinding> findings;
  for_each_fact(image, &layer::Layer::runtime_texts, [&](EntryId id, LayerIndex layer, const auto&) {
    const auto path = tree.entry_path(id);
    if (base_name(path) != "pyvenv.cfg") return;
    const auto python = join_path(parent_path(path), "bin/python");
    const auto node = tree.resolve_parent(python);
    if (node == tree::Node::none || tree.kind(node) != layer::EntryKind::symlink ||
        tree.resolve(python) != tree::Node::none)
      return;
    ImageFinding finding;
    finding.layer = layer;
    finding.path = path;
    finding.message = "the virtual environment's interpreter is not in the image: /" + python + " points to " +
                      std::string(tree.raw_link_target(node));
    finding.evidence.push_back({path, tree.entry(id).content_bytes});
    findings.push_back(std::move(finding));
  });
  return findings;
}

std::vector<ImageFinding> check_cuda(const CheckContext& context) {
  const auto& image = context.image;
  std::string problem;
  const auto wheels =
      rules::Pattern::compile("^(nvidia-.*-cu[0-9]+|triton|nvidia-(cuda|cudnn|nccl|cublas).*)$", problem);
  std::vector<bool> wanted;
  for (const auto& package : image.owners.packages)
    wanted.push_back(wheels && package.manager == "pip" && wheels->matches(package.name));
  const bool installed =
      image.files.is_directory("/usr/local/cuda/lib64") || image.files.is_directory("/usr/local/cuda/targets");
  const auto& environment = image.info.config.env;
  const bool uses_gpu = std::any_of(environment.begin(), environment.end(), [](const std::string& variable) {
    return variable.starts_with("NVIDIA_VISIBLE_DEVICES=") || variable.starts_with("NVIDIA_DRIVER_CAPABILITIES=");
  });
  if (uses_gpu && !installed) return {};
  auto findings = package_findings(context, wanted, Basis::estimated);
  for (auto& finding : findings)
    finding.message = installed ? "CUDA is there twice: as wheels, and in /usr/local/cuda"
                                : "wheels of CUDA libraries, though the image states no use of a GPU";
  return findings;
}

std::vector<ImageFinding> check_npm_versions(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  // Root of the tree and name ▸ package ▸ bytes; a package is known by the directory of its package.json.
  std::map<std::pair<std::string, std::string>, std::map<attribution::PackageIndex, std::uint64_t>> groups;
  std::map<attribution::PackageIndex, std::vector<EntryId>> inodes;
  tree::for_each_visible(tree, [&](tree::NodeId node, bool first_name) {
    const auto entry = tree.node(node).entry;
    const auto owner = image.owners.by_node[node];
    if (!first_name || entry == tree::Node::implied || owner == attribution::no_package) return;
    const auto& package = image.owners.packages[owner];
    const auto inode = tree.inode_of(entry);
    if (package.manager != "npm" || tree.entry(inode).content_bytes == 0 || !image.is_mine(tree.layer_of(inode)))
      return;
    groups[{std::string(modules_root(tree.path(node))), package.name}][owner] += tree.entry(inode).content_bytes;
    inodes[owner].push_back(inode);
  });
  ImageFinding finding;
  finding.basis = Basis::estimated;
  for (const auto& [key, members] : groups) {
    std::set<std::string> versions;
    attribution::PackageIndex largest = members.begin()->first;
    for (const auto& [owner, bytes] : members) {
      versions.insert(image.owners.packages[owner].version);
      if (bytes > members.at(largest)) largest = owner;
    }
    if (versions.size() < 2) continue;
    std::uint64_t extra = 0;
    for (const auto& [owner, bytes] : members) {
      if (owner == largest) continue;
      extra += bytes;
      for (const auto inode : inodes[owner]) finding.claims.whole(tree, inode);
      finding.layer = std::max(finding.layer.value_or(0), image.owners.packages[owner].layer.value_or(0));
    }
    finding.evidence.push_back({key.second + " in " + std::to_string(versions.size()) + " versions", extra});
  }
  rank_evidence(finding.evidence);
  if (!is_large_enough(context, finding)) return {};
  return {std::move(finding)};
}

std::vector<ImageFinding> check_go_symbols(const CheckContext& context) {
  const auto& image = context.image;
  // Go's linker compresses debug information (since 1.11).
  std::map<EntryId, Part> parts;
  for_each_fact(image, &layer::Layer::elf, [&](EntryId id, LayerIndex, const layer::ElfFile& elf) {
    parts[id] = {id, elf.debug_bytes + elf.symbol_bytes, elf.debug_bytes};
  });
  std::map<LayerIndex, std::vector<Part>> layers;
  for_each_fact(image, &layer::Layer::go_programs, [&](EntryId id, LayerIndex layer, const auto&) {
    if (parts[id].bytes > 0 && !is_of_system_package(image, id)) layers[layer].push_back(parts[id]);
  });
  return findings_of(context, std::move(layers));
}

std::vector<ImageFinding> check_go_paths(const CheckContext& context) {
  const auto& image = context.image;
  std::vector<ImageFinding> findings;
  for_each_fact(image, &layer::Layer::go_programs, [&](EntryId id, LayerIndex layer, const layer::GoProgram& program) {
    if (!program.settings.known || program.settings.trimpath || is_of_system_package(image, id)) return;
    ImageFinding finding;
    finding.layer = layer;
    finding.path = image.tree().entry_path(id);
    finding.evidence.push_back({finding.path, image.tree().entry(id).content_bytes});
    findings.push_back(std::move(finding));
  });
  return findings;
}

std::vector<ImageFinding> check_elf_symbols(const CheckContext& context) {
  const auto& image = context.image;
  std::unordered_set<EntryId> go;
  for_each_fact(image, &layer::Layer::go_programs, [&](EntryId id, LayerIndex, const auto&) { go.insert(id); });
  std::map<LayerIndex, std::vector<Part>> layers;
  for_each_fact(image, &layer::Layer::elf, [&](EntryId id, LayerIndex layer, const layer::ElfFile& elf) {
    const auto bytes = elf.debug_bytes + elf.symbol_bytes;
    const bool is_asked = bytes > 0 && !go.contains(id) && !is_object_file(image, id);
    if (is_asked && !is_of_system_package(image, id)) layers[layer].push_back({id, bytes});
  });
  return findings_of(context, std::move(layers));
}

}  // namespace imgslim::image_rules
