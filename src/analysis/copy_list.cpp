// From the closure to a list of paths that a COPY can name. A library is copied by the path through which the linker
// opens it: /lib64/ld-linux-x86-64.so.2 stands in the program, libz.so.1 is what is searched, and a COPY of a symlink
// gives a plain file. Interpreted code is copied by directory: those of the packages that the program surely imports
// from, or the one that an unpackaged source stands in. Directories that everybody uses (/usr/lib, /etc …) are never
// copied whole. Symlinks inside a copied directory stay symlinks, so what they lead to is copied as well.
#include "analysis/copy_list.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "core/path.h"
#include "plugins/application_archives.h"

namespace imgslim::analysis {
namespace {

using attribution::no_package;
using attribution::PackageIndex;
using layer::EntryKind;
using plugins::Use;
using tree::Node;
using tree::NodeId;

constexpr std::size_t most_directories = 10'000;

/// Directories, as clean paths, that many packages share.
bool is_shared(std::string_view directory) {
  constexpr std::array<std::string_view, 34> shared = {"",
                                                       "bin",
                                                       "sbin",
                                                       "lib",
                                                       "lib64",
                                                       "etc",
                                                       "opt",
                                                       "var",
                                                       "var/lib",
                                                       "tmp",
                                                       "home",
                                                       "root",
                                                       "run",
                                                       "srv",
                                                       "usr",
                                                       "usr/bin",
                                                       "usr/sbin",
                                                       "usr/lib",
                                                       "usr/lib64",
                                                       "usr/libexec",
                                                       "usr/share",
                                                       "usr/local",
                                                       "dev",
                                                       "usr/local/bin",
                                                       "usr/local/lib",
                                                       "usr/local/sbin",
                                                       "usr/local/etc",
                                                       "usr/share/perl5",
                                                       "proc",
                                                       "sys",
                                                       "usr/share/java",
                                                       "usr/share/nodejs",
                                                       "usr/lib/python3",
                                                       "usr/lib/ruby"};
  if (std::find(shared.begin(), shared.end(), directory) != shared.end()) return true;
  const auto name = base_name(directory);
  if (name == "dist-packages" || name == "site-packages" || name == "node_modules" || name == "vendor_ruby")
    return true;
  return name.find("-linux-") != std::string_view::npos && base_name(parent_path(directory)).starts_with("lib");
}

/// What no program reads to run.
bool is_documentation(std::string_view path) {
  for (const auto* directory :
       {"usr/share/doc", "usr/share/man", "usr/share/lintian", "usr/share/bug", "usr/share/gdb", "usr/share/locale"})
    if (is_within(path, directory)) return true;
  return false;
}

/// Whether what is found this way is code of an interpreter or a virtual machine.
bool is_interpreted(const runtime::UsedFile& file) {
  using plugins::Via;
  if (file.use == Use::source) return true;
  for (const auto via : {Via::python_module, Via::perl_module, Via::ruby_library, Via::node_module, Via::java_runtime,
                         Via::dotnet_runtime, Via::r_library, Via::lua_module, Via::tcl_package})
    if (file.via == plugins::via_name(via)) return true;
  return false;
}

/// "/etc/nsswitch.conf" of "/etc/nsswitch.conf:9".
std::string_view named_file(std::string_view detail) { return detail.substr(0, detail.find_first_of(":, ")); }

class CopyList {
 public:
  explicit CopyList(const Analysis& analysis) : analysis_(analysis), files_(analysis.files), tree_(analysis.tree) {}

  void add(Tier limit) {
    for (const auto& file : analysis_.closure.files)
      if (file.tier <= limit) add_used(file);
    for (const auto& process : analysis_.closure.processes) {
      if (process.process.tier > limit) continue;
      for (const auto& step : process.process.chain)
        if (!is_tied_to_its_place(process.process.program) || !leads_to(step.path, process.process.program))
          add_file(step.path, no_package);
      for (const auto& path : process.configuration) add_file(path, no_package);
    }
    add_package_directories();
    follow_links();
  }

  std::vector<CopyGroup> groups() &&;

 private:
  /// What a path is opened by, without "..", as long as that leads to the same file.
  [[nodiscard]] std::string opened_path(const runtime::UsedFile& file) const {
    if (file.from == runtime::no_use && is_tied_to_its_place({Node::none, file.file, file.path}))
      return clean_path(file.path).text;
    const auto path = clean_path(file.accessed).text;
    const auto found = files_.find(path);
    const bool same = file.accessed.starts_with('/') && found && found->file == file.file;
    return same ? path : clean_path(file.path).text;
  }

  /// Whether a program finds its libraries from where it really stands: a plain file in a symlink's place would not.
  [[nodiscard]] bool is_tied_to_its_place(const rootfs::Found& program) const {
    const auto* elf = files_.elf(program.file);
    if (elf == nullptr) return false;
    const auto& path = elf->runpath ? elf->runpath : elf->rpath;
    return path && path->find("ORIGIN") != std::string::npos;
  }

  [[nodiscard]] bool leads_to(const std::string& path, const rootfs::Found& program) const {
    const auto found = files_.find(path);
    return found && found->file == program.file;
  }

  void add_used(const runtime::UsedFile& file) {
    const auto owner = owner_at(clean_path(file.path).text);
    if (is_interpreted(file)) {
      // An archive is whole by itself: what else its package has are other archives and lists for builds.
      if (owner != no_package && !plugins::is_java_archive(file.path)) reached_.insert(owner);
      add_directory(std::string(parent_path(clean_path(file.path).text)), owner);
    }
    add_file(opened_path(file), owner);
    if (file.detail.starts_with('/')) add_file(named_file(file.detail), no_package);
    if (file.detail.find("ld.so.cache") != std::string::npos) add_file("etc/ld.so.cache", no_package);
  }

