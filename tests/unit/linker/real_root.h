#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "layer/read.h"
#include "linker/link_map.h"
#include "support/catch.h"
#include "support/elf_builder.h"
#include "support/real_tools.h"

/// A root directory made of crafted ELF files, and what the machine's own loaders make of it: the truth of these tests.
namespace imgslim::test {

/// What a loader maps: "NAME => PATH", "NAME => not found", or the one line "refused NAME" where it gave up.
using Links = std::set<std::string>;

inline std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// How the program is started.
struct Start {
  std::string program = "/bin/program";
  std::map<std::string, std::string> environment;  ///< LD_LIBRARY_PATH, LD_PRELOAD, LD_AUDIT
  std::string working_directory = "/";
  unsigned user =
      0;  ///< other users' programs are run, not traced: links are then the paths that /proc shows as mapped
};

class RealRoot {
 public:
  static constexpr const char* glibc_loader = "/lib64/ld-linux-x86-64.so.2";
  static constexpr const char* musl_loader = "/lib/ld-musl-x86_64.so.1";

  /// With the machine's own copy of the loader, which may be missing: see runs().
  explicit RealRoot(const std::string& loader) : loader_(loader) {
    std::error_code failed;
    std::filesystem::create_directories(path(loader).parent_path());
    std::filesystem::copy_file(loader, path(loader), failed);
    std::filesystem::permissions(scratch_.path(), std::filesystem::perms(0755));
    for (const auto* directory : {"bin", "proc", "tmp", "etc"}) std::filesystem::create_directories(path(directory));
  }

  /// Why this machine cannot tell the truth, "" when it can.
  [[nodiscard]] std::string obstacle() const {
    if (!std::filesystem::exists(path(loader_))) return "no " + loader_ + " (ci/install-deps)";
    const auto version =
        real_tools::output_of("{ " + shell(loader_ + " --version", "/", {}) + "; } 2>&1; true").value_or("");
    if (version.find("ld.so") == std::string::npos && version.find("musl") == std::string::npos)
      return "unshare and chroot do not work here: " + version;
    return "";
  }

  [[nodiscard]] std::filesystem::path path(std::string inside) const {
    while (inside.starts_with('/')) inside.erase(0, 1);
    return scratch_.path() / inside;
  }

  RealRoot& text(const std::string& place, const std::string& content) {
    std::filesystem::create_directories(path(place).parent_path());
    std::ofstream(path(place), std::ios::binary) << content;
    std::filesystem::permissions(path(place), std::filesystem::perms(0755));
    return *this;
  }
  RealRoot& elf(const std::string& place, const ElfSpec& spec) { return text(place, build_elf(spec)); }
  RealRoot& link(const std::string& place, const std::string& target) {
    std::filesystem::create_directories(path(place).parent_path());
    std::filesystem::create_symlink(target, path(place));
    return *this;
  }
  /// A library of its base name, without dependencies unless `spec` has some.
  RealRoot& library(const std::string& place, ElfSpec spec = {}) { return elf(place, spec); }
  RealRoot& program(ElfSpec spec, const std::string& place = "/bin/program") {
    spec.interpreter = loader_;
    return elf(place, spec);
  }
  RealRoot& run_ldconfig(const std::string& options = "") {
    REQUIRE(real_tools::output_of("/sbin/ldconfig -r '" + scratch_.path().string() + "' " + options + " 2>/dev/null"));
    return *this;
  }

  /// As the loader says, traced instead of run: glibc by the variable that ldd sets, musl as its ldd.
  [[nodiscard]] Links truth(const Start& start = {}) const {
    if (start.user != 0) return mapped_paths(start);
    auto environment = start.environment;
    auto command = start.program;
    if (loader_ == glibc_loader) {
      environment["LD_TRACE_LOADED_OBJECTS"] = "1";
    } else {
      command = loader_ + " --list " + start.program;
    }
    const auto output =
        real_tools::output_of("{ " + shell(command, start.working_directory, environment) + "; } 2>&1; true");
    REQUIRE(output);
    return read_trace(*output, start.working_directory);
  }

  /// As imgslim says, with the processor that this machine has.
  [[nodiscard]] Links prediction(const Start& start = {}) const {
    auto layer = layer::read_directory(scratch_.path().string(), Limits{});
    REQUIRE(layer);
    const auto tree = tree::merge({std::make_shared<const layer::Layer>(std::move(*layer))});
    const rootfs::FileSystem files(tree);
    const auto found = files.find(start.program);
    REQUIRE(found);
    const linker::LinkMap map(files, *found, environment_of(start));
    Links links;
    if (start.user != 0) {
      for (const auto& object : map.objects()) links.insert(object.file.path);
      return links;
    }
    for (const auto& object : map.objects()) {
      if (object.via == linker::Via::program || object.via == linker::Via::interpreter) continue;
      if (object.via != linker::Via::audit) links.insert(object.requested + " => " + object.search_path);
    }
    for (const auto& missing : map.missing()) {
      const bool ends = loader_ == glibc_loader && !missing.refused.empty();
      if (!missing.optional && ends) return {"refused " + base_name(missing.name)};
      const bool listed = missing.via != linker::Via::preload && missing.via != linker::Via::audit;
      if (listed) links.insert(missing.name + " => not found");
    }
    return links;
  }

