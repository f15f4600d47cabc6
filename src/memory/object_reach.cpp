#include "memory/object_reach.h"

#include <string_view>

namespace imgslim::memory {
namespace {

using runtime::UseIndex;

class Reach {
 public:
  Reach(const runtime::Closure& closure, const tree::MergedTree& tree, const attribution::PackageOwners& owners)
      : closure_(closure) {
    for (const auto& file : closure.files) {
      const bool is_object = file.use == plugins::Use::object;  // no other file's source is asked for
      const auto owner = is_object ? attribution::owner_of(owners, tree, file.path) : attribution::no_package;
      sources_.push_back(owner == attribution::no_package ? std::string_view() : owners.packages[owner].source);
    }
  }

  /// Follows the reasons towards the program as long as they stay in one source package; a chain has at most as many
  /// steps as there are files.
  [[nodiscard]] bool is_indirect(UseIndex index) const {
    for (std::size_t steps = 0; steps < closure_.files.size() && !is_chosen(index); ++steps) {
      const auto from = closure_.files[index].from;
      if (is_own(from)) return false;
      if (sources_[from] != sources_[index]) return true;
      index = from;
    }
    return false;
  }

 private:
  /// By a module's rule, by the kernel, by an environment variable: not because another object needs it.
  [[nodiscard]] bool is_chosen(UseIndex index) const {
    const auto& file = closure_.files[index];
    return file.via != "DT_NEEDED" || file.from == runtime::no_use;
  }

  [[nodiscard]] bool is_own(UseIndex index) const {
    if (is_chosen(index)) return true;
    for (const auto process : closure_.files[index].processes) {
      const auto& objects = closure_.processes[process].objects;
      if (!objects.empty() && sources_[objects.front()] == sources_[index]) return true;
    }
    return false;
  }

  const runtime::Closure& closure_;
  std::vector<std::string_view> sources_;  ///< by UseIndex, "" for what no package owns
};

}  // namespace

std::vector<bool> indirect_objects(const runtime::Closure& closure, const tree::MergedTree& tree,
                                   const attribution::PackageOwners& owners) {
  const Reach reach(closure, tree, owners);
  std::vector<bool> result;
  for (UseIndex i = 0; i < closure.files.size(); ++i) result.push_back(reach.is_indirect(i));
  return result;
}

}  // namespace imgslim::memory
