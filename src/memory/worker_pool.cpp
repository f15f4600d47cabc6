// How many processes a server forks at start is in its configuration, under a name of its own, or is a default of the
// program: nginx.org "worker_processes"; php.net "FPM configuration", pm; httpd.apache.org "StartServers"; PostgreSQL's
// background processes (checkpointer, background writer, WAL writer, autovacuum and logical replication launchers);
// haproxy's -W; PHP_FCGI_CHILDREN of php-cgi.
#include "memory/worker_pool.h"

#include "core/path.h"
#include "memory/environment.h"
#include "memory/script_workers.h"
#include "memory/worker_settings.h"

namespace imgslim::memory {
namespace {

using runtime::ProcessClosure;

std::optional<std::uint64_t> configured_number(const ProcessClosure& process, const rootfs::FileSystem& files,
                                               std::string_view name) {
  const auto value = configured(process, files, name);
  return value ? worker_number(*value) : std::nullopt;
}

std::uint64_t nginx_workers(const ProcessClosure& process, const rootfs::FileSystem& files, unsigned processors) {
  auto value = configured(process, files, "worker_processes");
  if (const auto global = option(process.process.argv, "-g", "-g"))
    if (const auto given = setting(*global, "worker_processes")) value = given;
  if (value && *value == "auto") return processors;
  return value ? worker_number(*value).value_or(1) : 1;
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
    if (const auto count = children ? worker_number(*children) : std::nullopt) return WorkerPool{"php-fpm", *count};
  }
  return script_workers(process, files, processors);
}

}  // namespace imgslim::memory
