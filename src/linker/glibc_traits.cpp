#include "linker/glibc_traits.h"

#include <algorithm>
#include <charconv>

#include "linker/search_path.h"

// What differs between builds and versions of the loader: its system directories (compiled in; the ELF reader finds
// them in the interpreter), $LIB (the directory that glibc itself was installed to), the mark of its architecture in
// ld.so.cache (sysdeps/generic/ldconfig.h), and the subdirectories that it tries below each directory: glibc-hwcaps
// since 2.33 (sysdeps/x86_64/dl-hwcaps-subdirs.c), and up to 2.36 every combination of "tls", the platform's name and
// some hardware capabilities (elf/dl-hwcaps.c). The version is that of the newest symbols in libc.so.6; 2.37 added none
// on most architectures, so it is taken for 2.36, which differs only where an image has such legacy directories.
namespace imgslim::linker {
namespace {

constexpr std::uint16_t machine_i386 = 3, machine_mips = 8, machine_ppc64 = 21, machine_s390 = 22, machine_arm = 40;
constexpr std::uint16_t machine_x86_64 = 62, machine_aarch64 = 183, machine_riscv = 243, machine_loongarch = 258;
constexpr unsigned first_with_glibc_hwcaps = 33, last_with_legacy_hwcaps = 36;
// Bits of legacy entries in ld.so.cache (sysdeps/x86/dl-procinfo.c).
constexpr std::uint64_t hwcap_sse2 = 1u << 0, hwcap_x86_64 = 1u << 1, hwcap_avx512 = 1u << 2;
constexpr std::uint64_t hwcap_i686 = 1ull << 49, hwcap_haswell = 1ull << 50, hwcap_tls = 1ull << 63;

/// N of the newest GLIBC_2.N that libc.so.6 defines; 0 when there is none to ask.
unsigned minor_version(const rootfs::FileSystem& files, const std::vector<std::string>& directories) {
  constexpr std::string_view prefix = "GLIBC_2.";
  for (const auto& directory : directories) {
    const auto libc = files.find(directory + "/libc.so.6");
    const auto* facts = libc ? files.elf(libc->file) : nullptr;
    if (facts == nullptr) continue;
    unsigned newest = 0;
    for (const auto& version : facts->version_definitions) {
      unsigned minor = 0;
      if (version.starts_with(prefix))
        std::from_chars(version.data() + prefix.size(), version.data() + version.size(), minor);
      newest = std::max(newest, minor);
    }
    return newest;
  }
  return 0;
}

std::uint32_t cache_flags(const elf::ElfFacts& facts) {
  const bool is_64 = facts.class_bits == 64;
  switch (facts.machine) {
    case machine_x86_64:
      return is_64 ? 0x0303 : 0x0803;
    case machine_aarch64:
      return 0x0a03;
    case machine_arm:
      return (facts.processor_flags & 0x400) != 0 ? 0x0903 : 0x0b03;  // EF_ARM_ABI_FLOAT_HARD
    case machine_s390:
      return is_64 ? 0x0403 : 0x0003;
    case machine_ppc64:
      return 0x0503;
    case machine_riscv:
      return (facts.processor_flags & 0x6) == 0x4 ? 0x1003 : 0x0f03;  // EF_RISCV_FLOAT_ABI_DOUBLE
    case machine_loongarch:
      return (facts.processor_flags & 0x7) == 0x3 ? 0x1203 : 0x1103;
    case machine_mips:
      return is_64 ? 0x0703 : 0x0003;
    default:
      return 0x0003;
  }
}

bool is_x86(const elf::ElfFacts& facts) { return facts.machine == machine_x86_64 || facts.machine == machine_i386; }

std::vector<std::string> platforms_of(const elf::ElfFacts& facts, const Environment& environment) {
  if (!environment.platform.empty()) return {environment.platform};
  switch (facts.machine) {
    case machine_x86_64:  // Intel's processors with AVX2 are "haswell" to the loader, others are not
      return environment.cpu >= CpuLevel::x86_64_v3 ? std::vector<std::string>{"haswell", "x86_64"}
                                                    : std::vector<std::string>{"x86_64"};
    case machine_i386:
      return {"i686"};
    case machine_aarch64:
      return {"aarch64"};
    case machine_arm:
      return {"v7l", "v8l"};
    default:
      return {};
  }
}

std::vector<std::string> hwcaps_of(const elf::ElfFacts& facts, CpuLevel cpu) {
  std::vector<std::string> names;
  if (facts.machine != machine_x86_64 || facts.class_bits != 64) return names;
  if (cpu >= CpuLevel::x86_64_v4) names.emplace_back("x86-64-v4");
  if (cpu >= CpuLevel::x86_64_v3) names.emplace_back("x86-64-v3");
  if (cpu >= CpuLevel::x86_64_v2) names.emplace_back("x86-64-v2");
  return names;
}

/// Every combination of `parts`, the ones with the first part first, without the empty one.
void add_combinations(const std::vector<std::string>& parts, bool assumed, std::vector<Subdirectory>& subdirectories) {
  for (auto set = (1u << parts.size()) - 1; set > 0; --set) {
    std::string path;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if ((set >> (parts.size() - 1 - i) & 1) == 0) continue;
      if (!path.empty()) path += '/';
      path += parts[i];
    }
    const bool known = std::any_of(subdirectories.begin(), subdirectories.end(),
                                   [&](const Subdirectory& other) { return other.path == path; });
    if (!known) subdirectories.push_back({path, assumed});
  }
}

void add_legacy(const elf::ElfFacts& facts, CpuLevel cpu, GlibcTraits& traits) {
  for (const auto& platform : traits.platforms) {
    std::vector<std::string> parts = {"tls", platform};
    if (facts.machine == machine_x86_64) {
      if (platform == "haswell" && cpu >= CpuLevel::x86_64_v4) parts.emplace_back("avx512_1");
      parts.emplace_back("x86_64");
    } else if (facts.machine == machine_i386) {
      parts.emplace_back("sse2");
    }
    add_combinations(parts, traits.platforms.size() > 1, traits.subdirectories);
  }
  if (traits.platforms.empty()) traits.subdirectories.push_back({"tls", false});
  traits.cache.hwcap = hwcap_tls;
  if (!is_x86(facts)) return;
  traits.cache.hwcap |= facts.machine == machine_x86_64 ? hwcap_x86_64 : hwcap_sse2 | hwcap_i686;
  const auto& platforms = traits.platforms;
  if (std::find(platforms.begin(), platforms.end(), "haswell") == platforms.end()) return;
  traits.cache.hwcap |= hwcap_haswell;
  if (cpu >= CpuLevel::x86_64_v4) traits.cache.hwcap |= hwcap_avx512;
}

std::vector<std::string> default_directories(const elf::ElfFacts& facts) {
  if (facts.class_bits == 64) return {"/lib64", "/usr/lib64"};
  return {"/lib", "/usr/lib"};
}

/// "lib/x86_64-linux-gnu" of "/lib/x86_64-linux-gnu" and of "/usr/lib/x86_64-linux-gnu".
std::string library_token(std::string_view first_directory) {
  if (first_directory.starts_with("/usr/")) first_directory.remove_prefix(4);
  if (!first_directory.starts_with("/lib")) return "lib";
  return std::string(first_directory.substr(1));
}

}  // namespace

GlibcTraits glibc_traits(const rootfs::FileSystem& files, const elf::ElfFacts& interpreter,
                         const Environment& environment) {
  GlibcTraits traits;
  traits.system_directories = interpreter.system_directories;
  if (traits.system_directories.empty()) traits.system_directories = default_directories(interpreter);
  traits.library_token = library_token(traits.system_directories.front());
  traits.platforms = platforms_of(interpreter, environment);
  traits.cache.flags = cache_flags(interpreter);
  const auto minor = minor_version(files, traits.system_directories);
  if (minor == 0 || minor >= first_with_glibc_hwcaps) {
    traits.cache.subdirectories = hwcaps_of(interpreter, environment.cpu);
    for (const auto& name : traits.cache.subdirectories)
      traits.subdirectories.push_back({"glibc-hwcaps/" + name, true});
  }
  if (minor > 0 && minor <= last_with_legacy_hwcaps) add_legacy(interpreter, environment.cpu, traits);
  return traits;
}

}  // namespace imgslim::linker
