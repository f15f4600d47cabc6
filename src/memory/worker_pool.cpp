// How many processes a server forks at start is in its configuration, under a name of its own, or is a default of the
// program: nginx.org "worker_processes"; php.net "FPM configuration", pm; httpd.apache.org "StartServers"; gunicorn's
// and puma's "workers" and WEB_CONCURRENCY; unicorn's "worker_processes"; starman's --workers; PostgreSQL's background
// processes (checkpointer, background writer, WAL writer, autovacuum and logical replication launchers); haproxy's -W;
// PHP_FCGI_CHILDREN of php-cgi.
#include "memory/worker_pool.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/path.h"
#include "memory/jvm_options.h"

namespace imgslim::memory {
namespace {

using runtime::ProcessClosure;

constexpr std::uint64_t most_workers = 1024;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view around = " \t\r;\"'";
  const auto begin = text.find_first_not_of(around);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(around) + 1 - begin);
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return std::min(value, most_workers);
}

/// The value behind `name` on a line "name value;", "name = value" or "Name value": the last one of the text.
std::optional<std::string_view> setting(std::string_view text, std::string_view name) {
  std::optional<std::string_view> found;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(name)) continue;
    const auto rest = line.substr(name.size());
    const auto value = rest.find_first_not_of(" \t=");
    if (value == 0 || value == std::string_view::npos) continue;
    found = trimmed(rest.substr(value, rest.find_first_of(";#", value) - value));
  }
  return found;
}

/// The setting in the process's configuration files; what a later file says wins.
std::optional<std::string_view> configured(const ProcessClosure& process, const rootfs::FileSystem& files,
                                           std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& path : process.configuration)
    if (const auto text = files.text_at(path))
      if (const auto value = setting(*text, name)) found = value;
  return found;
}

std::optional<std::uint64_t> configured_number(const ProcessClosure& process, const rootfs::FileSystem& files,
                                               std::string_view name) {
  const auto value = configured(process, files, name);
  return value ? number(*value) : std::nullopt;
}

/// The word behind an option ("-w", "4") or joined to it ("-w4", "--workers=4").
std::optional<std::string_view> option(const ProcessClosure& process, std::string_view short_name,
                                       std::string_view long_name) {
  const auto& argv = process.process.argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string_view word = argv[i];
    if (word.empty()) continue;
    if (word == short_name || word == long_name) return i + 1 < argv.size() ? argv[i + 1] : std::string_view();
    if (!long_name.empty() && word.starts_with(long_name) && word.substr(long_name.size()).starts_with('='))
      return word.substr(long_name.size() + 1);
    if (!short_name.empty() && word.starts_with(short_name) && !word.starts_with("--"))
      return word.substr(short_name.size());
  }
  return std::nullopt;
}

std::uint64_t nginx_workers(const ProcessClosure& process, const rootfs::FileSystem& files, unsigned processors) {
  auto value = configured(process, files, "worker_processes");
  if (const auto global = option(process, "-g", "-g"))
    if (const auto given = setting(*global, "worker_processes")) value = given;
  if (value && *value == "auto") return processors;
  return value ? number(*value).value_or(1) : 1;
}

std::uint64_t fpm_workers(const ProcessClosure& process, const rootfs::FileSystem& files) {
  const auto manager = configured(process, files, "pm");
  if (manager && *manager == "ondemand") return 0;
  if (manager && *manager == "static") return configured_number(process, files, "pm.max_children").value_or(1);
  if (const auto start = configured_number(process, files, "pm.start_servers")) return *start;
  const auto least = configured_number(process, files, "pm.min_spare_servers").value_or(1);
  const auto most = configured_number(process, files, "pm.max_spare_servers").value_or(3);
  return (least + most) / 2;
}

/// A server that is a script: where the number of its workers stands, "" for nowhere, and how many they are without.
struct ScriptServer {
  std::string_view script, pool, short_option, long_option, setting, environment;
  std::uint64_t workers;
};

constexpr ScriptServer script_servers[] = {{"gunicorn", "gunicorn", "-w", "--workers", "workers", "WEB_CONCURRENCY", 1},
                                           {"unicorn", "unicorn", "", "", "worker_processes", "", 1},
                                           {"unicorn_rails", "unicorn", "", "", "worker_processes", "", 1},
                                           {"puma", "unicorn", "-w", "--workers", "workers", "WEB_CONCURRENCY", 0},
                                           {"starman", "starman", "", "--workers", "", "", 5}};

/// The command line counts before the configuration, and that before the environment.
std::uint64_t script_workers(const ScriptServer& server, const ProcessClosure& process,
                             const rootfs::FileSystem& files) {
  if (const auto given = option(process, server.short_option, server.long_option))
    return number(*given).value_or(server.workers);
  if (const auto value = server.setting.empty() ? std::nullopt : configured_number(process, files, server.setting))
    return *value;
  const auto value = variable(process.process, server.environment);
  return value ? number(*value).value_or(server.workers) : server.workers;
}

/// "unicorn app.ru", or "python3 -m gunicorn app:app".
const ScriptServer* script_server(const ProcessClosure& process) {
  const auto& argv = process.process.argv;
  const auto module = std::find(argv.begin(), argv.end(), "-m");
  const auto runs = [&](std::string_view name) {
    const auto& scripts = process.process.scripts;
    return (module != argv.end() && module + 1 != argv.end() && *(module + 1) == name) ||
           std::any_of(scripts.begin(), scripts.end(),
                       [&](const auto& script) { return base_name(script.path) == name; });
  };
  const auto* const found = std::find_if(std::begin(script_servers), std::end(script_servers),
                                         [&](const ScriptServer& server) { return runs(server.script); });
  return found == std::end(script_servers) ? nullptr : found;
}

bool has_word(const ProcessClosure& process, std::string_view word) {
  const auto& argv = process.process.argv;
  return std::find(argv.begin(), argv.end(), word) != argv.end();
}

}  // namespace

std::optional<WorkerPool> worker_pool(const ProcessClosure& process, const rootfs::FileSystem& files,
                                      unsigned processors) {
  const auto name = base_name(process.process.program.path);
  if (name == "nginx" || name == "openresty") return WorkerPool{"nginx", nginx_workers(process, files, processors)};
  if (name.starts_with("php-fpm")) return WorkerPool{"php-fpm", fpm_workers(process, files)};
  if (name == "apache2" || name == "httpd")
    return WorkerPool{"apache", configured_number(process, files, "StartServers").value_or(3)};
  if (name == "postgres") return WorkerPool{"postgres", 5};
  if (name == "haproxy" && (has_word(process, "-W") || has_word(process, "-Ws"))) return WorkerPool{"haproxy", 1};
  if (name.starts_with("php-cgi")) {
    const auto children = variable(process.process, "PHP_FCGI_CHILDREN");
    if (const auto count = children ? number(*children) : std::nullopt) return WorkerPool{"php-fpm", *count};
  }
  if (const auto* server = script_server(process))
    return WorkerPool{server->pool, script_workers(*server, process, files)};
  return std::nullopt;
}

}  // namespace imgslim::memory