  void add_file(std::string_view path, PackageIndex owner) {
    const auto clean = clean_path(path).text;
    if (const auto found = files_.find(clean))
      paths_.try_emplace(clean, owner != no_package ? owner : owner_at(clean_path(found->path).text));
  }

  /// Adds a directory, or its parent when that holds other names of it ("5.36 -> 5.36.0"), unless it is everybody's.
  /// Returns what is new.
  std::optional<std::string> add_directory(std::string path, PackageIndex owner) {
    if (is_shared(path) || is_documentation(path) || directories_.size() >= most_directories) return std::nullopt;
    const auto node = tree_.find(path);
    if (node == Node::none) return std::nullopt;
    const auto parent = std::string(parent_path(path));
    if (!is_shared(parent) && has_other_name(parent, node)) path = parent;
    if (!directories_.try_emplace(path, owner).second) return std::nullopt;
    return path;
  }

  [[nodiscard]] bool has_other_name(const std::string& parent, NodeId directory) const {
    for (auto id = tree_.node(tree_.find(parent)).first_child; id != Node::none; id = tree_.node(id).next_sibling)
      if (tree_.is_visible(id) && tree_.kind(id) == EntryKind::symlink && tree_.resolve(tree_.path(id)) == directory)
        return true;
    return false;
  }

  void add_package_directories() {
    if (reached_.empty()) return;
    for_each_below(MergedTree::root, [&](NodeId id) {
      const auto owner = analysis_.owners.by_node[id];
      if (owner != no_package && reached_.contains(owner) && tree_.kind(id) == EntryKind::regular)
        add_directory(std::string(parent_path(tree_.path(id))), owner);
    });
  }

  /// Adds what symlinks in the copied directories lead to, until nothing is new.
  void follow_links() {
    std::vector<std::string> open;
    for (const auto& [path, owner] : directories_) open.push_back(path);
    while (!open.empty()) {
      const auto top = tree_.find(open.back());
      const auto owner = directories_.find(open.back())->second;
      open.pop_back();
      for_each_below(top, [&](NodeId id) {
        if (tree_.kind(id) != EntryKind::symlink) return;
        const auto target = tree_.link_target(id);
        if (is_covered(target)) return;
        if (!files_.is_directory(target)) return add_file(target, no_package);
        auto added = add_directory(clean_path(files_.canonical(target).value_or("")).text, owner);
        if (added) open.push_back(std::move(*added));
      });
    }
  }

  /// Whether a copied directory holds the path.
  [[nodiscard]] bool is_covered(std::string_view path) const {
    for (auto directory = parent_path(path); !directory.empty(); directory = parent_path(directory))
      if (directories_.find(std::string(directory)) != directories_.end()) return true;
    return false;
  }

  template <typename Visit>
  void for_each_below(NodeId top, Visit visit) const {
    std::vector<NodeId> open{top};
    while (!open.empty()) {
      const auto directory = open.back();
      open.pop_back();
      for (auto id = tree_.node(directory).first_child; id != Node::none; id = tree_.node(id).next_sibling) {
        if (!tree_.is_visible(id)) continue;
        visit(id);
        if (tree_.node(id).first_child != Node::none) open.push_back(id);
      }
    }
  }

  [[nodiscard]] PackageIndex owner_at(const std::string& path) const {
    return attribution::owner_of(analysis_.owners, tree_, path);
  }

  /// Visible bytes below a directory, each inode once over the whole list.
  std::uint64_t directory_bytes(const std::string& path) {
    std::uint64_t bytes = 0;
    for_each_below(tree_.find(path), [&](NodeId id) {
      if (tree_.kind(id) == EntryKind::directory || tree_.node(id).entry == Node::implied) return;
      const auto inode = tree_.inode_of(tree_.node(id).entry);
      if (counted_.insert(inode).second) bytes += tree_.entry(inode).content_bytes;
    });
    return bytes;
  }

  using MergedTree = tree::MergedTree;
  const Analysis& analysis_;
  const rootfs::FileSystem& files_;
  const MergedTree& tree_;
  std::map<std::string, PackageIndex> paths_, directories_;  ///< clean paths
  std::set<PackageIndex> reached_;                           ///< packages of interpreted code
  std::set<tree::EntryId> counted_;
};

std::vector<CopyGroup> CopyList::groups() && {
  std::map<std::string, CopyGroup> by_package;
  const auto group = [&](PackageIndex owner) -> CopyGroup& {
    if (owner == no_package) return by_package[""];
    const auto& package = analysis_.owners.packages[owner];
    return by_package[package.manager + " " + package.name];
  };
  for (const auto& [path, owner] : directories_) {
    if (is_covered(path)) continue;
    group(owner).visible_bytes += directory_bytes(path);
    group(owner).paths.push_back("/" + path + "/");
  }
  for (const auto& [path, owner] : paths_) {
    if (is_covered(path)) continue;
    group(owner).paths.push_back("/" + path);
    const auto file = files_.find(path)->file;
    if (counted_.insert(file).second) group(owner).visible_bytes += files_.size_bytes(file);
  }
  std::vector<CopyGroup> groups;
  for (auto& [name, one] : by_package) {
    one.package = name;
    std::sort(one.paths.begin(), one.paths.end());
    if (!name.empty()) groups.push_back(std::move(one));
  }
  if (const auto rest = by_package.find(""); rest != by_package.end()) groups.push_back(std::move(rest->second));
  return groups;
}

}  // namespace

std::vector<CopyGroup> copy_groups(const Analysis& analysis, Tier limit) {
  CopyList list(analysis);
  list.add(limit);
  return std::move(list).groups();
}

}  // namespace imgslim::analysis
