#include "memory/script_workers.h"

#include "support/catch.h"
#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

struct Server {
  std::string script;
  std::vector<std::string> options;
  std::vector<std::string> environment;
  std::string configuration_path, configuration;
  std::string interpreter = "python3";
};

std::optional<WorkerPool> pool_of(const Server& server, unsigned processors = 2) {
  test::RuntimeImage image;
  if (!server.configuration_path.empty()) image.file(server.configuration_path, server.configuration);
  const auto built = image.done();
  runtime::ProcessClosure process;
  process.process.program.path = "/usr/bin/" + server.interpreter;
  process.process.scripts.push_back({{}, 0, "/usr/bin/" + server.script});
  process.process.argv = {server.interpreter, "/usr/bin/" + server.script};
  process.process.argv.insert(process.process.argv.end(), server.options.begin(), server.options.end());
  process.process.environment = server.environment;
  process.process.working_directory = "/app";
  return script_workers(process, built.files, processors);
}

std::uint64_t workers_of(const Server& server, unsigned processors = 2) {
  const auto pool = pool_of(server, processors);
  REQUIRE(pool);
  return pool->workers;
}

/// puma with a configuration in its usual place.
std::uint64_t puma(const std::string& configuration, std::vector<std::string> environment = {},
                   std::vector<std::string> options = {}) {
  return workers_of({"puma", std::move(options), std::move(environment), "/app/config/puma.rb", configuration, "ruby"},
                    3);
}

}  // namespace

TEST_CASE("A script server's workers are on its command line, else in its configuration, else in the environment") {
  CHECK(workers_of({"gunicorn", {"app:app"}}) == 1);
  CHECK(workers_of({"gunicorn", {"-w", "4", "app:app"}}) == 4);
  CHECK(workers_of({"gunicorn", {"--workers=3", "app:app"}}) == 3);
  CHECK(workers_of({"gunicorn", {"app:app"}, {"WEB_CONCURRENCY=6"}}) == 6);
  CHECK(workers_of({"unicorn", {}, {"WEB_CONCURRENCY=6"}}) == 1);
  CHECK(workers_of({"starman", {}}) == 5);
  CHECK(workers_of({"starman", {"--workers=2"}}) == 2);
  CHECK(puma("workers 4\n") == 4);
  CHECK(puma("workers 4\n", {"WEB_CONCURRENCY=5"}) == 4);
  CHECK(puma("workers 4\n", {}, {"-w", "2"}) == 2);
  CHECK(puma("threads 5, 5\n", {"WEB_CONCURRENCY=5"}) == 5);
  CHECK(puma("threads 5, 5\n") == 0);
}

TEST_CASE("A server's configuration is the file that its command line names, else the usual one of its directory") {
  const std::string three = "worker_processes 3\n";
  CHECK(workers_of({"unicorn", {"-c", "unicorn.rb"}, {}, "/app/unicorn.rb", three, "ruby"}) == 3);
  CHECK(workers_of({"unicorn", {"-c", "/etc/unicorn.conf"}, {}, "/etc/unicorn.conf", three, "ruby"}) == 3);
  CHECK(workers_of({"unicorn", {}, {}, "/app/unicorn.rb", three, "ruby"}) == 1);
  CHECK(workers_of({"gunicorn", {"app:app"}, {}, "/app/gunicorn.conf.py", "bind = '0.0.0.0'\nworkers = 6\n"}) == 6);
  CHECK(workers_of({"gunicorn", {"-c", "file:conf/web.conf"}, {}, "/app/conf/web.conf", "workers = 7\n"}) == 7);
  CHECK(workers_of({"puma", {"-C", "config/puma.rb"}, {}, "/app/config/puma.rb", "workers(2)\n", "ruby"}) == 2);
}

TEST_CASE("Configurations in Ruby and Python say numbers, variables with a default, and processors") {
  CHECK(puma("workers ENV.fetch(\"WEB_CONCURRENCY\") { 2 }\n") == 2);
  CHECK(puma("workers ENV.fetch(\"WEB_CONCURRENCY\") { 2 }\n", {"WEB_CONCURRENCY=5"}) == 5);
  CHECK(puma("workers Integer(ENV['PUMA_WORKERS'] || 4)\n") == 4);
  CHECK(puma("workers Integer(ENV['PUMA_WORKERS'] || 4)\n", {"PUMA_WORKERS=1"}) == 1);
  CHECK(puma("workers 2 if ENV['RAILS_ENV'] == 'production'\n") == 2);
  CHECK(puma("workers :auto\n") == 3);
  CHECK(puma("workers Concurrent.physical_processor_count\n") == 3);
  CHECK(puma("workers WORKERS\n") == 0);
  const auto gunicorn = [](const std::string& value) {
    return workers_of({"gunicorn", {"app:app"}, {}, "/app/gunicorn.conf.py", "workers = " + value + "\n"}, 4);
  };
  CHECK(gunicorn("multiprocessing.cpu_count() * 2 + 1") == 9);
  CHECK(gunicorn("2 * os.cpu_count() + 1") == 9);
  CHECK(gunicorn("(2 * cpu_count()) + 1") == 9);
  CHECK(gunicorn("int(os.environ.get('WORKERS', '3'))") == 3);
}

