#include "unit/report/sample_runtime.h"

#include "unit/report/sample_reports.h"

namespace imgslim::test {
namespace {

const std::string lib = "usr/lib/x86_64-linux-gnu/";
const std::string dynload = "usr/lib/python3.11/lib-dynload/";

struct Reason {
  const char *confidence, *via;
  std::string needed_by, requested, detail;
};

RuntimeFile used(std::string path, std::uint64_t bytes, std::uint32_t layer, const char* package, Reason reason) {
  RuntimeFile file;
  file.path = std::move(path);
  file.use = "object";
  file.soname = reason.requested;
  file.confidence = reason.confidence;
  file.via = reason.via;
  file.needed_by = std::move(reason.needed_by);
  file.requested = std::move(reason.requested);
  file.detail = std::move(reason.detail);
  file.processes = {0};
  file.layer = layer;
  if (*package != '\0') file.package = package;
  file.visible_bytes = bytes;
  return file;
}

std::vector<RuntimeFile> objects() {
  const std::string python = "usr/bin/python3.11", ssl = dynload + "_ssl.cpython-311-x86_64-linux-gnu.so";
  auto list = std::vector<RuntimeFile>{
      used(python, 6'831'704, 1, "python3.11-minimal", {"certain", "ENTRYPOINT", "", "", "PATH"}),
      used(lib + "ld-linux-x86-64.so.2", 210'968, 0, "libc6",
           {"certain", "PT_INTERP", python, "/lib64/ld-linux-x86-64.so.2", ""}),
      used(lib + "libm.so.6", 907'784, 0, "libc6", {"certain", "DT_NEEDED", python, "libm.so.6", "ld.so.cache"}),
      used(lib + "libc.so.6", 1'922'136, 0, "libc6", {"certain", "DT_NEEDED", python, "libc.so.6", "ld.so.cache"}),
      used(lib + "libnss_files.so.2", 14'392, 0, "libc6",
           {"declared", "name service", lib + "libc.so.6", "libnss_files.so.2", "/etc/nsswitch.conf:7"}),
      used(ssl, 208'448, 1, "libpython3.11-minimal",
           {"likely", "python module", "usr/lib/python3.11/ssl.py", "", "import _ssl, line 100"}),
      used(lib + "libssl.so.3", 692'256, 1, "libssl3", {"likely", "DT_NEEDED", ssl, "libssl.so.3", "ld.so.cache"}),
      used(lib + "libcrypto.so.3", 4'709'104, 1, "libssl3",
           {"likely", "DT_NEEDED", ssl, "libcrypto.so.3", "ld.so.cache"}),
      used("app/vendor/libfast.so", 400'000, 4, "", {"likely", "python module", "app/main.py", "", "import fast"}),
      used(lib + "libgcc_s.so.1", 125'312, 0, "libgcc-s1",
           {"possible", "unwinder", lib + "libc.so.6", "libgcc_s.so.1", ""}),
  };
  list[8].assumed = true;
  return list;
}

std::vector<RuntimeFile> sources() {
  auto script = used("app/main.py", 5'000, 5, "", {"certain", "script", "usr/bin/python3.11", "", "argument"});
  auto module = used("usr/lib/python3.11/ssl.py", 52'019, 1, "libpython3.11-minimal",
                     {"likely", "python module", "app/main.py", "", "import ssl, line 3"});
  script.use = module.use = "source";
  return {script, module};
}

RuntimeProcess process(std::uint64_t count, std::uint64_t bytes) {
  RuntimeProcess main;
  main.role = "main";
  main.confidence = "certain";
  main.argv = {"python3", "/app/main.py"};
  main.program = "usr/bin/python3.11";
  main.scripts = {"app/main.py"};
  main.chain = {{"usr/bin/python3", "ENTRYPOINT"}, {"usr/bin/python3.11", "PATH"}};
  main.runtime = "python 3.11";
  main.coverage = "unknown";
  main.openers = {"usr/bin/python3.11"};
  main.objects = count;
  main.visible_bytes = bytes;
  return main;
}

ReportRuntime realistic_runtime() {
  ReportRuntime runtime;
  runtime.command = {"python3", "/app/main.py"};
  runtime.objects = objects();
  runtime.files = sources();
  for (const auto& object : runtime.objects) {
    if (object.confidence == "possible") continue;
    ++runtime.loaded.shared_objects;
    runtime.loaded.bytes += object.visible_bytes;
  }
  runtime.possible = {1, 125'312};
  runtime.unreached = {47, 48'500'000};
  runtime.all = {runtime.loaded.shared_objects + 1 + 47, runtime.loaded.bytes + 125'312 + 48'500'000};
  runtime.processes = {process(runtime.loaded.shared_objects, runtime.loaded.bytes)};
  runtime.entrypoint = runtime.processes[0].chain;
  runtime.missing = {
      {"libfast_impl.so.2",
       "app/vendor/libfast.so",
       "DT_NEEDED",
       "likely",
       {"/app/vendor/libfast_impl.so.2", "/usr/lib/libfast_impl.so.2"},
       "",
       false},
      {"libpreload.so", "usr/bin/python3.11", "LD_PRELOAD", "certain", {"/lib/libpreload.so"}, "", true}};
  runtime.failures = {{"healthcheck", "not_found", "curl", "", "no directory of PATH has it"}};
  runtime.coverage = "unknown";
  return runtime;
}

ReportFinding finding(const char* rule, const char* severity, std::string message, std::string path) {
  ReportFinding result;
  result.rule = rule;
  result.severity = severity;
  result.message = std::move(message);
  if (!path.empty()) result.location.path = std::move(path);
  return result;
}

}  // namespace

void add_realistic_runtime(Report& report) {
  report.runtime = realistic_runtime();
  for (auto& layer : report.layers) layer.mapped_bytes = 0;
  for (const auto& object : report.runtime->objects)
    if (object.confidence != "possible") *report.layers[object.layer].mapped_bytes += object.visible_bytes;
  for (auto& package : report.packages) {
    if (package.manager.empty()) continue;
    package.runtime = "unreached";
    if (package.name.starts_with("python3.11") || package.name == "libc6" || package.name == "libssl3")
      package.runtime = "loaded";
    if (package.name == "numpy") package.runtime = "unknown";
    if (package.name == "coreutils") package.runtime = "reachable";
  }
  report.findings = {finding("SL5004", "error",
                             "libfast_impl.so.2, which app/vendor/libfast.so needs, is in none of the 2 "
                             "places that are searched: copy it, or rebuild without it",
                             "app/vendor/libfast.so"),
                     finding("SL5011", "warning", "the command runs as root: set USER", ""),
                     finding("SL5016", "error", "the program of HEALTHCHECK is not in the image", "usr/bin/curl")};
  report.findings->front().aliases = {"DL0000"};
  report.findings->front().location.layer = 4;
  report.findings->front().evidence = {{"app/vendor/libfast.so", 400'000}};
}

LibrariesAnswer realistic_libraries() {
  LibrariesAnswer answer;
  answer.image = "api:pr-42";
  answer.confidence = "likely";
  answer.runtime = realistic_runtime();
  answer.runtime.objects.pop_back();  // the only possible one
  answer.copy = {
      {"deb libc6",
       {"/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libm.so.6"},
       3'040'888},
      {"deb libpython3.11-minimal", {"/usr/lib/python3.11/"}, 5'000'000},
      {"deb libssl3", {"/lib/x86_64-linux-gnu/libcrypto.so.3", "/lib/x86_64-linux-gnu/libssl.so.3"}, 5'401'360},
      {"", {"/app/", "/etc/a [name] of $HOME", "/etc/two words"}, 405'000}};
  return answer;
}

LibrariesAnswer hostile_libraries() {
  auto answer = realistic_libraries();
  answer.image = "evil\nRUN rm -rf /";
  answer.copy[0].package = "deb libc6\nRUN evil";
  answer.copy[1].paths = {"/usr/lib/a\nRUN evil", "/usr/lib/\xff", "/usr/lib/\"quoted\"", "/lib/x y.so"};
  answer.runtime.objects[2].path = "usr/lib/\x1b[2J\n" + std::string(300, 'z');
  answer.runtime.objects[2].needed_by = answer.runtime.objects[2].path;
  answer.runtime.objects[3].detail = "\xe2\x80\xae" + std::string(300, 'd');
  answer.runtime.objects[4].needed_by = answer.runtime.objects[6].path;
  answer.runtime.objects[6].needed_by = answer.runtime.objects[4].path;
  answer.runtime.missing[0].name = std::string(3'000, 'm') + "\r\n";
  return answer;
}

void add_realistic_chains(WhyAnswer& answer) {
  const auto all = objects();
  const auto files = sources();
  answer.paths[0].runtime = "loaded";
  answer.paths[0].chain = {all[0], files[0], files[1], all[5], all[6]};
  answer.packages[0].runtime = "loaded";
  answer.packages[0].used = {all[7], all[6]};
}

}  // namespace imgslim::test
