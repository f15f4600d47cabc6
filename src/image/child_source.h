#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "archive/byte_source.h"

namespace imgslim::image {

/// A program to run for its output. No shell takes part: argv goes to the program as it is.
struct ChildCommand {
  std::vector<std::string> argv;  ///< argv[0] is looked up on the PATH, as execvp does
  /// For programs that write to a seekable file or a named pipe but not to a pipe on stdout: the path of a named pipe
  /// is put in place of `named_pipe` in each argument, and the output is read from there.
  std::string named_pipe;
  std::string temporary_directory = "/tmp";  ///< where that named pipe is made, in a private directory
};

/// The standard output (or named pipe) of a child process, which runs while it is read. The end of the stream is an
/// environment error when the program failed, with the last lines of its standard error. Destroying it ends the child
/// and reaps it.
class ChildSource final : public archive::ByteSource {
 public:
  /// Environment error when the program cannot be started; the message says how to do without.
  static Result<std::unique_ptr<ChildSource>> start(ChildCommand command);
  static Result<std::unique_ptr<ChildSource>> start(std::vector<std::string> argv);

  ~ChildSource() override;
  ChildSource(const ChildSource&) = delete;
  ChildSource& operator=(const ChildSource&) = delete;

  Result<std::size_t> read(std::span<std::byte> buffer) override;

  /// For tests and messages; 0 once reaped.
  [[nodiscard]] pid_t process() const { return reaped_ ? 0 : process_; }

 private:
  class NamedPipe;
  ChildSource();

  Status open_output(const ChildCommand& command);
  Status spawn(const ChildCommand& command);
  Result<std::size_t> read_output(std::span<std::byte> buffer, bool hung_up);
  Result<std::size_t> finish();
  void drain_errors();
  bool reap();
  void terminate();
  [[nodiscard]] Error failure() const;

  std::string title_;  ///< the command as a person would type it
  std::unique_ptr<NamedPipe> named_pipe_;
  int output_ = -1;
  int child_output_ = -1;  ///< the writing end, until the child has it
  int errors_ = -1;
  pid_t process_ = 0;
  bool reaped_ = false;
  bool ended_ = false;
  int exit_status_ = 0;
  std::string error_text_;  ///< the tail of standard error
};

}  // namespace imgslim::image