TEST_CASE("uvicorn serves by itself unless it is told of several workers; hypercorn always starts one") {
  CHECK(workers_of({"uvicorn", {"app:app"}}) == 0);
  CHECK(workers_of({"uvicorn", {"app:app", "--workers", "1"}}) == 0);
  CHECK(workers_of({"uvicorn", {"app:app", "--workers", "4"}}) == 4);
  CHECK(workers_of({"uvicorn", {"app:app"}, {"WEB_CONCURRENCY=2"}}) == 2);
  CHECK(workers_of({"fastapi", {"run", "--workers", "4"}}) == 4);
  CHECK(workers_of({"hypercorn", {"app:app"}}) == 1);
  CHECK(workers_of({"hypercorn", {"-w", "2", "app:app"}}) == 2);
}

TEST_CASE("celery's workers are as many as processors or --concurrency, where its pool is one of processes") {
  CHECK(workers_of({"celery", {"-A", "tasks", "worker"}}, 8) == 8);
  CHECK(workers_of({"celery", {"-A", "tasks", "worker", "--concurrency=3"}}) == 3);
  CHECK(workers_of({"celery", {"-A", "tasks", "worker", "-c", "3"}}) == 3);
  CHECK_FALSE(pool_of({"celery", {"-A", "tasks", "worker", "--pool=solo"}}));
  CHECK_FALSE(pool_of({"celery", {"-A", "tasks", "worker", "-P", "gevent"}}));
  CHECK_FALSE(pool_of({"celery", {"-A", "tasks", "beat"}}));
}

TEST_CASE("A module that an interpreter runs is the server; other scripts have no workers") {
  runtime::ProcessClosure process;
  process.process.program.path = "/usr/bin/python3.11";
  process.process.argv = {"python3", "-m", "gunicorn", "-w", "3", "app:app"};
  const auto built = test::RuntimeImage().done();
  const auto pool = script_workers(process, built.files, 2);
  REQUIRE(pool);
  CHECK(pool->server == "gunicorn");
  CHECK(pool->workers == 3);
  CHECK_FALSE(pool_of({"app.py", {"gunicorn"}}));
}

TEST_CASE("Further words for gunicorn's command line stand in its environment") {
  CHECK(workers_of({"gunicorn", {"app:app"}, {"GUNICORN_CMD_ARGS=--workers=5 --timeout 30"}}) == 5);
  CHECK(workers_of({"gunicorn", {"-w", "2", "app:app"}, {"GUNICORN_CMD_ARGS=--workers=5"}}) == 2);
  CHECK(workers_of({"gunicorn", {}, {"GUNICORN_CMD_ARGS='-c' /etc/g.py"}, "/etc/g.py", "workers = 4\n"}) == 4);
}

TEST_CASE("Who loads the application is a pool of its own: the workers, or the server before it forks") {
  const auto name = [](const Server& server) { return std::string(pool_of(server)->server); };
  CHECK(name({"gunicorn", {"-w", "2"}}) == "gunicorn");
  CHECK(name({"gunicorn", {"--preload", "-w", "2"}}) == "gunicorn --preload");
  CHECK(name({"gunicorn", {}, {"GUNICORN_CMD_ARGS=--preload"}}) == "gunicorn --preload");
  CHECK(name({"gunicorn", {}, {}, "/app/gunicorn.conf.py", "preload_app = True\n"}) == "gunicorn --preload");
  CHECK(name({"gunicorn", {}, {}, "/app/gunicorn.conf.py", "preload_app = False\n"}) == "gunicorn");
  CHECK(name({"uvicorn", {"--workers", "2"}}) == "uvicorn");
  CHECK(name({"uvicorn", {"", "--workers", "2"}}) == "uvicorn");
  CHECK(name({"unicorn", {""}, {}, "", "", "ruby"}) == "unicorn");
  CHECK(name({"starman", {"--preload-app"}, {}, "", "", "perl"}) == "starman --preload-app");
}

TEST_CASE("puma has the application before it forks when it is told so, or by WEB_CONCURRENCY") {
  const auto name = [](const std::string& configuration, std::vector<std::string> environment = {}) {
    return std::string(
        pool_of({"puma", {}, std::move(environment), "/app/config/puma.rb", configuration, "ruby"})->server);
  };
  CHECK(name("workers 2\n") == "puma");
  CHECK(name("workers 2\n  preload_app!\n") == "puma --preload");
  CHECK(name("workers 2\npreload_app! true\n") == "puma --preload");
  CHECK(name("workers 2\n# preload_app!\n") == "puma");
  CHECK(name("threads 3\n", {"WEB_CONCURRENCY=2"}) == "puma --preload");
  CHECK(name("threads 3\n", {"WEB_CONCURRENCY=1"}) == "puma");
  CHECK(name("preload_app! false\n", {"WEB_CONCURRENCY=2"}) == "puma");
  CHECK(pool_of({"puma", {}, {"WEB_CONCURRENCY=auto"}, "", "", "ruby"}, 6)->workers == 6);
}
