#include <algorithm>
#include <filesystem>

#include "imgslim/analyze.h"
#include "imgslim/render.h"
#include "support/catch.h"
#include "support/elf_builder.h"
#include "support/reconcile.h"
#include "unit/archive/temporary_directory.h"

using namespace imgslim;

namespace {

const std::string loader = "/lib64/ld-linux-x86-64.so.2";

/// A root with a program, the libraries that it needs, one that it does not, and dpkg's word on whose they are.
class Root {
 public:
  Root() {
    elf("lib64/ld-linux-x86-64.so.2", {.soname = "ld-linux-x86-64.so.2"});
    elf("usr/lib/libone.so.1.2", {.soname = "libone.so.1"});
    elf("usr/lib/libidle.so.1", {.soname = "libidle.so.1"});
    std::filesystem::create_symlink("libone.so.1.2", directory.path("usr/lib/libone.so.1"));
    elf("usr/bin/app", {.interpreter = loader, .needed = {"libone.so.1"}, .runpath = {"/usr/lib"}});
    std::filesystem::permissions(directory.path("usr/bin/app"), std::filesystem::perms::owner_all);
    directory.write("var/lib/dpkg/status", status("one") + status("idle") + status("texts"));
    directory.write("var/lib/dpkg/info/one.list", "/.\n/usr/lib/libone.so.1\n/usr/lib/libone.so.1.2\n");
    directory.write("var/lib/dpkg/info/idle.list", "/.\n/usr/lib/libidle.so.1\n");
    directory.write("var/lib/dpkg/info/texts.list", "/.\n/usr/share/text\n");
    directory.write("usr/share/text", "text");
  }

  void elf(const std::string& path, const test::ElfSpec& spec) const { directory.write(path, test::build_elf(spec)); }

  [[nodiscard]] AnalyzeOptions options(std::vector<std::string> command = {"app"}) const {
    AnalyzeOptions options;
    options.image = directory.path();
    options.threads = 1;
    if (!command.empty()) options.command = std::move(command);
    return options;
  }

  archive::TemporaryDirectory directory;

 private:
  static std::string status(const std::string& name) {
    return "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n";
  }
};

Report report_of(const AnalyzeOptions& options) {
  auto result = analyze(options, WithTree::no);
  INFO((result ? "" : result.error().message));
  REQUIRE(result);
  return std::move(result->report);
}

std::string state_of(const Report& report, const std::string& package) {
  for (const auto& row : report.packages)
    if (row.name == package) return row.runtime.value_or("none");
  return "no such package";
}

LibrariesAnswer libraries_of(const AnalyzeOptions& options) {
  auto answer = find_libraries(options, "likely");
  INFO((answer ? "" : answer.error().message));
  REQUIRE(answer);
  return std::move(*answer);
}

}  // namespace

TEST_CASE("a report says what the command loads, by whom, and what nothing reaches") {
  const Root root;
  const auto report = report_of(root.options());
  REQUIRE(report.runtime);
  const auto& runtime = *report.runtime;
  CHECK(runtime.command == std::vector<std::string>{"app"});
  CHECK_FALSE(runtime.no_command);
  std::vector<std::string> paths;
  for (const auto& object : runtime.objects) paths.push_back(object.path + " " + object.confidence);
  CHECK(paths == std::vector<std::string>{"usr/bin/app certain", "lib64/ld-linux-x86-64.so.2 certain",
                                          "usr/lib/libone.so.1.2 certain"});
  CHECK(runtime.objects[2].package == "one");
  CHECK(runtime.objects[2].needed_by == "usr/bin/app");
  CHECK(runtime.objects[2].requested == "libone.so.1");
  CHECK(runtime.loaded.shared_objects == 3);
  CHECK(runtime.unreached.shared_objects == 1);
  CHECK(report.layers[0].mapped_bytes == runtime.loaded.bytes);
  CHECK(test::disagreements(report).empty());
}

TEST_CASE("packages are loaded or unreached, bracketed rows neither") {
  const Root root;
  const auto report = report_of(root.options());
  CHECK(state_of(report, "one") == "loaded");
  CHECK(state_of(report, "idle") == "unreached");
  CHECK(state_of(report, "texts") == "unreached");
  CHECK(state_of(report, "[unattributed]") == "none");
}

