// What keeps programs from being linked. Only objects that are likely or surer to be mapped count.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "core/path.h"
#include "runtime/finding_rules.h"

namespace imgslim::runtime {
namespace {

/// What is certain to be mapped fails at start; the rest when it is used.
Severity severity_of(Tier tier) { return tier == Tier::certain ? Severity::error : Severity::warning; }

std::string joined(const std::vector<std::string>& words, std::string_view separator, std::size_t most) {
  std::string result;
  for (std::size_t i = 0; i < words.size() && i < most; ++i)
    result += (i == 0 ? "" : std::string(separator)) + words[i];
  if (words.size() > most) result += std::string(separator) + "and " + std::to_string(words.size() - most) + " more";
  return result;
}

Finding about(const std::string& path, Tier tier, std::string message) {
  Finding finding;
  finding.severity = severity_of(tier);
  finding.path = path;
  finding.message = std::move(message);
  finding.evidence.push_back({path, 0});
  return finding;
}

/// Rows of a process that the linker maps and that are likely or surer, with their facts.
struct MappedFile {
  const UsedFile& row;
  const elf::ElfFacts& facts;
};

std::vector<MappedFile> mapped_files(const FindingInput& input, const ProcessClosure& process) {
  std::vector<MappedFile> result;
  for (const auto index : process.objects) {
    const auto& row = input.closure.files[index];
    const auto* facts = input.files.elf(row.file);
    if (facts != nullptr && row.tier != Tier::possible) result.push_back({row, *facts});
  }
  return result;
}

bool is_musl(const std::vector<MappedFile>& mapped) {
  return std::any_of(mapped.begin(), mapped.end(),
                     [](const MappedFile& file) { return base_name(file.facts.interpreter).starts_with("ld-musl-"); });
}

/// e_machine values that run on an architecture of the config (GOARCH names), natively or as its 32-bit companion.
struct Architecture {
  std::string_view name;
  std::vector<std::uint16_t> machines;
};

const std::vector<Architecture>& architectures() {
  static const std::vector<Architecture> table = {
      {"amd64", {62, 3}}, {"386", {3}},    {"arm64", {183, 40}}, {"arm", {40}},     {"ppc64le", {21}},
      {"ppc64", {21}},    {"s390x", {22}}, {"riscv64", {243}},   {"mips64le", {8}}, {"mips64", {8}},
      {"mipsle", {8}},    {"mips", {8}},   {"loong64", {258}}};
  return table;
}

std::string machine_name(std::uint16_t machine) {
  for (const auto& architecture : architectures())
    if (architecture.machines.front() == machine) return std::string(architecture.name);
  return "e_machine " + std::to_string(machine);
}

}  // namespace

std::vector<Finding> elf_interpreter_missing(const FindingInput& input) {
  std::vector<Finding> result;
  for (const auto& missing : input.closure.missing) {
    if (missing.via != "PT_INTERP" || missing.tier == Tier::possible) continue;
    const bool musl = base_name(missing.name).starts_with("ld-musl-");
    const auto what = missing.refused.empty() ? " is not in the image" : " is no linker for this machine";
    auto finding = about(missing.needed_by, missing.tier,
                         missing.needed_by + " was linked for " + (musl ? "musl" : "glibc") + ": its linker " +
                             missing.name + what + "; link it statically, or use a base image with that C library");
    finding.evidence.push_back({missing.name, 0});
    result.push_back(std::move(finding));
  }
  return result;
}

std::vector<Finding> library_missing(const FindingInput& input) {
  std::vector<Finding> result;
  for (const auto& missing : input.closure.missing) {
    if (missing.via == "PT_INTERP" || missing.optional || missing.tier == Tier::possible) continue;
    const auto reason = !missing.refused.empty() ? "found as " + missing.refused + ", which is no usable library"
                        : missing.tried.empty()  ? std::string("not found")
                                                 : "not found as " + joined(missing.tried, ", ", 6);
    auto finding =
        about(missing.needed_by, missing.tier,
              missing.needed_by + " needs " + missing.name + ", " + reason + ": install its package, or copy it there");
    for (const auto& path : missing.tried) finding.evidence.push_back({path, 0});
    result.push_back(std::move(finding));
  }
  return result;
}

namespace {

/// By what they are asked for: soname, file name and the name that was requested.
std::map<std::string_view, const MappedFile*> providers_of(const std::vector<MappedFile>& mapped) {
  std::map<std::string_view, const MappedFile*> providers;
  for (const auto& file : mapped) {
    providers.try_emplace(file.facts.soname, &file);
    providers.try_emplace(base_name(file.row.path), &file);
    providers.try_emplace(file.row.requested, &file);
  }
  return providers;
}

std::vector<std::string> absent_versions(const elf::VersionNeed& need, const elf::ElfFacts& provider) {
  const auto& defined = provider.version_definitions;
  std::vector<std::string> absent;
  std::copy_if(need.versions.begin(), need.versions.end(), std::back_inserter(absent), [&](const std::string& version) {
    return std::find(defined.begin(), defined.end(), version) == defined.end();
  });
  return absent;
}

}  // namespace

/// As the linker checks it at start (elf/dl-version.c): the provider is the object of that name or soname; one without
/// any version definitions is only warned of there.
std::vector<Finding> version_missing(const FindingInput& input) {
  std::vector<Finding> result;
  std::set<std::pair<rootfs::FileId, rootfs::FileId>> seen;
  for (const auto& process : input.closure.processes) {
    const auto mapped = mapped_files(input, process);
    if (is_musl(mapped)) continue;
    const auto providers = providers_of(mapped);
    for (const auto& file : mapped) {
      for (const auto& need : file.facts.version_needs) {
        const auto place = providers.find(need.library);
        if (place == providers.end() || place->second->facts.version_definitions.empty() ||
            place->second->facts.incomplete)
          continue;
        const auto absent = absent_versions(need, place->second->facts);
        if (absent.empty() || !seen.emplace(file.row.file, place->second->row.file).second) continue;
        const auto& provider = place->second->row.path;
        auto finding = about(file.row.path, file.row.tier,
                             file.row.path + " needs " + joined(absent, ", ", 4) + ", which " + provider +
                                 " does not have: build it on the base image that it runs on, or an older one");
        finding.evidence.push_back({provider, 0});
        result.push_back(std::move(finding));
      }
    }
  }
  return result;
}

std::vector<Finding> foreign_machine(const FindingInput& input) {
  std::vector<Finding> result;
  const auto& table = architectures();
  const auto expected = std::find_if(
      table.begin(), table.end(), [&](const Architecture& entry) { return entry.name == input.platform.architecture; });
  std::set<rootfs::FileId> seen;
  for (const auto& process : input.closure.processes) {
    const auto mapped = mapped_files(input, process);
    for (const auto& [row, facts] : mapped) {
      const bool is_program = row.file == process.process.program.file;
      if (is_program && expected != table.end() &&
          std::find(expected->machines.begin(), expected->machines.end(), facts.machine) == expected->machines.end() &&
          seen.insert(row.file).second) {
        result.push_back(about(row.path, row.tier,
                               row.path + " is built for " + machine_name(facts.machine) + ", the image says " +
                                   input.platform.architecture + ": build it for the target platform"));
      }
      const auto wanted = mapped.front().facts.machine;
      if (!is_program && facts.machine != wanted && seen.insert(row.file).second) {
        result.push_back(about(row.path, row.tier,
                               row.path + " is built for " + machine_name(facts.machine) + ", but " +
                                   mapped.front().row.path + " for " + machine_name(wanted) +
                                   ": build it for the target platform"));
      }
    }
  }
  return result;
}

std::vector<Finding> weak_search_path(const FindingInput& input) {
  std::vector<Finding> result;
  for (const auto& weakness : input.closure.weaknesses) {
    auto finding = about(
        weakness.path, Tier::declared,
        weakness.path + ": " + weakness.text +
            "; who can write to the working directory decides what is loaded: remove it with patchelf --set-rpath");
    result.push_back(std::move(finding));
  }
  return result;
}

/// musl takes itself for glibc's libraries; what is built for glibc then misses symbols, sooner or later.
std::vector<Finding> foreign_c_library(const FindingInput& input) {
  std::vector<Finding> result;
  std::set<rootfs::FileId> seen;
  for (const auto& process : input.closure.processes) {
    const auto mapped = mapped_files(input, process);
    if (!is_musl(mapped)) continue;
    for (const auto& [row, facts] : mapped) {
      const auto& needed = facts.needed;
      if (std::find(needed.begin(), needed.end(), "libc.so.6") == needed.end() || !seen.insert(row.file).second)
        continue;
      result.push_back(about(row.path, Tier::declared,
                             row.path + " is built for glibc, but the process runs on musl: use a build for musl"));
    }
  }
  return result;
}

}  // namespace imgslim::runtime
