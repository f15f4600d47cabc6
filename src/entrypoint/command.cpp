#include "entrypoint/command.h"

namespace imgslim::entrypoint {

Command child_of(const Command& parent, std::vector<std::string> argv, std::string how, std::string path) {
  Command child = parent;
  child.argv = std::move(argv);
  child.depth = parent.depth + 1;
  child.chain.push_back({std::move(how), std::move(path)});
  return child;
}

std::string absolute(std::string_view directory, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  std::string joined(directory);
  if (!joined.ends_with('/')) joined += '/';
  joined += path;
  return joined;
}

std::string_view last_component(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view value_of(const Variables& variables, std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace imgslim::entrypoint
