#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The run-time closure in a report: which files of the image its command maps or reads, why, and how sure that is
/// (docs/runtime-closure.md). Paths are canonical and without leading "/", as everywhere in a report.
///
/// `confidence` is a tier: certain, declared and likely count as used, possible does not.
namespace imgslim {

/// One step from the command line to a program.
struct RuntimeStep {
  std::string path;  ///< "" when the step reached no file
  std::string via;   ///< "ENTRYPOINT", "PATH", "shebang", "exec wrapper tini" …
  friend bool operator==(const RuntimeStep&, const RuntimeStep&) = default;
};

/// A program that runs: one successful execve(2).
struct RuntimeProcess {
  std::string role;  ///< main | helper | service | healthcheck
  std::string confidence;
  std::vector<std::string> argv;
  std::string program;               ///< the ELF file
  std::vector<std::string> scripts;  ///< interpreted by it, outermost first
  std::string applet;                ///< of a multi-call program, "" else
  std::vector<RuntimeStep> chain;    ///< how it came to be
  std::string runtime;               ///< "python 3.11", "java 17", "native" …
  std::string coverage;              ///< complete | rules | unknown
  std::vector<std::string> openers;  ///< mapped objects that may open others
  std::uint64_t objects = 0;         ///< of tiers certain to likely that it maps
  std::uint64_t visible_bytes = 0;   ///< of those
  friend bool operator==(const RuntimeProcess&, const RuntimeProcess&) = default;
};

/// A file in use: each inode once, with its surest reason.
struct RuntimeFile {
  std::string path;
  std::string use;  ///< object | data | source | program
  std::string soname;
  std::string confidence;
  std::string via;                       ///< "DT_NEEDED", "PT_INTERP", "python import" …
  std::string needed_by;                 ///< the file that led here, "" for the first
  std::string requested;                 ///< the name asked for, "" when there was none: "libssl.so.3"
  std::string detail;                    ///< how it was found: "RUNPATH $ORIGIN/../lib", "/etc/nsswitch.conf:9" …
  bool assumed = false;                  ///< depends on the CPU (--cpu)
  std::vector<std::uint32_t> processes;  ///< positions in ReportRuntime::processes, ascending
  std::uint32_t layer = 0;
  std::optional<std::string> package;  ///< its name; empty when no package owns it
  std::uint64_t visible_bytes = 0;
  friend bool operator==(const RuntimeFile&, const RuntimeFile&) = default;
};

/// A library that is asked for and not found, or found and refused.
struct RuntimeMissing {
  std::string name;
  std::string needed_by;
  std::string via;
  std::string confidence;          ///< of the object that needs it
  std::vector<std::string> tried;  ///< absolute paths in search order
  std::string refused;             ///< the file that ended the search, "" when nothing was found
  bool optional = false;           ///< the program starts without it
  friend bool operator==(const RuntimeMissing&, const RuntimeMissing&) = default;
};

/// A command of the image that cannot be executed.
struct RuntimeFailure {
  std::string role;      ///< main | service | healthcheck
  std::string obstacle;  ///< not_found | not_executable | not_a_program | no_interpreter | carriage_return | …
  std::string command;   ///< what was looked for
  std::string path;      ///< where it failed, "" when nothing was found
  std::string detail;    ///< what exactly is missing
  friend bool operator==(const RuntimeFailure&, const RuntimeFailure&) = default;
};

/// A count of visible ELF files and their bytes.
struct RuntimeSum {
  std::uint64_t shared_objects = 0, bytes = 0;
  friend bool operator==(const RuntimeSum&, const RuntimeSum&) = default;
};

/// What processes of the image were seen to open: --trace, and the prefetch landmarks of eStargz layers.
struct RuntimeTrace {
  std::vector<std::string> sources;  ///< "paths.txt", "prefetch landmark of layer 3"
  bool covers = false;               ///< it is of the whole image: what is not in it was not opened in that run
  std::uint64_t paths = 0;           ///< that were named
  std::uint64_t missing_paths = 0;   ///< of these, which lead to nothing in the image
  std::uint64_t files = 0, visible_bytes = 0;
  std::uint64_t added_files = 0, added_bytes = 0;  ///< of these, which the closure does not have, or as possible only
  friend bool operator==(const RuntimeTrace&, const RuntimeTrace&) = default;
};

struct ReportRuntime {
  std::vector<std::string> command;     ///< what was followed: ENTRYPOINT and CMD, or the user's command
  bool no_command = false;              ///< the image states none, and neither did the user
  std::vector<RuntimeStep> entrypoint;  ///< from the command line to the main program
  std::vector<RuntimeProcess> processes;
  std::vector<RuntimeFile> objects;  ///< opened by the dynamic linker, in load order, process by process
  std::vector<RuntimeFile> files;    ///< the others in use: data, sources, programs
  std::vector<RuntimeMissing> missing;
  std::vector<RuntimeFailure> failures;
  /// Visible ELF files that can be mapped, programs too: all = loaded (certain to likely) + possible + unreached.
  RuntimeSum all, loaded, possible, unreached;
  std::string coverage;  ///< the worst of the main and service processes; unknown when there is none
  std::optional<RuntimeTrace> trace;
  friend bool operator==(const ReportRuntime&, const ReportRuntime&) = default;
};

}  // namespace imgslim
