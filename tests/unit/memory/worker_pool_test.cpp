#include "memory/worker_pool.h"

#include "support/catch.h"
#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

struct Server {
  std::string program;
  std::vector<std::string> argv;
  std::string configuration;  ///< text of the one file that it reads, "" for none
  std::vector<std::string> environment;
  std::string runtime = "native";
};

std::optional<WorkerPool> pool_of(const Server& server, unsigned processors = 2) {
  test::RuntimeImage image;
  image.file("/etc/server/server.conf", server.configuration);
  const auto built = image.done();
  runtime::ProcessClosure process;
  process.process.program.path = server.program;
  process.process.argv = server.argv;
  process.process.environment = server.environment;
  process.runtime = server.runtime;
  if (!server.configuration.empty()) process.configuration = {"/etc/server/server.conf"};
  return worker_pool(process, built.files, processors);
}

std::uint64_t workers_of(const Server& server, unsigned processors = 2) {
  const auto pool = pool_of(server, processors);
  REQUIRE(pool);
  return pool->workers;
}

}  // namespace

TEST_CASE("nginx forks as many workers as its configuration or -g says, one for each processor with auto") {
  const std::vector<std::string> argv{"nginx", "-g", "daemon off;"};
  CHECK(workers_of({"/usr/sbin/nginx", argv, "user www;\nworker_processes 4;\n"}) == 4);
  CHECK(workers_of({"/usr/sbin/nginx", argv, "worker_processes auto;\n"}, 8) == 8);
  CHECK(workers_of({"/usr/sbin/nginx", argv, "# worker_processes 4;\n"}) == 1);
  CHECK(workers_of({"/usr/sbin/nginx", {"nginx", "-g", "worker_processes 3;"}, "worker_processes 4;\n"}) == 3);
  CHECK(workers_of({"/usr/sbin/nginx", argv, "worker_processes 99999999;\n"}) == 1024);
}

TEST_CASE("php-fpm's workers depend on its process manager") {
  const std::string program = "/usr/sbin/php-fpm8.4";
  const std::string limits = "pm.max_children = 5\npm.start_servers = 2\npm.min_spare_servers = 1\n";
  CHECK(workers_of({program, {}, "[www]\npm = dynamic\n" + limits}) == 2);
  CHECK(workers_of({program, {}, "[www]\npm = static\n" + limits}) == 5);
  CHECK(workers_of({program, {}, "[www]\npm = ondemand\n" + limits}) == 0);
  CHECK(workers_of({program, {}, "pm = dynamic\npm.min_spare_servers = 2\npm.max_spare_servers = 6\n"}) == 4);
}

TEST_CASE("Apache's, PostgreSQL's and haproxy's processes are known") {
  CHECK(workers_of({"/usr/sbin/apache2", {}, "<IfModule mpm_prefork_module>\n  StartServers  7\n</IfModule>\n"}) == 7);
  CHECK(workers_of({"/usr/lib/postgresql/15/bin/postgres", {}}) == 5);
  CHECK(workers_of({"/usr/sbin/haproxy", {"haproxy", "-W", "-db"}}) == 1);
  CHECK_FALSE(pool_of({"/usr/sbin/haproxy", {"haproxy", "-db"}}));
}

TEST_CASE("Programs that fork nothing at start have no workers") {
  CHECK_FALSE(pool_of({"/usr/bin/redis-server", {"redis-server"}, "worker_processes 4;\n"}));
}