 private:
  /// A shell command that runs `command` inside the root with /proc at hand, as root of its own namespace.
  [[nodiscard]] std::string shell(const std::string& command, const std::string& working_directory,
                                  const std::map<std::string, std::string>& environment, unsigned id = 0) const {
    std::string settings;
    if (id != 0) {
      const auto number = std::to_string(id);
      settings = "\\$( = " + number + "; \\$) = q{" + number + " " + number + "}; ";
    }
    for (const auto& [name, value] : environment) settings += "\\$ENV{q{" + name + "}} = q{" + value + "}; ";
    const auto root = scratch_.path().string();
    const auto user = geteuid() == 0 ? "" : "r";
    return std::string("unshare -") + user + "m sh -c \"mount --rbind /proc '" + root + "/proc' && exec perl -e '" +
           settings + "chroot q{" + root + "} or die; chdir q{" + working_directory + "} or die; " +
           (id == 0 ? "" : "\\$< = \\$> = " + std::to_string(id) + "; ") + "exec split q{ }, q{" + command +
           "}; die'\"";
  }

  /// Runs the program, which writes one byte once it is up and then waits, and reads its memory map.
  [[nodiscard]] Links mapped_paths(const Start& start) const {
    const auto root = scratch_.path().string();
    const auto fifo = root + "/tmp/up";
    const auto output = real_tools::output_of(
        "mkfifo '" + fifo + "'; " + shell(start.program, start.working_directory, start.environment, start.user) +
        " > '" + fifo + "' 2>/dev/null & pid=$!; head -c 1 '" + fifo + "'; cat /proc/$pid/maps; kill $pid; rm '" +
        fifo + "'");
    REQUIRE(output);
    Links links;
    for (const auto& line : real_tools::lines_of(*output)) {
      const auto at = line.find(root + "/");
      if (at != std::string::npos) links.insert(line.substr(at + root.size()));
    }
    return links;
  }

  [[nodiscard]] Links read_trace(const std::string& output, const std::string& working_directory) const {
    Links links;
    for (const auto& line : real_tools::lines_of(output)) {
      const std::string glibc_error = "error while loading shared libraries: ",
                        musl_error = "Error loading shared library ";
      for (const auto& error : {glibc_error, musl_error}) {
        const auto at = line.find(error);
        if (at == std::string::npos) continue;
        const auto name = line.substr(at + error.size(), line.find(": ", at + error.size()) - at - error.size());
        // musl goes on after an error, and its reason is whatever errno was.
        const bool goes_on = error == musl_error || line.find("No such file or directory") != std::string::npos;
        if (!goes_on) return {"refused " + base_name(name)};
        links.insert(name + " => not found");
      }
      if (!line.starts_with("\t") || line.find("statically linked") != std::string::npos) continue;
      auto text = line.substr(1, line.find(" (0x") == std::string::npos ? std::string::npos : line.find(" (0x") - 1);
      const auto arrow = text.find(" => ");
      auto name = text.substr(0, arrow);
      auto target = arrow == std::string::npos ? name : text.substr(arrow + 4);
      if (name == loader_ || target == loader_ || name.starts_with("linux-vdso")) continue;
      if (target != "not found" && !target.starts_with('/'))
        target = working_directory + (working_directory == "/" ? "" : "/") + target;
      links.insert(name + " => " + target);
    }
    return links;
  }

  [[nodiscard]] linker::Environment environment_of(const Start& start) const {
    const auto value = [&](const char* name) {
      const auto found = start.environment.find(name);
      return found == start.environment.end() ? std::string() : found->second;
    };
    linker::Environment environment;
    environment.library_path = value("LD_LIBRARY_PATH");
    environment.preload = value("LD_PRELOAD");
    environment.audit = value("LD_AUDIT");
    environment.working_directory = start.working_directory;
    environment.uid = environment.gid = start.user;
    const auto diagnostics =
        real_tools::output_of(std::string(glibc_loader) + " --list-diagnostics 2>/dev/null").value_or("");
    const auto platform = diagnostics.find("dl_platform=\"");
    if (platform != std::string::npos)
      environment.platform = diagnostics.substr(platform + 13, diagnostics.find('"', platform + 13) - platform - 13);
    const auto active = diagnostics.find("dl_hwcaps_subdirs_active=0x");
    const char digit = active == std::string::npos ? '0' : diagnostics[active + 27];
    environment.cpu = digit == '7'   ? linker::CpuLevel::x86_64_v4
                      : digit == '6' ? linker::CpuLevel::x86_64_v3
                      : digit == '4' ? linker::CpuLevel::x86_64_v2
                                     : linker::CpuLevel::x86_64;
    return environment;
  }

  std::string loader_;
  real_tools::ScratchDirectory scratch_;
};

/// The claim of every case: imgslim and the loader say the same, and `mapped` is part of it, so that a case that does
/// not come about is noticed.
inline void check_same(const RealRoot& root, const std::string& mapped, const Start& start = {}) {
  const auto truth = root.truth(start);
  CHECK(root.prediction(start) == truth);
  INFO("expected " << mapped);
  for (const auto& line : truth) UNSCOPED_INFO("the loader: " << line);
  CHECK(truth.contains(mapped));
}

/// An object that needs `names`, with search paths where given.
inline ElfSpec needs(std::vector<std::string> names, std::string rpath = {}, std::string runpath = {}) {
  ElfSpec spec;
  spec.needed = std::move(names);
  if (!rpath.empty()) spec.rpath = {std::move(rpath)};
  if (!runpath.empty()) spec.runpath = {std::move(runpath)};
  return spec;
}

}  // namespace imgslim::test

/// A root for one case, or the end of the test case with a word why.
#define IMGSLIM_REAL_ROOT(root, loader)                          \
  imgslim::test::RealRoot root(imgslim::test::RealRoot::loader); \
  if (const auto obstacle = root.obstacle(); !obstacle.empty()) IMGSLIM_SKIP(obstacle)
