#include "unit/report/sample_reports.h"

#include "unit/report/sample_memory.h"
#include "unit/report/sample_runtime.h"

namespace imgslim::test {
namespace {

const std::string image_digest = "sha256:9f1c2ab4e07d3d5b0c1f6f4a2f7c8e9d0a1b2c3d4e5f60718293a4b5c6d7e8f9";

ReportInstruction line(std::string text, std::uint32_t first, std::uint32_t last) {
  ReportInstruction instruction;
  instruction.kind = text.substr(0, text.find(' '));
  instruction.text = std::move(text);
  instruction.source = "dockerfile";
  instruction.file = "Dockerfile";
  instruction.start_line = first;
  instruction.end_line = last;
  instruction.matched = true;
  return instruction;
}

struct LayerBytes {
  std::uint64_t visible, wasted, caused, compressed, entries;
};

void add_layer(Report& report, const LayerBytes& bytes, ReportInstruction instruction) {
  ReportLayer layer;
  layer.index = static_cast<std::uint32_t>(report.layers.size());
  layer.digest = "sha256:" + std::string(64, static_cast<char>('0' + layer.index));
  layer.diff_id = "sha256:" + std::string(64, static_cast<char>('a' + layer.index));
  layer.media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
  layer.compression = "gzip";
  layer.compressed_bytes = bytes.compressed;
  layer.payload_bytes = bytes.visible + bytes.wasted;
  layer.stored_bytes = layer.payload_bytes + 1024 * bytes.entries + 10240;
  layer.visible_bytes = bytes.visible;
  layer.wasted_bytes = bytes.wasted;
  layer.caused_waste_bytes = bytes.caused;
  layer.entries = bytes.entries;
  layer.empty = bytes.entries == 0;
  layer.digest_verified = true;
  layer.diff_id_verified = true;
  layer.created = "2026-01-05T00:00:00Z";
  layer.instruction = std::move(instruction);
  report.layers.push_back(std::move(layer));
}

void sum_layers(Report& report) {
  auto& totals = report.totals;
  std::uint64_t compressed = 0;
  totals.layers = report.layers.size();
  for (const auto& layer : report.layers) {
    totals.entries += layer.entries;
    totals.stored_bytes += layer.stored_bytes;
    totals.payload_bytes += layer.payload_bytes;
    totals.visible_bytes += layer.visible_bytes;
    totals.wasted_bytes += layer.wasted_bytes;
    compressed += layer.compressed_bytes.value_or(0);
  }
  totals.compressed_bytes = compressed;
  totals.tar_overhead_bytes = totals.stored_bytes - totals.payload_bytes;
  totals.efficiency = rounded_ratio(totals.visible_bytes, totals.payload_bytes).value_or(1);
}

struct PackageBytes {
  std::uint64_t visible, compressed, files;
};

void add_package(Report& report, const char* manager, const char* name, const char* version, std::uint32_t layer,
                 const PackageBytes& bytes) {
  ReportPackage package;
  package.manager = manager;
  package.name = name;
  package.version = version;
  package.architecture = "amd64";
  package.layer = layer;
  package.visible_bytes = bytes.visible;
  package.compressed_bytes = bytes.compressed;
  package.stored_bytes = bytes.visible + 1024 * bytes.files;
  package.declared_bytes = bytes.visible + 4096;
  package.database_bytes = 900;
  package.files = bytes.files;
  report.packages.push_back(std::move(package));
}

void add_bracketed(Report& report, const char* name, const PackageBytes& bytes) {
  ReportPackage row;
  row.name = name;
  row.visible_bytes = bytes.visible;
  row.compressed_bytes = bytes.compressed;
  row.files = bytes.files;
  report.packages.push_back(std::move(row));
}

ReportWaste dead(std::string path, std::uint64_t bytes, const char* fate, std::uint32_t origin, std::uint32_t cause) {
  return {std::move(path), bytes, fate, origin, cause, {}};
}

void add_realistic_packages(Report& report) {
  add_package(report, "deb", "gcc-12", "12.2.0-14", 1, {41'200'000, 12'100'000, 210});
  add_package(report, "deb", "cpp-12", "12.2.0-14", 1, {34'500'000, 10'000'000, 12});
  add_package(report, "pip", "numpy", "1.26.4", 3, {28'100'000, 9'800'000, 880});
  add_bracketed(report, "[unattributed]", {28'000'000, 11'000'000, 1'420});
  add_package(report, "deb", "python3.11-minimal", "3.11.2-6+deb12u5", 1, {24'000'000, 8'000'000, 310});
  add_package(report, "deb", "perl-base", "5.36.0-7+deb12u2", 0, {20'000'000, 6'500'000, 170});
  add_package(report, "deb", "libc6", "2.36-9+deb12u10", 0, {18'000'000, 6'000'000, 300});
  add_package(report, "deb", "libgcc-12-dev", "12.2.0-14", 1, {16'000'000, 5'000'000, 150});
  add_package(report, "deb", "coreutils", "9.1-1", 0, {14'000'000, 5'000'000, 120});
  add_package(report, "deb", "libssl3", "3.0.17-1~deb12u2", 1, {11'000'000, 4'000'000, 9});
  add_bracketed(report, "[package databases]", {10'000'901, 2'600'000, 600});
}

void add_realistic_paths(Report& report) {
  const auto add = [&](const char* path, std::uint64_t visible, std::uint64_t own, std::uint64_t files) {
    report.paths.push_back({path, visible, visible / 4, files, own, own / 4});
  };
  add("", 244'800'901, 2'000'901, 11'482);
  add("app", 9'400'000, 9'400'000, 1'204);
  add("root/.cache/pip", 12'200'000, 12'200'000, 44);
  add("usr", 190'000'000, 4'000'000, 8'200);
  add("usr/bin", 26'000'000, 26'000'000, 900);
  add("usr/lib", 140'000'000, 24'000'000, 6'000);
  add("usr/lib/gcc/x86_64-linux-gnu/12", 76'000'000, 76'000'000, 300);
  add("usr/lib/python3", 40'000'000, 40'000'000, 3'000);
  add("usr/share", 20'000'000, 20'000'000, 1'300);
  add("var", 31'200'000, 12'300'000, 1'900);
  add("var/lib/apt/lists", 18'900'000, 18'900'000, 14);
  report.totals.visible_compressed_bytes = 80'000'000;
  // The root row takes what rounding to quarters left over.
  std::uint64_t own = 0;
  for (const auto& path : report.paths) own += path.own_compressed_bytes;
  report.paths.front().own_compressed_bytes += 80'000'000 - own;
  report.paths.front().compressed_bytes = 80'000'000;
}

void add_realistic_waste(Report& report) {
  for (int i = 0; i < 4; ++i) {
    auto entry = dead("app/node_modules/lib" + std::to_string(i) + "/index.js", 2'100'000, "metadata_only", 4, 5);
    entry.attributes = {"gid", "uid"};
    report.waste.push_back(std::move(entry));
  }
  report.waste.push_back(dead("app/build/cache.bin", 1'000'000, "deleted", 4, 5));
  report.waste.push_back(dead("var/lib/dpkg/status", 310'000, "package_database", 0, 1));
  report.waste.push_back(dead("etc/ssl/certs/ca-certificates.crt", 213'777, "overwritten", 0, 1));
  report.wasted_by_fate = {
      {"deleted", 1'000'000}, {"metadata_only", 8'400'000}, {"overwritten", 213'777}, {"package_database", 310'000}};
}

ReportClass kind(const char* name, std::uint64_t visible, std::uint64_t compressed, std::uint64_t wasted,
                 std::uint64_t files) {
  return {name, visible, compressed, wasted, files};
}

}  // namespace

Report realistic_report() {
  Report report;
  report.tool.version = "0.1.0";
  report.image.reference = "api:pr-42";
  report.image.source = "docker-archive";
  report.image.manifest_digest = image_digest;
  report.image.config_digest = "sha256:" + std::string(64, 'c');
  report.image.platform = "linux/amd64";
  report.image.entrypoint = {"python3", "/app/main.py"};
  report.image.env = {"PATH=/usr/local/bin:/usr/bin", "PS1=\\u@\\h"};
  report.image.user = "app";
  report.image.working_dir = "/app";
  report.image.labels = {{"org.opencontainers.image.title", "api"}};

  add_layer(report, {74'276'223, 523'777, 0, 29'000'000, 3'200}, line("FROM debian:12-slim", 1, 1));
  add_layer(report, {118'600'000, 0, 523'777, 40'000'000, 5'900},
            line("RUN apt-get update && \\\n    apt-get install -y gcc python3 \\\n      python3-pip libssl3", 4, 6));
  add_layer(report, {1'100, 0, 0, 700, 1}, line("COPY requirements.txt /app/", 7, 7));
  add_layer(report, {42'523'578, 0, 0, 20'000'000, 1'300}, line("RUN pip install -r requirements.txt", 8, 8));
  add_layer(report, {0, 9'400'000, 0, 3'500'000, 1'290}, line("COPY . /app", 9, 9));
  add_layer(report, {9'400'000, 0, 9'400'000, 3'500'000, 1'206},
            line("RUN chown -R app:app /app && rm /app/build/cache.bin", 10, 10));
  sum_layers(report);
  report.totals.directories = 1'690;
  report.totals.files = 11'482;
  report.totals.disk_bytes = 262'144'000;
  report.totals.duplicate_bytes = 2'800'000;
  report.totals.attestation_bytes = 14'200;
  report.base = {1, "provenance", "debian:12-slim", {9'400'000, 0, 523'777}, 179'924'678, {}};
  report.base.wasted_user_ratio = rounded_ratio(9'400'000, 179'924'678);
  report.history_match = HistoryMatch{"dockerfile", 1};
  report.instructions.emplace();
  for (const auto& layer : report.layers) report.instructions->push_back({layer.instruction, layer.index});
  report.instructions->push_back({line("USER app", 11, 11), {}});
  add_realistic_waste(report);
  add_realistic_packages(report);
  add_realistic_paths(report);
  report.classes = {kind("shared objects", 90'000'000, 28'000'000, 0, 410),
                    kind("programs", 62'000'000, 20'000'000, 0, 700),
                    kind("Python modules", 44'000'000, 15'000'000, 0, 3'900),
                    kind("[other files]", 29'900'901, 12'000'000, 9'613'777, 3'000),
                    kind("package databases", 18'900'000, 5'000'000, 310'000, 600)};
  report.duplicates = {{700'000, 3, 1'400'000, {"app/data/words.txt", "usr/share/dict/words", "usr/share/words"}},
                       {1'400'000, 2, 1'400'000, {"usr/lib/a.so", "usr/lib/b.so"}}};
  report.notes = {{"history-mismatch", "layer 3", "the history states another command than the Dockerfile"},
                  {"package-file-missing", "usr/share/doc/libssl3/changelog.gz", "libssl3 owns it, no layer holds it"},
                  {"package-file-missing", "usr/share/man/man1/gcc.1.gz", "gcc-12 owns it, no layer holds it"}};
  add_realistic_runtime(report);
  report.memory = realistic_memory();
  for (const auto& row : report.memory->startup.layers) report.layers[row.layer].startup_rss_bytes = row.rss_bytes;
  return report;
}

TreeView realistic_tree() {
  TreeView tree;
  std::uint64_t inode = 0;
  const auto add = [&](const char* path, FileKind file_kind, std::uint64_t bytes, std::uint32_t layer) -> FileRow& {
    tree.rows.push_back({.path = path,
                         .kind = file_kind,
                         .visible_bytes = bytes,
                         .compressed_bytes = bytes / 3,
                         .layer = layer,
                         .inode = ++inode,
                         .mode = 0644});
    return tree.rows.back();
  };
  add("app", FileKind::directory, 0, 4).mode = 0755;
  add("app/main.py", FileKind::file, 5'000, 5);
  add("bin", FileKind::symlink, 0, 0).link_target = "usr/bin";
  add("dev/null", FileKind::character_device, 0, 0).mode = 0666;
  add("usr", FileKind::directory, 0, 0).mode = 0755;
  add("usr/bin", FileKind::directory, 0, 0).mode = 0755;
  auto& first = add("usr/bin/perl", FileKind::file, 3'900'000, 0);
  first.links = 2;
  first.package = 5;
  first.mode = 04755;
  auto second = first;
  second.path = "usr/bin/perl5.36.0";
  second.repeats_inode = true;
  tree.rows.push_back(std::move(second));
  add("usr/lib/gcc/cc1", FileKind::file, 30'000'000, 1).package = 0;
  add("usr/lib/gcc/cc1;\x1b[2J plus", FileKind::file, 1'000, 1);
  add("usr/lib-extra", FileKind::directory, 0, 1);
  return tree;
}

WhyAnswer realistic_answer() {
  WhyPath path;
  path.path = "app/main.py";
  path.kind = "file";
  path.visible = true;
  path.visible_bytes = 5'000;
  path.compressed_bytes = 1'700;
  path.wasted_bytes = 10'000;
  path.files = 1;
  path.content_class = "Python modules";
  path.hard_links = {"app/run.py"};
  path.history = {{4, "added", 5'000, {}, line("COPY . /app", 9, 9)},
                  {5, "metadata_changed", 5'000, {"gid", "uid"}, line("RUN chown -R app:app /app", 10, 10)},
                  {6, "overwritten", 5'000, {}, line("COPY main.py /app/", 11, 11)}};
  WhyPath directory;
  directory.path = "root/.cache/pip";
  directory.kind = "directory";
  directory.visible = true;
  directory.visible_bytes = 12'200'000;
  directory.compressed_bytes = 9'000'000;
  directory.files = 44;
  directory.history = {{3, "added", 12'200'000, {}, line("RUN pip install -r requirements.txt", 8, 8)}};
  directory.largest = {{"root/.cache/pip/http/a/numpy", 9'000'000}, {"root/.cache/pip/http/b/six", 3'200'000}};
  WhyPackage package;
  package.manager = "deb";
  package.name = "libssl3";
  package.version = "3.0.17-1~deb12u2";
  package.architecture = "amd64";
  package.layer = 1;
  package.instruction = line("RUN apt-get install -y libssl3", 4, 6);
  package.visible_bytes = 11'000'000;
  package.compressed_bytes = 4'000'000;
  package.declared_bytes = 11'004'096;
  package.database_bytes = 900;
  package.files = 9;
  package.largest = {{"usr/lib/x86_64-linux-gnu/libcrypto.so.3", 4'700'000}};
  WhyAnswer answer{"api:pr-42", "libssl3", {path, directory}, {package}, {}};
  add_realistic_chains(answer);
  return answer;
}

Report one_layer_report() {
  Report report;
  report.tool.version = "0.1.0";
  report.image.source = "rootfs";
  add_layer(report, {8'000'000, 0, 0, 0, 40}, {});
  auto& layer = report.layers.front();
  layer.compression = "none";
  layer.compressed_bytes.reset();
  layer.digest.clear();
  layer.digest_verified.reset();
  layer.created.reset();
  sum_layers(report);
  report.totals.compressed_bytes.reset();
  report.totals.compressed_bytes_estimate = 3'100'000;
  report.totals.visible_compressed_bytes = 3'000'000;
  report.totals.files = 30;
  report.totals.directories = 10;
  report.totals.disk_bytes = 8'060'928;
  report.base.user_bytes = 8'000'000;
  report.base.wasted_user_ratio = 0;
  add_bracketed(report, "[unattributed]", {8'000'000, 3'000'000, 30});
  report.paths = {{"", 8'000'000, 3'000'000, 30, 8'000'000, 3'000'000}};
  report.classes = {kind("programs", 8'000'000, 3'000'000, 0, 30)};
  report.runtime.emplace();
  report.runtime->no_command = true;
  report.runtime->coverage = "unknown";
  report.findings.emplace();
  return report;
}

Report empty_report() {
  Report report;
  report.tool.version = "0.1.0";
  report.image.reference = "scratch";
  report.image.source = "oci-archive";
  report.totals.compressed_bytes = 0;
  return report;
}

Report hostile_report() {
  auto report = realistic_report();
  report.complete = false;
  report.image.reference = "evil\x1b]0;title\x07:latest\xff" + std::string(300, 'r');
  report.image.platform =
      "linux/\x9b"
      "31m";
  report.image.labels["\x1b[2J"] = "\\x41 \\ \xe2\x80\xae";
  report.base.name = "base\nimage\t" + std::string(200, 'b');
  report.layers[1].instruction.text = "RUN echo \x1b[2J\r\n::error::gotcha \xe2\x80\xae desrever";
  report.layers[3].instruction.text = "RUN " + std::string(5'000, 'x');
  report.layers[3].instruction.file = "other;file\x1b";
  report.waste[0].path = std::string(300, 'n') + "/\xe6\xbc\xa2\xe5\xad\x97.js";
  report.waste[4].path = "a b/'quoted'\x1b[31m";
  report.packages[0].name = std::string(300, 'p');
  report.packages[1].name =
      "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
      "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97";
  report.packages[2].manager = "manager-with-a-long-name";
  report.packages[4].version = "1\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81";
  report.paths[1].path = "app\xf0\x9f\x98\x80\xfe";
  report.classes[0].name = "\xcc\x81 combining first";
  report.duplicates[0].paths[0] = std::string(400, 'd') + "\n";
  report.runtime->objects[7].path = "usr/lib/\x1b[2J\xff" + std::string(300, 'o');
  report.runtime->objects[7].package = "\xe6\xbc\xa2\n" + std::string(200, 'p');
  report.runtime->missing[0].name = std::string(3'000, 'm') + "\n::error::x";
  report.runtime->processes[0].program = "usr/bin/\xe2\x80\xae" + std::string(200, 'x');
  report.memory->startup.objects[0].path = "usr/bin/\x1b[31m" + std::string(300, 'm');
  report.memory->startup.objects[0].package = "\n::error::";
  report.memory->startup.processes[0].runtime = "\x1b[2J" + std::string(100, 'r');
  report.memory->sharing.layers[0].instruction = "RUN \x1b]0;x\x07" + std::string(500, 'i');
  report.runtime->failures[0].obstacle = "\x1b[5m";
  report.runtime->trace =
      RuntimeTrace{{"\x1b[2Jpaths\n" + std::string(200, 't'), "second"}, false, 9, 2, 7, 70'000, 3, 30'000};
  report.packages[3].runtime = "untraced";
  report.findings->front().message = std::string(90, 'w') + "\r\n##vso[x] \xe6\xbc\xa2 " + std::string(5'000, 'm');
  report.findings->back().location.path = std::string(300, 'f') + "\n";
  report.notes.push_back(
      {"unreadable\x1b[5m", "\xc0\xaf/../../etc/shadow", "zero\xe2\x80\x8bwidth " + std::string(300, 't')});
  return report;
}

WhyAnswer hostile_answer() {
  auto answer = realistic_answer();
  answer.paths[0].path = "\x1b[2J" + std::string(300, 'q');
  answer.paths[0].link_target = "\xe2\x80\xae/etc/\xff";
  answer.paths[0].history[1].event = std::string(100, 'e');
  answer.packages[0].name = "\xe6\xbc\xa2\n" + std::string(200, 'p');
  answer.paths[0].chain.resize(200, answer.paths[0].chain[2]);
  answer.paths[0].chain[1].path = std::string(300, 'c') + "\x1b[2J";
  answer.paths[0].chain[1].detail = "\n" + std::string(300, 'd');
  answer.packages[0].used[0].path = std::string(300, 'u') + "\t";
  return answer;
}

}  // namespace imgslim::test
