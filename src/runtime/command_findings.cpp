// What keeps the image's commands from being executed.
#include "runtime/finding_rules.h"

namespace imgslim::runtime {
namespace {

using entrypoint::Failure;
using entrypoint::Obstacle;
using entrypoint::Role;

std::string_view instruction_of(Role role) {
  switch (role) {
    case Role::main:
      return "the command";
    case Role::helper:
      return "a helper";
    case Role::service:
      return "the service";
    case Role::healthcheck:
      return "HEALTHCHECK";
  }
  return "the command";
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

/// "the command 'x' is not in the image: …".
std::string sentence(const Failure& failure) {
  auto subject = std::string(instruction_of(failure.role)) + " " + quoted(failure.command);
  const auto where =
      failure.path.empty() || failure.path == failure.command ? std::string() : " (" + failure.path + ")";
  switch (failure.obstacle) {
    case Obstacle::not_found:
      return subject + " is not in the image: copy it there, or correct its path";
    case Obstacle::not_executable:
      return subject + where + " has no execute permission: chmod +x it before COPY, or use COPY --chmod";
    case Obstacle::not_a_program:
      return subject + where + " is neither an ELF file nor a script that begins with '#!'";
    case Obstacle::no_interpreter:
      return subject + where + " names the interpreter " + quoted(failure.detail) +
             ", which is not in the image: install it";
    case Obstacle::carriage_return:
      return subject + where + " has a '#!' line that ends in a carriage return: store it with Unix line ends";
    case Obstacle::interpreter_loop:
      return subject + where + " is a script whose interpreters are scripts without end";
    case Obstacle::no_shell:
      return subject + " is in shell form, but the image has no shell" +
             (failure.detail.empty() ? "" : " " + quoted(failure.detail)) + ": use the JSON form";
  }
  return subject;
}

/// What a Dockerfile states the command with.
std::string keyword_of(const FindingInput& input, Role role) {
  if (role == Role::healthcheck) return "HEALTHCHECK";
  if (role == Role::main) return input.config.entrypoint.empty() ? "CMD" : "ENTRYPOINT";
  return {};
}

template <typename Wanted>
std::vector<Finding> failures_that(const FindingInput& input, Wanted wanted) {
  std::vector<Finding> result;
  for (const auto& failure : input.closure.failures) {
    if (!wanted(failure)) continue;
    Finding finding;
    finding.severity = Severity::error;
    finding.message = sentence(failure);
    finding.path = failure.path;
    finding.instruction = keyword_of(input, failure.role);
    if (!failure.path.empty()) finding.evidence.push_back({failure.path, 0});
    result.push_back(std::move(finding));
  }
  return result;
}

bool is_absent(Obstacle obstacle) {
  return obstacle == Obstacle::not_found || obstacle == Obstacle::not_executable || obstacle == Obstacle::not_a_program;
}

}  // namespace

std::vector<Finding> shell_missing(const FindingInput& input) {
  return failures_that(input, [](const Failure& failure) { return failure.obstacle == Obstacle::no_shell; });
}

std::vector<Finding> command_not_executable(const FindingInput& input) {
  return failures_that(
      input, [](const Failure& failure) { return failure.role != Role::healthcheck && is_absent(failure.obstacle); });
}

std::vector<Finding> script_interpreter_missing(const FindingInput& input) {
  return failures_that(input, [](const Failure& failure) {
    return failure.obstacle == Obstacle::no_interpreter || failure.obstacle == Obstacle::carriage_return ||
           failure.obstacle == Obstacle::interpreter_loop;
  });
}

std::vector<Finding> health_check_missing(const FindingInput& input) {
  return failures_that(
      input, [](const Failure& failure) { return failure.role == Role::healthcheck && is_absent(failure.obstacle); });
}

std::vector<Finding> wrapper_without_exec(const FindingInput& input) {
  if (input.closure.execs_arguments || input.closure.processes.empty()) return {};
  const auto& process = input.closure.processes.front().process;
  Finding finding;
  finding.severity = Severity::info;
  finding.path = process.scripts.empty() ? process.program.path : process.scripts.front().path;
  finding.message =
      "the script " + finding.path + " stays process 1 and gets the signals of `docker stop`: end it with exec";
  finding.evidence.push_back({finding.path, 0});
  return {finding};
}

}  // namespace imgslim::runtime
