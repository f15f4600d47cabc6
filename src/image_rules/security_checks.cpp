#include "image_rules/security_checks.h"

#include <algorithm>
#include <map>

#include "image_rules/package_checks.h"
#include "runtime/user.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using layer::EntryKind;
using tree::EntryId;
using tree::LayerIndex;

constexpr std::uint32_t set_id_bits = 06000, execute_bits = 0111, sticky_bit = 01000, other_write = 0002;

enum class Risk : std::uint8_t { none, set_id, writable };

Risk risk_of(EntryKind kind, std::uint32_t mode) {
  if (kind == EntryKind::regular && (mode & set_id_bits) != 0 && (mode & execute_bits) != 0) return Risk::set_id;
  if ((mode & other_write) == 0) return Risk::none;
  const bool open_directory = kind == EntryKind::directory && (mode & sticky_bit) == 0;
  return kind == EntryKind::regular || open_directory ? Risk::writable : Risk::none;
}

struct RiskyFiles {
  std::vector<FindingEvidence> evidence;
  bool all_of_packages = true;
};

ImageFinding finding_of(LayerIndex layer, Risk risk, RiskyFiles files) {
  ImageFinding finding;
  finding.layer = layer;
  const auto count = std::to_string(files.evidence.size()) + (files.evidence.size() == 1 ? " file" : " files");
  const auto first = ": /" + files.evidence.front().path;
  finding.message = "layer " + std::to_string(layer + 1) + " has " + count +
                    (risk == Risk::set_id ? " with setuid or setgid" : " or directories that every user may change") +
                    first;
  finding.advice = risk == Risk::set_id ? "chmod a-s in the same RUN, or leave the package out"
                                        : "chmod o-w in the same RUN, or COPY --chmod";
  if (files.all_of_packages) finding.severity = "info";
  if (files.evidence.size() == 1) finding.path = files.evidence.front().path;
  finding.evidence = std::move(files.evidence);
  return finding;
}

bool is_temporary(std::string_view path) {
  return path == "tmp" || path == "var/tmp" || path == "run/lock" || path.starts_with("tmp/") ||
         path.starts_with("var/tmp/");
}

/// "app:web" of a flag, variables expanded; "" when there is none or it is not known.
std::string owner_of(const rules::Facts& facts, const dockerfile::Instruction& instruction) {
  const auto* flag = instruction.flag("chown");
  if (!flag || !flag->value) return {};
  const auto text = facts.expanded({*flag->value, flag->value_span});
  return text.find('$') == std::string::npos ? text : std::string();
}

}  // namespace

std::vector<ImageFinding> check_modes(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  std::map<std::pair<LayerIndex, Risk>, RiskyFiles> found;
  tree::for_each_visible(tree, [&](tree::NodeId node, bool first_name) {
    const auto entry = tree.node(node).entry;
    if (!first_name || entry == tree::Node::implied) return;
    const auto inode = tree.inode_of(entry);
    const auto layer = tree.layer_of(inode);
    const auto risk = risk_of(tree.kind(node), tree.owner(inode).mode);
    if (risk == Risk::none || !image.is_mine(layer)) return;
    auto path = tree.path(node);
    if (is_temporary(path)) return;
    auto& files = found[{layer, risk}];
    files.all_of_packages = files.all_of_packages && image.owners.by_node[node] != attribution::no_package;
    files.evidence.push_back({std::move(path), tree.entry(inode).content_bytes});
  });
  std::vector<ImageFinding> findings;
  for (auto& [key, files] : found) {
    std::sort(files.evidence.begin(), files.evidence.end(),
              [](const FindingEvidence& a, const FindingEvidence& b) { return a.path < b.path; });
    findings.push_back(finding_of(key.first, key.second, std::move(files)));
  }
  return findings;
}

std::vector<ImageFinding> check_ssh_server(const CheckContext& context) {
  const auto& image = context.image;
  const auto names = context.words("names");
  std::vector<bool> wanted;
  for (const auto& package : image.owners.packages)
    wanted.push_back(std::find(names.begin(), names.end(), package.name) != names.end());
  auto findings = package_findings(context, wanted, Basis::measured);
  for (auto& finding : findings)
    finding.message = "an ssh server is installed: " + finding.evidence.front().path + " in layer " +
                      std::to_string(*finding.layer + 1);
  const auto& ports = image.info.config.exposed_ports;
  if (std::any_of(ports.begin(), ports.end(), [](const auto& port) { return port == "22" || port == "22/tcp"; })) {
    ImageFinding finding;
    finding.message = "the image exposes port 22, that of an ssh server";
    finding.keyword = "EXPOSE";
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_unknown_owner(const CheckContext& context) {
  const auto& image = context.image;
  std::vector<ImageFinding> findings;
  if (!image.dockerfile) return findings;
  const auto& file = *image.dockerfile->file;
  for (const auto* instruction : dockerfile::image_instructions(file, image.dockerfile->resolved)) {
    if (instruction->upper != "COPY" && instruction->upper != "ADD") continue;
    const auto owner = owner_of(*image.dockerfile, *instruction);
    if (owner.empty()) continue;
    const auto user = runtime::resolve_user(image.files, owner);
    if (user.unknown_user.empty() && user.unknown_group.empty()) continue;
    ImageFinding finding;
    finding.message = "--chown=" + owner + ": the image's " +
                      (user.unknown_user.empty() ? "/etc/group does not know " + user.unknown_group
                                                 : "/etc/passwd does not know " + user.unknown_user);
    finding.instruction = static_cast<std::uint32_t>(instruction - file.instructions.data());
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace imgslim::image_rules
