#pragma once

#include <vector>

#include "plugins/rule.h"

/// The rules of language runtimes: what an interpreter or virtual machine loads for the program that it runs.
namespace imgslim::plugins {

[[nodiscard]] std::vector<Candidate> python_modules(const Context& context);
[[nodiscard]] std::vector<Candidate> perl_modules(const Context& context);
[[nodiscard]] std::vector<Candidate> ruby_libraries(const Context& context);
[[nodiscard]] std::vector<Candidate> node_modules(const Context& context);
[[nodiscard]] std::vector<Candidate> java_runtime(const Context& context);
[[nodiscard]] std::vector<Candidate> dotnet_runtime(const Context& context);
[[nodiscard]] std::vector<Candidate> r_libraries(const Context& context);
[[nodiscard]] std::vector<Candidate> lua_modules(const Context& context);
[[nodiscard]] std::vector<Candidate> tcl_packages(const Context& context);
[[nodiscard]] std::vector<Candidate> erlang_runtime(const Context& context);

}  // namespace imgslim::plugins
