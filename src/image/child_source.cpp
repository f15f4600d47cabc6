// Runs the user's own docker, podman or skopeo and reads what it writes. Both pipes are watched at once, because a
// child that fills one while its parent waits on the other never ends. The child's exit, not the pipe's end, decides:
// helpers that it leaves behind (podman's pause process) may keep a pipe open for hours. A named pipe has no end before
// its first writer came, so there, too, the exit tells. Poll wakes at least every tenth of a second to look.
#include "image/child_source.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/check.h"

extern char** environ;

namespace imgslim::image {
namespace {

constexpr int poll_milliseconds = 100;
constexpr int patience_milliseconds = 2'000;
constexpr std::size_t kept_error_bytes = 4'096;
constexpr std::size_t quoted_lines = 3;

Error system_error(const std::string& what, int code) { return environment_error(what + ": " + std::strerror(code)); }

struct PipeEnds {
  int read = -1, write = -1;
};

Result<PipeEnds> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe", errno);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return PipeEnds{ends[0], ends[1]};
}

void close_once(int& descriptor) {
  if (descriptor >= 0) close(std::exchange(descriptor, -1));
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Debian's package for a program.
std::string package_of(const std::string& program) { return program == "docker" ? "docker.io" : program; }

Error cannot_start(const std::string& program, int code) {
  if (code != ENOENT) return system_error("cannot run " + program, code);
  return environment_error("cannot run " + program +
                           ": no such program on the PATH; install it (Debian: apt-get install " + package_of(program) +
                           "), or give the image as a file: docker save NAME | imgslim analyze -");
}

/// The last lines in one line.
std::string last_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (end > start) lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  std::string joined;
  for (std::size_t i = lines.size() > quoted_lines ? lines.size() - quoted_lines : 0; i < lines.size(); ++i)
    joined += (joined.empty() ? "" : "; ") + lines[i];
  return joined;
}

/// posix_spawn's two attribute objects, freed together.
class SpawnPlan {
 public:
  SpawnPlan(int output, int errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    posix_spawnattr_setsigmask(&attributes_, &pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &pipe_signal);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int run(pid_t& process, std::vector<std::string>& argv) const {
    std::vector<char*> pointers;
    for (auto& word : argv) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return posix_spawnp(&process, pointers[0], &actions_, &attributes_, pointers.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> replace_in_words(std::vector<std::string> words, const std::string& from,
                                          const std::string& to) {
  if (from.empty()) return words;
  for (auto& word : words)
    if (const auto at = word.find(from); at != std::string::npos) word.replace(at, from.size(), to);
  return words;
}

}  // namespace

/// A named pipe in a directory of its own, removed with it.
class ChildSource::NamedPipe {
 public:
  static Result<std::unique_ptr<NamedPipe>> make(const std::string& temporary_directory) {
    auto pattern = temporary_directory + "/imgslim-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr)
      return system_error("cannot make a directory in " + temporary_directory, errno);
    std::unique_ptr<NamedPipe> pipe(new NamedPipe(pattern));
    if (mkfifo(pipe->path().c_str(), S_IRUSR | S_IWUSR) != 0)
      return system_error("cannot make a named pipe in " + pattern, errno);
    return pipe;
  }
  ~NamedPipe() {
    std::error_code ignored;
    std::filesystem::remove(path(), ignored);
    std::filesystem::remove(directory_, ignored);
  }
  NamedPipe(const NamedPipe&) = delete;
  NamedPipe& operator=(const NamedPipe&) = delete;

  [[nodiscard]] std::string path() const { return directory_ + "/image"; }

 private:
  explicit NamedPipe(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
};

ChildSource::ChildSource() = default;

ChildSource::~ChildSource() {
  close_once(output_);
  close_once(child_output_);
  close_once(errors_);
  if (process_ > 0 && !reaped_) terminate();
}

Result<std::unique_ptr<ChildSource>> ChildSource::start(std::vector<std::string> argv) {
  return start(ChildCommand{.argv = std::move(argv), .named_pipe = ""});
}

Result<std::unique_ptr<ChildSource>> ChildSource::start(ChildCommand command) {
  IMGSLIM_CHECK(!command.argv.empty());
  std::unique_ptr<ChildSource> child(new ChildSource);
  child->title_ = join_words(replace_in_words(command.argv, command.named_pipe, "FILE"));
  IMGSLIM_TRY_DONE(child->open_output(command));
  if (child->named_pipe_) command.argv = replace_in_words(command.argv, command.named_pipe, child->named_pipe_->path());
  IMGSLIM_TRY_DONE(child->spawn(command));
  return child;
}

Status ChildSource::open_output(const ChildCommand& command) {
  if (command.named_pipe.empty()) {
    IMGSLIM_TRY(const auto ends, make_pipe());
    output_ = ends.read;
    child_output_ = ends.write;
    return Done{};
  }
  IMGSLIM_TRY(named_pipe_, NamedPipe::make(command.temporary_directory));
  output_ = open(named_pipe_->path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (output_ < 0) return system_error("cannot open a named pipe", errno);
  // What the program prints beside its output would end up in ours.
  child_output_ = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (child_output_ < 0) return system_error("cannot open /dev/null", errno);
  return Done{};
}

Status ChildSource::spawn(const ChildCommand& command) {
  IMGSLIM_TRY(auto errors, make_pipe());
  errors_ = errors.read;
  auto argv = command.argv;
  const int code = SpawnPlan(child_output_, errors.write).run(process_, argv);
  close_once(errors.write);
  close_once(child_output_);
  if (code == 0) return Done{};
  process_ = 0;
  return cannot_start(command.argv.front(), code);
}

Result<std::size_t> ChildSource::read(std::span<std::byte> buffer) {
  while (!ended_) {
    std::array<pollfd, 2> watched{pollfd{output_, POLLIN, 0}, pollfd{errors_, POLLIN, 0}};
    if (poll(watched.data(), watched.size(), poll_milliseconds) < 0 && errno != EINTR)
      return system_error("cannot wait for " + title_, errno);
    if (watched[1].revents != 0) drain_errors();
    const bool exited = watched[0].revents == 0 && reap();
    if (watched[0].revents == 0 && !exited) continue;
    IMGSLIM_TRY(const auto count, read_output(buffer, exited || (watched[0].revents & POLLHUP) != 0));
    if (count > 0) return count;
  }
  return finish();
}

/// 0 when there is nothing now; sets ended_ when nothing can come any more.
Result<std::size_t> ChildSource::read_output(std::span<std::byte> buffer, bool hung_up) {
  const auto count = ::read(output_, buffer.data(), buffer.size());
  if (count > 0) return static_cast<std::size_t>(count);
  if (count < 0 && errno != EAGAIN && errno != EINTR) return system_error("cannot read from " + title_, errno);
  ended_ = hung_up;
  return std::size_t{0};
}

Result<std::size_t> ChildSource::finish() {
  while (!reap()) {
    pollfd watched{errors_, POLLIN, 0};
    poll(&watched, 1, poll_milliseconds);
    drain_errors();
  }
  drain_errors();
  if (exit_status_ != 0) return failure();
  return std::size_t{0};
}

void ChildSource::drain_errors() {
  std::array<char, 4096> chunk{};
  while (errors_ >= 0) {
    const auto count = ::read(errors_, chunk.data(), chunk.size());
    if (count < 0) return;
    if (count == 0) return close_once(errors_);
    error_text_.append(chunk.data(), static_cast<std::size_t>(count));
    if (error_text_.size() > 2 * kept_error_bytes) error_text_.erase(0, error_text_.size() - kept_error_bytes);
  }
}

bool ChildSource::reap() {
  if (reaped_) return true;
  const auto found = waitpid(process_, &exit_status_, WNOHANG);
  reaped_ = found == process_ || (found < 0 && errno == ECHILD);
  return reaped_;
}

/// Asks first: skopeo and podman remove their temporary files when they are told to stop.
void ChildSource::terminate() {
  kill(process_, SIGTERM);
  for (int waited = 0; waited < patience_milliseconds; waited += 10) {
    if (reap()) return;
    poll(nullptr, 0, 10);
  }
  kill(process_, SIGKILL);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
}

Error ChildSource::failure() const {
  const auto ending = WIFSIGNALED(exit_status_)
                          ? "was killed by signal " + std::to_string(WTERMSIG(exit_status_))
                          : "failed with exit status " + std::to_string(WEXITSTATUS(exit_status_));
  const auto quoted = last_lines(error_text_);
  return environment_error("\"" + title_ + "\" " + ending + (quoted.empty() ? "" : ": " + quoted));
}

}  // namespace imgslim::image
