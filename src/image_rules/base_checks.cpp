// What else the image could stand on. The distroless and static what-ifs claim the visible files that no process uses
// in any tier, as long as the run-time closure knows what programs can open; what every image wants whoever runs in it
// (certificates, zone data, users) stays. They are estimates: nobody has tried.
#include "image_rules/base_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "attribution/content_class.h"
#include "core/byte_format.h"
#include "core/path.h"
#include "image_rules/entry_finding.h"
#include "image_rules/package_checks.h"
#include "rules/fields.h"
#include "rules/matcher.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

constexpr std::uint64_t least_saving = 1'000'000;

std::vector<std::string> split(const std::string& row) {
  std::istringstream stream(row);
  std::vector<std::string> fields;
  for (std::string field; stream >> field;) fields.push_back(field);
  return fields;
}

/// What every image has use for, or that is no part of its base.
bool stays(std::string_view path) {
  constexpr std::string_view kept[] = {
      "etc/ssl/certs",      "etc/passwd",         "etc/group",     "etc/nsswitch.conf",         "etc/os-release",
      "usr/lib/os-release", "usr/share/zoneinfo", "etc/localtime", "usr/share/ca-certificates", "etc/ld.so.cache"};
  return std::any_of(std::begin(kept), std::end(kept), [&](std::string_view place) { return is_within(path, place); });
}

/// Databases, caches and logs: another base has none of the package manager's.
bool is_left_by_package_managers(std::string_view path) {
  return attribution::is_package_database(path) || is_within(path, "var/cache") || is_within(path, "var/log") ||
         is_within(path, "var/lib/apt");
}

std::set<tree::EntryId> used_inodes(const ImageFacts& image) {
  std::set<tree::EntryId> used;
  for (const auto& file : image.closure.files) used.insert(file.file);
  return used;
}

/// Visible files of system packages, their databases and the base image that no process uses.
Claims unused_base(const ImageFacts& image) {
  const auto& tree = image.tree();
  const auto used = used_inodes(image);
  Claims claims;
  tree::for_each_visible(tree, [&](tree::NodeId node, bool first_name) {
    const auto entry = tree.node(node).entry;
    if (!first_name || entry == tree::Node::implied || tree.kind(node) == layer::EntryKind::directory) return;
    const auto inode = tree.inode_of(entry);
    const auto package = image.owners.by_node[node];
    const auto path = tree.path(node);
    const auto is_of_system = [&] {
      const auto& manager = image.owners.packages[package].manager;
      return manager == "deb" || manager == "apk" || manager == "rpm";
    };
    const bool removable = package != attribution::no_package
                               ? is_of_system()
                               : !image.is_mine(tree.layer_of(inode)) || is_left_by_package_managers(path);
    if (removable && !used.contains(inode) && !stays(path)) claims.whole(tree, inode);
  });
  return claims;
}

bool has_shell(const ImageFacts& image) {
  constexpr std::string_view programs[] = {"/bin/sh", "/usr/bin/dpkg", "/sbin/apk", "/usr/bin/rpm"};
  return std::any_of(std::begin(programs), std::end(programs),
                     [&](std::string_view path) { return image.files.find(path).has_value(); });
}

bool is_shell(std::string_view path) {
  constexpr std::string_view shells[] = {"sh", "bash", "dash", "ash", "busybox", "zsh", "ksh", "su", "env", "gosu"};
  return std::find(std::begin(shells), std::end(shells), base_name(path)) != std::end(shells);
}

/// Whether a process is a shell, or is started by one or by a script of one; possible ones count too.
bool needs_shell(const runtime::ProcessClosure& closure) {
  const auto& process = closure.process;
  if (is_shell(process.program.path) || !process.applet.empty()) return true;
  return std::any_of(process.chain.begin(), process.chain.end(), [](const entrypoint::Step& step) {
    return is_shell(step.path) || step.how.find("script") != std::string::npos ||
           step.how.find("shell") != std::string::npos;
  });
}