TEST_CASE("without a command every package is unknown, and the page says how to name one") {
  const Root root;
  const auto report = report_of(root.options({}));
  CHECK(report.runtime->no_command);
  CHECK(state_of(report, "one") == "unknown");
  CHECK(report.runtime->coverage == "unknown");
  CHECK(render(report, Format::text, {}).find("see --cmd") != std::string::npos);
}

TEST_CASE("a missing library is told with its search") {
  const Root root;
  root.elf("usr/lib/libone.so.1.2", {.soname = "libone.so.1", .needed = {"libgone.so.3"}});
  const auto report = report_of(root.options());
  REQUIRE(report.runtime->missing.size() == 1);
  const auto& missing = report.runtime->missing[0];
  CHECK(missing.name == "libgone.so.3");
  CHECK(missing.needed_by == "usr/lib/libone.so.1.2");
  CHECK_FALSE(missing.tried.empty());
  const auto is_about = [](const ReportFinding& finding) { return finding.rule == "SL5004"; };
  CHECK(std::any_of(report.findings->begin(), report.findings->end(), is_about));
  CHECK(render(report, Format::text, {}).find("MISSING    libgone.so.3") != std::string::npos);
}

TEST_CASE("a copy has each library under the name that is opened, and the loader where the program states it") {
  const Root root;
  const auto answer = libraries_of(root.options());
  REQUIRE(answer.copy.size() == 2);
  CHECK(answer.copy[0].package == "deb one");
  CHECK(answer.copy[0].paths == std::vector<std::string>{"/usr/lib/libone.so.1"});
  CHECK(answer.copy[1].package.empty());
  CHECK(answer.copy[1].paths == std::vector<std::string>{loader, "/usr/bin/app"});
}

TEST_CASE("a copy of a Java archive takes nothing else of its package along") {
  const Root root;
  root.elf("usr/bin/java", {.interpreter = loader, .needed = {"libjli.so"}, .runpath = {"/opt/jdk/lib"}});
  std::filesystem::permissions(root.directory.path("usr/bin/java"), std::filesystem::perms::owner_all);
  root.elf("opt/jdk/lib/libjli.so", {.soname = "libjli.so"});
  root.directory.write("opt/jdk/lib/jvm.cfg", "-server KNOWN\n");
  root.directory.write("usr/share/java/text.jar", "PK");
  root.directory.write("usr/share/maven-repo/text/text.pom", "<project/>");
  root.directory.write("var/lib/dpkg/info/texts.list",
                       "/.\n/usr/share/java/text.jar\n/usr/share/maven-repo/text/text.pom\n");
  const auto answer = libraries_of(root.options({"java", "-cp", "/usr/share/java/text.jar", "Main"}));
  const auto group = std::find_if(answer.copy.begin(), answer.copy.end(),
                                  [](const auto& each) { return each.package == "deb texts"; });
  REQUIRE(group != answer.copy.end());
  CHECK(group->paths == std::vector<std::string>{"/usr/share/java/text.jar"});
}

TEST_CASE("why shows the way from the program to the file, and which files of a package are used") {
  const Root root;
  const auto link = explain(root.options(), "/usr/lib/libone.so.1");
  REQUIRE(link);
  REQUIRE(link->paths.size() == 1);
  CHECK(link->paths[0].runtime == "loaded");
  REQUIRE(link->paths[0].chain.size() == 2);
  CHECK(link->paths[0].chain[0].path == "usr/bin/app");
  CHECK(link->paths[0].chain[1].path == "usr/lib/libone.so.1.2");
  const auto package = explain(root.options(), "one");
  REQUIRE(package);
  REQUIRE(package->packages.size() == 1);
  CHECK(package->packages[0].runtime == "loaded");
  REQUIRE(package->packages[0].used.size() == 1);
  const auto idle = explain(root.options(), "/usr/lib/libidle.so.1");
  REQUIRE(idle);
  CHECK(idle->paths[0].runtime == "unreached");
  CHECK(idle->paths[0].chain.empty());
}

TEST_CASE("a tier and a CPU level that do not exist are usage errors") {
  const Root root;
  CHECK(find_libraries(root.options(), "sure").error().kind == ErrorKind::usage);
  auto options = root.options();
  options.cpu = "x86-64-v5";
  CHECK(find_libraries(options, "likely").error().kind == ErrorKind::usage);
}
