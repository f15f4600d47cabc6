// Who the container runs as, and whether that fits the image.
#include "runtime/finding_rules.h"

namespace imgslim::runtime {
namespace {

Finding about_config(Severity severity, std::string message, std::string instruction = "USER") {
  Finding finding;
  finding.instruction = std::move(instruction);
  finding.severity = severity;
  finding.message = std::move(message);
  return finding;
}

/// A root file system has no config: nothing says who runs it.
bool has_config(const FindingInput& input) {
  return !input.config.entrypoint.empty() || !input.config.cmd.empty() || !input.config.env.empty() ||
         !input.config.user.empty();
}

/// The directory at a path, with who may write to it; nothing for directories that no layer states.
const layer::Ownership* ownership(const FindingInput& input, std::string_view path) {
  const auto& tree = input.files.tree();
  const auto node = tree.resolve(path);
  if (node == tree::Node::none || tree.kind(node) != layer::EntryKind::directory) return nullptr;
  const auto entry = tree.node(node).entry;
  if (entry == tree::Node::implied) return nullptr;
  return &tree.home(entry).owners[tree.entry(entry).owner];
}

bool may_write(const layer::Ownership& owner, const User& user) {
  constexpr std::uint32_t owner_write = 0200, group_write = 0020, other_write = 0002;
  if (user.uid == 0) return true;
  if (owner.uid == user.uid) return (owner.mode & owner_write) != 0;
  if (owner.gid == user.gid) return (owner.mode & group_write) != 0;
  return (owner.mode & other_write) != 0;
}

}  // namespace

std::vector<Finding> unknown_user(const FindingInput& input) {
  std::vector<Finding> result;
  if (!input.user.unknown_user.empty())
    result.push_back(
        about_config(Severity::error, "USER " + input.user.unknown_user +
                                          " is not in the image's /etc/passwd, so no container starts: create it, or "
                                          "state a numeric id"));
  if (!input.user.unknown_group.empty())
    result.push_back(
        about_config(Severity::error, "the group " + input.user.unknown_group +
                                          " of USER is not in the image's /etc/group, so no container starts: create "
                                          "it, or state a numeric id"));
  return result;
}

std::vector<Finding> runs_as_root(const FindingInput& input) {
  if (!has_config(input) || input.user.uid != 0 || !input.user.unknown_user.empty()) return {};
  return {about_config(Severity::warning, "the container runs as root: state a USER with a numeric id")};
}

std::vector<Finding> user_by_name(const FindingInput& input) {
  if (input.user.numeric || input.user.uid == 0) return {};
  return {about_config(Severity::info, "USER " + input.config.user +
                                           " is a name, which Kubernetes cannot check for runAsNonRoot: state " +
                                           std::to_string(input.user.uid))};
}

std::vector<Finding> volume_not_writable(const FindingInput& input) {
  std::vector<Finding> result;
  for (const auto& volume : input.config.volumes) {
    const auto* owner = ownership(input, volume);
    if (owner == nullptr || may_write(*owner, input.user)) continue;
    auto finding = about_config(Severity::info,
                                "the volume " + volume + " is not writable for user " + std::to_string(input.user.uid) +
                                    ": COPY --chown or chown it before VOLUME",
                                "VOLUME");
    finding.path = volume;
    finding.evidence.push_back({volume, 0});
    result.push_back(std::move(finding));
  }
  return result;
}

}  // namespace imgslim::runtime
