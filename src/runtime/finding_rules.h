#pragma once

#include <string>
#include <vector>

#include "runtime/findings.h"
#include "runtime/user.h"

/// The rules behind find_runtime_problems(), one function each. A rule speaks only of what the image proves: a start
/// that may go well gives no finding.
namespace imgslim::runtime {

struct FindingInput {
  const Closure& closure;
  const rootfs::FileSystem& files;
  const image::ImageConfig& config;
  const image::Platform& platform;
  const User& user;
};

using FindingRule = std::vector<Finding> (*)(const FindingInput& input);

// command_findings.cpp
std::vector<Finding> shell_missing(const FindingInput& input);               ///< SL5001
std::vector<Finding> command_not_executable(const FindingInput& input);      ///< SL5002
std::vector<Finding> script_interpreter_missing(const FindingInput& input);  ///< SL5007
std::vector<Finding> health_check_missing(const FindingInput& input);        ///< SL5016
std::vector<Finding> wrapper_without_exec(const FindingInput& input);        ///< SL5017

// linking_findings.cpp
std::vector<Finding> elf_interpreter_missing(const FindingInput& input);  ///< SL5003
std::vector<Finding> library_missing(const FindingInput& input);          ///< SL5004
std::vector<Finding> version_missing(const FindingInput& input);          ///< SL5005
std::vector<Finding> foreign_machine(const FindingInput& input);          ///< SL5006
std::vector<Finding> weak_search_path(const FindingInput& input);         ///< SL5021
std::vector<Finding> foreign_c_library(const FindingInput& input);        ///< SL5022

// cache_findings.cpp
std::vector<Finding> directory_not_cached(const FindingInput& input);  ///< SL5019
std::vector<Finding> cache_is_stale(const FindingInput& input);        ///< SL5020

// user_findings.cpp
std::vector<Finding> unknown_user(const FindingInput& input);         ///< SL5010
std::vector<Finding> runs_as_root(const FindingInput& input);         ///< SL5011
std::vector<Finding> user_by_name(const FindingInput& input);         ///< SL5012
std::vector<Finding> volume_not_writable(const FindingInput& input);  ///< SL5013

// environment_findings.cpp
std::vector<Finding> certificates_missing(const FindingInput& input);    ///< SL5008
std::vector<Finding> zone_data_missing(const FindingInput& input);       ///< SL5009
std::vector<Finding> no_temporary_directory(const FindingInput& input);  ///< SL5014
std::vector<Finding> static_name_service(const FindingInput& input);     ///< SL5015
std::vector<Finding> variable_names_nothing(const FindingInput& input);  ///< SL5018

}  // namespace imgslim::runtime
