#include "imgslim/measure.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "archive/file.h"
#include "archive/member_store.h"
#include "image/resolve.h"
#include "measure/container.h"
#include "measure/process_files.h"
#include "measure/unpack.h"

namespace imgslim {
namespace {

using measure::Container;
using measure::Launch;
using measure::RootDirectory;

/// "linux/arm64/v8" of a report.
image::Platform platform_of(const std::string& text) {
  std::istringstream words(text);
  image::Platform platform;
  std::getline(words, platform.os, '/');
  std::getline(words, platform.architecture, '/');
  std::getline(words, platform.variant, '/');
  return platform;
}

Result<std::unique_ptr<archive::MemberStore>> open_members(const std::string& location, const Limits& limits) {
  struct stat status {};
  if (stat(location.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return archive::open_directory(location, limits);
  IMGSLIM_TRY(const auto file, archive::File::open(location));
  return archive::index_tar_file(file, limits);
}

Status unpack_image(const AnalyzeOptions& options, const Report& report, RootDirectory& root) {
  const Limits limits;
  IMGSLIM_TRY(const auto members, open_members(options.image, limits));
  if (!image::is_image(*members))
    return usage_error(options.image + ": an uncompressed image archive or a layout directory can be measured");
  struct stat status {};
  const bool is_directory = stat(options.image.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  image::Selection selection;
  selection.reference = options.reference;
  selection.host_platform = platform_of(report.image.platform);
  selection.platform = selection.host_platform;
  IMGSLIM_TRY(const auto info,
              image::resolve(*members, is_directory ? image::Container::directory : image::Container::archive,
                             selection, limits));
  for (const auto& layer : info.layers) {
    if (layer.member.empty()) return input_error("a layer is not in the archive: nothing can be measured");
    IMGSLIM_TRY(const auto blob, members->open(layer.member));
    IMGSLIM_TRY_DONE(measure::unpack_layer(*blob, limits, root));
  }
  root.forget_contents();
  return Done{};
}

/// The numbers of a name in a file like /etc/passwd: its third and, of users, its fourth field.
std::optional<std::pair<std::uint64_t, std::uint64_t>> look_up(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string found, password, id, group;
    std::getline(fields, found, ':');
    std::getline(fields, password, ':');
    std::getline(fields, id, ':');
    std::getline(fields, group, ':');
    const auto number = [](const std::string& digits) { return std::strtoull(digits.c_str(), nullptr, 10); };
    if (found == name || id == name) return std::pair{number(id), number(group)};
  }
  return std::nullopt;
}

void set_user(const std::string& user, const RootDirectory& root, Launch& launch) {
  if (user.empty()) return;
  const auto colon = user.find(':');
  const auto name = user.substr(0, colon);
  const auto numbers = look_up(root.text("etc/passwd"), name);
  launch.uid = numbers ? numbers->first : std::strtoull(name.c_str(), nullptr, 10);
  launch.gid = numbers ? numbers->second : 0;
  if (colon == std::string::npos) return;
  const auto group = user.substr(colon + 1);
  const auto found = look_up(root.text("etc/group"), group);
  launch.gid = found ? found->first : std::strtoull(group.c_str(), nullptr, 10);
}

Launch launch_of(const Report& report, const RootDirectory& root) {
  Launch launch;
  launch.root = root.path();
  launch.argv = report.runtime->command;
  launch.environment = report.image.env;
  const auto has = [&](const std::string& name) {
    return std::any_of(launch.environment.begin(), launch.environment.end(),
                       [&](const auto& entry) { return entry.starts_with(name + "="); });
  };
  if (!has("PATH"))
    launch.environment.emplace_back("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  if (!has("HOME")) launch.environment.emplace_back("HOME=/root");
  launch.working_directory = report.image.working_dir.empty() ? "/" : report.image.working_dir;
  set_user(report.image.user, root, launch);
  return launch;
}

/// The path of a file of the root, as the image knows it; "" for others.
std::string inside(const std::string& path, const std::string& root) {
  return path.starts_with(root + "/") ? path.substr(root.size() + 1) : std::string();
}

std::string program_of(pid_t pid, const std::string& root) {
  std::string target(4096, '\0');
  const auto size = readlink(("/proc/" + std::to_string(pid) + "/exe").c_str(), target.data(), target.size());
  target.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return inside(target, root);
}

/// What is estimated of a process's objects, without .bss.
std::map<std::string, MeasuredObject> estimated_objects(const MemoryStartup& startup, std::uint32_t process) {
  std::map<std::string, MeasuredObject> objects;
  for (const auto& row : startup.objects) {
    if (std::find(row.processes.begin(), row.processes.end(), process) == row.processes.end()) continue;
    auto& object = objects[row.path];
    object.path = row.path;
    object.predicted = true;
    for (const auto& part : row.parts) {
      if (part.part == "bss") continue;
      object.estimate_bytes += part.rss_bytes;
      object.estimate_private_bytes += part.private_bytes;
    }
  }
  return objects;
}

MeasureAnswer compare(const Report& report, const measure::ResidentMemory& memory, const std::string& root) {
  const auto& startup = report.memory->startup;
  const auto& main = startup.processes.front();
  auto objects = estimated_objects(startup, main.process);
  for (const auto& [path, file] : memory.files) {
    const auto name = inside(path, root);
    if (name.empty()) continue;
    auto& object = objects[name];
    object.path = name;
    object.mapped = true;
    object.measured_bytes += file.resident_bytes;
    object.measured_private_bytes += file.private_bytes;
  }
  MeasureAnswer answer;
  answer.image = report.image.reference;
  answer.estimate = main.rss_bytes;
  answer.measured_bytes = memory.resident_bytes;
  answer.estimate_private_bytes = main.anonymous_bytes + main.file_private_bytes;
  answer.measured_private_bytes = memory.private_bytes;
  answer.in_range = memory.resident_bytes >= main.rss_bytes.low &&
                    (!main.rss_bytes.high || memory.resident_bytes <= *main.rss_bytes.high);
  for (auto& [path, object] : objects) answer.objects.push_back(std::move(object));
  std::stable_sort(answer.objects.begin(), answer.objects.end(), [](const auto& a, const auto& b) {
    return std::max(a.estimate_bytes, a.measured_bytes) > std::max(b.estimate_bytes, b.measured_bytes);
  });
  return answer;
}

/// The process that became the program of the estimate, else the first one.
pid_t main_process(const std::vector<pid_t>& pids, const std::string& program, const std::string& root) {
  const auto found =
      std::find_if(pids.begin(), pids.end(), [&](pid_t pid) { return program_of(pid, root) == program; });
  return found == pids.end() ? pids.front() : *found;
}

}  // namespace

Result<MeasureAnswer> measure_memory(const AnalyzeOptions& options, const MeasureOptions& measure_options) {
  IMGSLIM_TRY(const auto result, analyze(options, WithTree::no));
  const auto& report = result.report;
  if (!report.memory) return input_error("no program of the image is known: give one with --cmd 'PROGRAM ARGUMENTS'");
  IMGSLIM_TRY(auto root, RootDirectory::make(measure_options.directory));
  IMGSLIM_TRY_DONE(unpack_image(options, report, root));
  IMGSLIM_TRY(const auto container, Container::start(launch_of(report, root)));
  if (!container.wait_until_idle(measure_options.seconds))
    return input_error("the image's command ended before it could be measured: only what stays can be");
  const auto pids = container.processes();
  if (pids.empty()) return input_error("the image's command ended before it could be measured: only what stays can be");
  const auto pid = main_process(pids, report.memory->startup.processes.front().program, root.path());
  const auto program = program_of(pid, root.path());
  auto answer = compare(report, measure::resident_memory(pid), root.path());
  answer.program = program;
  answer.processes = pids.size();
  return answer;
}

}  // namespace imgslim
