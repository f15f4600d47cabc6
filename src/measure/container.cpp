// fork ▸ unshare ▸ fork ▸ mounts, chroot, identity ▸ execve. The process in between has the process namespace made and
// waits for process 1 of it; when it goes, the kernel ends everything inside.
#include "measure/container.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "measure/process_files.h"

namespace imgslim::measure {
namespace {

/// Tells the parent why nothing was executed; closed by execve when all is well.
[[noreturn]] void give_up(int report, const char* what) {
  const auto text = std::string(what) + ": " + std::strerror(errno);
  [[maybe_unused]] const auto written = write(report, text.data(), text.size());
  _exit(127);
}

void write_file(const char* path, const std::string& text) { std::ofstream(path) << text; }

/// Root inside is whoever runs this outside.
void map_identity(uid_t uid, gid_t gid) {
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1\n");
  write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1\n");
}

void raise_loopback() {
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  ioctl(any, SIOCSIFFLAGS, &request);
  close(any);
}

void bind_device(const std::string& root, const char* name) {
  const auto place = root + "/dev/" + name;
  close(open(place.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666));
  mount((std::string("/dev/") + name).c_str(), place.c_str(), nullptr, MS_BIND, nullptr);
}

/// Files of /proc by which the machine itself is changed.
void protect_machine(const std::string& root, int report) {
  for (const char* const name : {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"}) {
    const auto place = root + name;
    if (access(place.c_str(), F_OK) != 0) continue;
    const bool bound = mount(place.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0;
    if (!bound || mount(nullptr, place.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
      give_up(report, name);
  }
}

/// What the image's processes may still do as root is what container engines let them: nothing to the machine.
void drop_privileges() {
  constexpr int kept[] = {CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,           CAP_FSETID,  CAP_KILL,       CAP_SETGID,
                          CAP_SETUID, CAP_SETPCAP,      CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_AUDIT_WRITE};
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
    if (std::find(std::begin(kept), std::end(kept), capability) == std::end(kept))
      prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

void furnish(const std::string& root, int report) {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) give_up(report, "private mounts");
  for (const char* const place : {"/proc", "/dev", "/tmp"}) mkdir((root + place).c_str(), 0755);
  if (mount("proc", (root + "/proc").c_str(), "proc", 0, nullptr) != 0) give_up(report, "mount /proc");
  protect_machine(root, report);
  if (mount("tmpfs", (root + "/dev").c_str(), "tmpfs", MS_NOSUID, "mode=755") != 0) give_up(report, "mount /dev");
  for (const char* const name : {"null", "zero", "full", "random", "urandom"}) bind_device(root, name);
  const std::pair<const char*, const char*> links[] = {{"/proc/self/fd", "/dev/fd"},
                                                       {"/proc/self/fd/0", "/dev/stdin"},
                                                       {"/proc/self/fd/1", "/dev/stdout"},
                                                       {"/proc/self/fd/2", "/dev/stderr"}};
  for (const auto& [target, name] : links) {
    if (symlink(target, (root + name).c_str()) != 0) give_up(report, name);
  }
  mkdir((root + "/dev/shm").c_str(), 01777);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void become(Launch launch, int report, bool maps_users) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  furnish(launch.root, report);
  raise_loopback();
  if (chroot(launch.root.c_str()) != 0) give_up(report, "chroot");
  if (chdir(launch.working_directory.c_str()) != 0 && chdir("/") != 0) give_up(report, "chdir");
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) give_up(report, "/dev/null");
  drop_privileges();
  for (const int stream : {0, 1, 2}) dup2(nothing, stream);
  // A single mapped user cannot become another one.
  if (!maps_users && (setgroups(0, nullptr) != 0 || setgid(static_cast<gid_t>(launch.gid)) != 0 ||
                      setuid(static_cast<uid_t>(launch.uid)) != 0))
    give_up(report, "user");
  auto argv = pointers(launch.argv);
  auto environment = pointers(launch.environment);
  environ = environment.data();  // its PATH is the one to search
  execvp(argv[0], argv.data());
  give_up(report, launch.argv[0].c_str());
}

/// The process in between: its only child becomes process 1.
[[noreturn]] void stand_between(const Launch& launch, int report, int pid_end) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool maps_users = geteuid() != 0;
  const auto uid = geteuid();
  const auto gid = getegid();
  const int spaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  if (unshare(spaces | (maps_users ? CLONE_NEWUSER : 0)) != 0) give_up(report, "namespaces");
  if (maps_users) map_identity(uid, gid);
  const pid_t first = fork();
  if (first < 0) give_up(report, "fork");
  if (first == 0) become(launch, report, maps_users);
  [[maybe_unused]] const auto written = write(pid_end, &first, sizeof first);
  close(pid_end);
  close(report);
  waitpid(first, nullptr, 0);
  _exit(0);
}

}  // namespace

Result<Container> Container::start(const Launch& launch) {
  int report[2], pids[2];
  if (pipe2(report, O_CLOEXEC) != 0 || pipe2(pids, O_CLOEXEC) != 0) return environment_error("cannot make a pipe");
  const pid_t outside = fork();
  if (outside == 0) {
    close(report[0]);
    close(pids[0]);
    stand_between(launch, report[1], pids[1]);
  }
  close(report[1]);
  close(pids[1]);
  pid_t first = 0;
  const bool told = outside > 0 && read(pids[0], &first, sizeof first) == static_cast<ssize_t>(sizeof first);
  std::string problem(256, '\0');
  const auto size = read(report[0], problem.data(), problem.size());  // ends when execve closes it
  problem.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  close(report[0]);
  close(pids[0]);
  Container container(outside, first);
  if (!problem.empty() || !told)
    return environment_error("cannot start the image's command: " + (problem.empty() ? "no process" : problem));
  return container;
}

Container::Container(Container&& other) noexcept
    : outside_(std::exchange(other.outside_, 0)), first_(std::exchange(other.first_, 0)) {}

Container::~Container() {
  if (first_ > 0) kill(first_, SIGKILL);
  if (outside_ > 0) waitpid(outside_, nullptr, 0);
}

std::vector<pid_t> Container::processes() const {
  auto pids = processes_in_namespace_of(first_);
  const auto first = std::find(pids.begin(), pids.end(), first_);
  if (first != pids.end()) std::rotate(pids.begin(), first, std::next(first));
  return pids;
}

bool Container::wait_until_idle(unsigned most_seconds) const {
  using Clock = std::chrono::steady_clock;
  constexpr auto calm = std::chrono::milliseconds(1000), step = std::chrono::milliseconds(50);
  const auto end = Clock::now() + std::chrono::seconds(most_seconds);
  auto since = Clock::now();
  std::uint64_t spent = UINT64_MAX;
  while (Clock::now() < end && Clock::now() - since < calm) {
    std::this_thread::sleep_for(step);
    const auto pids = processes();
    if (pids.empty()) return false;
    std::uint64_t now = 0;
    for (const auto pid : pids) now += cpu_ticks(pid);
    if (now != spent) since = Clock::now();
    spent = now;
  }
  return !processes().empty();
}

}  // namespace imgslim::measure