/// Whether nothing of the closure is a shell, as a process or as a program that another may execute.
bool runs_without_shell(const ImageFacts& image) {
  const auto& closure = image.closure;
  if (reach_of(image) == Reach::unknown || !closure.failures.empty() || !has_shell(image)) return false;
  if (std::any_of(closure.processes.begin(), closure.processes.end(), needs_shell)) return false;
  return std::none_of(closure.files.begin(), closure.files.end(), [](const runtime::UsedFile& file) {
    return file.use == plugins::Use::program && is_shell(file.path);
  });
}

bool is_static(const ImageFacts& image, const runtime::ProcessClosure& process) {
  const auto* facts = image.files.elf(process.process.program.file);
  return facts && facts->interpreter.empty() && process.objects.size() <= 1 && process.process.scripts.empty();
}

bool is_all_static(const ImageFacts& image) {
  const auto& processes = image.closure.processes;
  return std::all_of(processes.begin(), processes.end(),
                     [&](const auto& process) { return is_static(image, process); });
}

std::uint64_t payload_of(const ImageFacts& image) {
  std::uint64_t bytes = 0;
  for (tree::LayerIndex layer = 0; layer < image.tree().layer_count(); ++layer)
    bytes += image.tree().layer(layer).payload_bytes;
  return bytes;
}

/// Another way to build the image, with what it would be then.
std::vector<ImageFinding> what_if(const ImageFacts& image, const std::string& begin, const std::string& target) {
  ImageFinding finding;
  finding.claims = unused_base(image);
  const auto saved = finding.claims.sum().bytes, all = payload_of(image);
  if (saved < least_saving || saved > all) return {};
  finding.basis = Basis::estimated;
  finding.alternative = target;
  finding.as_traced = reach_of(image) == Reach::traced;
  finding.message = begin + ": on " + target + " about " + format_bytes(saved, Units::si) + " of the image's " +
                    format_bytes(all, Units::si) + " would not be there";
  finding.advice = "Copy the program into " + target + " in a last stage: COPY --from, and USER 65532.";
  return {std::move(finding)};
}

/// Distroless images have glibc.
bool is_musl(const ImageFacts& image, const runtime::ProcessClosure& process) {
  return std::any_of(process.objects.begin(), process.objects.end(), [&](runtime::UseIndex use) {
    return base_name(image.closure.files[use].path).starts_with("ld-musl-");
  });
}

/// The distroless image that has what the processes need beside the program; "" when they need different ones.
std::string family_of(const ImageFacts& image, const std::vector<std::string>& rows) {
  std::string family;
  for (const auto& process : image.closure.processes) {
    std::string own;
    if (is_musl(image, process)) return {};
    for (const auto& row : rows) {
      const auto space = row.rfind(' ');
      if (own.empty() && space != std::string::npos && process.runtime.starts_with(row.substr(0, space)))
        own = row.substr(space + 1);
    }
    if (own.empty()) own = process.runtime == "native" ? "base" : "";
    if (own == "base" || own == "cc") {
      const bool is_cxx = std::any_of(process.objects.begin(), process.objects.end(), [&](runtime::UseIndex use) {
        const auto name = base_name(image.closure.files[use].path);
        return name.starts_with("libstdc++") || name.starts_with("libgcc_s") || name.starts_with("libgomp");
      });
      own = is_cxx ? "cc" : "base";
    }
    if (own.empty() || (!family.empty() && family != own)) return {};
    family = own;
  }
  return family;
}

/// NAME=value of os-release(5), quotes gone.
std::string release_field(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != '=') continue;
    auto value = line.substr(name.size() + 1);
    while (!value.empty() && (value.front() == '"' || value.front() == '\'')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '"' || value.back() == '\'' || value.back() == '\r'))
      value.remove_suffix(1);
    return std::string(value);
  }
  return {};
}

/// "3.18.4" is of the release "3.18", "12" of "12".
bool is_of_release(std::string_view version, std::string_view release) {
  return version == release || (version.starts_with(release) && version[release.size()] == '.');
}

}  // namespace

std::vector<ImageFinding> check_slimmer_variant(const CheckContext& context) {
  const auto& image = context.image;
  if (!image.dockerfile || image.base.layers == 0 || !image.dockerfile->resolved.target()) return {};
  const auto& facts = *image.dockerfile;
  const auto& step = facts.plain.steps[facts.stages[*facts.resolved.target()].from];
  const auto names = rules::field_values(facts, step, "image.name.expanded");
  const auto tags = rules::field_values(facts, step, "image.tag.expanded");
  const auto tag = tags.empty() ? std::string("latest") : tags.front();
  const bool is_slim = tag.find("slim") != std::string::npos || tag.find("alpine") != std::string::npos;
  if (names.size() != 1 || is_slim) return {};
  std::uint64_t base_bytes = 0;
  for (tree::LayerIndex layer = 0; layer < image.base.layers; ++layer)
    base_bytes += image.tree().layer(layer).payload_bytes;
  for (const auto& row : context.words("variants")) {
    const auto fields = split(row);
    std::string problem;
    if (fields.size() != 4 || base_name(names.front()) != fields[0]) continue;
    const auto pattern = rules::Pattern::compile(fields[1], problem);
    if (!pattern || !pattern->matches(tag)) continue;
    const auto slim_bytes = std::stoull(fields[3]) * 1'000'000;
    if (base_bytes < slim_bytes + least_saving) return {};
    ImageFinding finding;
    finding.message = "the base image has " + format_bytes(base_bytes, Units::si) + " unpacked, its variant " +
                      fields[2] + " about " + format_bytes(slim_bytes, Units::si);
    return {std::move(finding)};
  }
  return {};
}

std::vector<ImageFinding> check_build_environment(const CheckContext& context) {
  const auto& image = context.image;
  const auto reach = reach_of(image);
  if (reach == Reach::unknown) return {};
  ImageFinding finding;
  finding.claims = unused_base(image);
  finding.basis = Basis::estimated;
  finding.alternative = "scratch";
  finding.as_traced = reach == Reach::traced;
  if (!is_large_enough(context, finding, least_saving)) return {};
  return {std::move(finding)};
}

std::vector<ImageFinding> check_copied_unused(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  const auto reach = reach_of(image);
  if (reach == Reach::unknown) return {};
  const auto used = used_inodes(image);
  std::map<tree::LayerIndex, std::set<tree::EntryId>> unused;
  tree::for_each_visible(tree, [&](tree::NodeId node, bool) {
    const auto entry = tree.node(node).entry;
    if (entry == tree::Node::implied || tree.kind(node) == layer::EntryKind::directory) return;
    const auto inode = tree.inode_of(entry);
    const auto layer = tree.layer_of(inode);
    if (image.is_mine(layer) && image.step_of(layer).kind == "COPY" && !used.contains(inode))
      unused[layer].insert(inode);
  });
  std::vector<ImageFinding> findings;
  for (const auto& [layer, inodes] : unused) {
    auto finding = entry_finding(image, layer, {inodes.begin(), inodes.end()});
    finding.basis = Basis::estimated;
    finding.as_traced = reach == Reach::traced;
    if (is_large_enough(context, finding)) findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_distroless(const CheckContext& context) {
  const auto& image = context.image;
  if (!runs_without_shell(image) || is_all_static(image)) return {};
  const auto family = family_of(image, context.words("families"));
  if (family.empty()) return {};
  return what_if(image, "nothing at run time needs the shell or the package manager", "distroless/" + family);
}

std::vector<ImageFinding> check_static_program(const CheckContext& context) {
  const auto& image = context.image;
  if (!runs_without_shell(image) || !is_all_static(image)) return {};
  return what_if(image, "/" + image.closure.processes.front().process.program.path.substr(1) + " is linked statically",
                 "distroless/static");
}

std::vector<ImageFinding> check_release_end(const CheckContext& context) {
  const auto& image = context.image;
  if (image.today.empty()) return {};
  auto text = image.files.text_at("/etc/os-release");
  if (!text) text = image.files.text_at("/usr/lib/os-release");
  if (!text) return {};
  const auto id = release_field(*text, "ID"), version = release_field(*text, "VERSION_ID");
  for (const auto& row : context.words("ends")) {
    const auto fields = split(row);
    if (fields.size() != 3 || fields[0] != id || !is_of_release(version, fields[1]) || fields[2] >= image.today)
      continue;
    ImageFinding finding;
    finding.message = id + " " + fields[1] + " has had no updates since " + fields[2];
    finding.evidence.push_back({"etc/os-release", 0});
    return {std::move(finding)};
  }
  return {};
}

}  // namespace imgslim::image_rules
