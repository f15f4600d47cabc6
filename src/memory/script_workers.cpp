// Where the number of workers stands, by the servers' documentation and sources: gunicorn's, puma's and uvicorn's
// "workers" and WEB_CONCURRENCY; unicorn's "worker_processes"; starman's --workers; hypercorn's --workers, which also
// starts one; celery's --concurrency, the number of processors by default, where the pool is "prefork". uvicorn serves
// by itself unless it is told of more than one. Who loads the application: each worker for itself, or the server before
// it forks: gunicorn, puma and starman when they are told to (--preload, --preload-app, "preload_app"), puma also when
// WEB_CONCURRENCY asks for more than one (lib/puma/configuration.rb: a number from elsewhere comes too late), celery
// always, uvicorn never.
#include "memory/script_workers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/path.h"
#include "memory/environment.h"
#include "memory/worker_settings.h"
#include "plugins/script_command.h"

namespace imgslim::memory {
namespace {

using runtime::ProcessClosure;
using std::string_view;

/// Names are "" for what a server does not have.
struct ScriptServer {
  string_view script;
  string_view pool, preloading_pool;      ///< the latter when the server has the application before it forks
  string_view short_option, long_option;  ///< on the command line
  string_view setting, environment;
  string_view arguments;              ///< the environment's variable of further words for the command line
  string_view short_file, long_file;  ///< options that name the configuration
  string_view usual_file;             ///< the configuration without them, from the working directory
  string_view preload_option, preload_setting;
  std::uint64_t workers;              ///< when nothing says how many
  std::uint64_t least = 1;            ///< fewer are no processes of their own
  bool environment_preloads = false;  ///< more than one worker from there have the application loaded before
};

constexpr ScriptServer gunicorn = {.script = "gunicorn",
                                   .pool = "gunicorn",
                                   .preloading_pool = "gunicorn --preload",
                                   .short_option = "-w",
                                   .long_option = "--workers",
                                   .setting = "workers",
                                   .environment = "WEB_CONCURRENCY",
                                   .arguments = "GUNICORN_CMD_ARGS",
                                   .short_file = "-c",
                                   .long_file = "--config",
                                   .usual_file = "gunicorn.conf.py",
                                   .preload_option = "--preload",
                                   .preload_setting = "preload_app",
                                   .workers = 1};

constexpr ScriptServer uvicorn_named(string_view script) {
  return {.script = script,
          .pool = "uvicorn",
          .long_option = "--workers",
          .environment = "WEB_CONCURRENCY",
          .workers = 0,
          .least = 2};
}

constexpr ScriptServer hypercorn = {
    .script = "hypercorn", .pool = "uvicorn", .short_option = "-w", .long_option = "--workers", .workers = 1};

constexpr ScriptServer unicorn_named(string_view script) {
  return {.script = script,
          .pool = "unicorn",
          .preloading_pool = "puma --preload",
          .setting = "worker_processes",
          .short_file = "-c",
          .long_file = "--config-file",
          .preload_setting = "preload_app",
          .workers = 1};
}

constexpr ScriptServer puma = {.script = "puma",
                               .pool = "puma",
                               .preloading_pool = "puma --preload",
                               .short_option = "-w",
                               .long_option = "--workers",
                               .setting = "workers",
                               .environment = "WEB_CONCURRENCY",
                               .short_file = "-C",
                               .long_file = "--config",
                               .usual_file = "config/puma.rb",
                               .preload_option = "--preload",
                               .preload_setting = "preload_app!",
                               .workers = 0,
                               .environment_preloads = true};

constexpr ScriptServer starman = {.script = "starman",
                                  .pool = "starman",
                                  .preloading_pool = "starman --preload-app",
                                  .long_option = "--workers",
                                  .preload_option = "--preload-app",
                                  .workers = 5};

constexpr ScriptServer servers[] = {gunicorn,
                                    uvicorn_named("uvicorn"),
                                    uvicorn_named("fastapi"),
                                    hypercorn,
                                    unicorn_named("unicorn"),
                                    unicorn_named("unicorn_rails"),
                                    puma,
                                    starman};

/// The texts in quotes in an expression of Ruby or Python.
std::vector<string_view> quoted_words(string_view text) {
  std::vector<string_view> words;
  while (true) {
    const auto begin = text.find_first_of("\"'");
    const auto end = begin == string_view::npos ? begin : text.find(text[begin], begin + 1);
    if (end == string_view::npos) return words;
    words.push_back(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> last_number(string_view text) {
  constexpr string_view digits = "0123456789";
  const auto last = text.find_last_of(digits);
  if (last == string_view::npos) return std::nullopt;
  return worker_number(text.substr(text.find_last_not_of(digits, last) + 1));
}

/// The number right behind `mark`, else the last one before it; nothing without the mark.
std::optional<std::uint64_t> number_beside(string_view text, char mark) {
  const auto at = text.find(mark);
  if (at == string_view::npos) return std::nullopt;
  const auto behind = text.substr(std::min(text.find_first_not_of(' ', at + 1), text.size()));
  const auto value = worker_number(behind);
  return value ? value : last_number(text.substr(0, at));
}

bool counts_processors(string_view text) {
  constexpr string_view words[] = {"cpu_count", "nprocessors", "processor_count", ":auto"};
  return std::any_of(std::begin(words), std::end(words),
                     [&](string_view word) { return text.find(word) != string_view::npos; });
}

/// What a configuration in Ruby or Python says: a number, "cpu_count() * 2 + 1", or a variable of the environment with
/// what counts without it: `ENV.fetch("WEB_CONCURRENCY") { 2 }`.
std::optional<std::uint64_t> evaluate(string_view text, const ProcessClosure& process, unsigned processors) {
  if (counts_processors(text))
    return processors * number_beside(text, '*').value_or(1) + number_beside(text, '+').value_or(0);
  if (const auto value = worker_number(text)) return value;
  for (const auto name : quoted_words(text))
    if (const auto value = variable(process.process, name))
      if (const auto count = worker_number(*value)) return count;
  return last_number(text);
}

/// A server in a process, with all that tells it of its workers.
class ScriptServerProcess {
 public:
  ScriptServerProcess(const ScriptServer& server, const ProcessClosure& process, const rootfs::FileSystem& files)
      : server_(server), process_(process), files_(files), words_(process.process.argv) {
    // What stands on the command line comes first and wins.
    const auto more = variable_words(process.process, server.arguments);
    words_.insert(words_.end(), more.begin(), more.end());
  }

  [[nodiscard]] std::uint64_t workers(unsigned processors) const {
    if (const auto given = option(words_, server_.short_option, server_.long_option))
      return worker_number(*given).value_or(server_.workers);
    if (const auto value = configured_as(server_.setting))
      return evaluate(*value, process_, processors).value_or(server_.workers);
    const auto value = variable(process_.process, server_.environment);
    if (!value) return server_.workers;
    return *value == "auto" ? processors : worker_number(*value).value_or(server_.workers);
  }

  [[nodiscard]] bool preloads() const {
    if (server_.preloading_pool.empty()) return false;
    const auto word = server_.preload_option;
    if (!word.empty() && std::find(words_.begin(), words_.end(), word) != words_.end()) return true;
    if (const auto value = configured_as(server_.preload_setting))
      return value->empty() || value->starts_with("true") || value->starts_with("True");
    const auto workers = variable(process_.process, server_.environment);
    return server_.environment_preloads && workers && worker_number(*workers).value_or(0) > 1;
  }

 private:
  /// The text of the server's own configuration, named on the command line or in its usual place.
  [[nodiscard]] std::optional<string_view> own_configuration() const {
    auto path = option(words_, server_.short_file, server_.long_file).value_or(server_.usual_file);
    constexpr string_view python_scheme = "file:";
    if (path.starts_with(python_scheme)) path.remove_prefix(python_scheme.size());
    if (path.empty()) return std::nullopt;
    return files_.text_at(plugins::absolute_path(process_.process, path));
  }

  [[nodiscard]] std::optional<string_view> configured_as(string_view name) const {
    if (name.empty()) return std::nullopt;
    if (const auto text = own_configuration())
      if (const auto value = setting(*text, name)) return value;
    return configured(process_, files_, name);
  }

  const ScriptServer& server_;
  const ProcessClosure& process_;
  const rootfs::FileSystem& files_;
  std::vector<std::string> words_;
};

/// Whether it is "unicorn app.ru", or "python3 -m gunicorn app:app".
bool runs(const ProcessClosure& process, string_view name) {
  const auto& argv = process.process.argv;
  const auto& scripts = process.process.scripts;
  const auto module = std::find(argv.begin(), argv.end(), "-m");
  return (module != argv.end() && module + 1 != argv.end() && *(module + 1) == name) ||
         std::any_of(scripts.begin(), scripts.end(),
                     [&](const auto& script) { return base_name(script.path) == name; });
}

std::optional<WorkerPool> celery_pool(const ProcessClosure& process, unsigned processors) {
  if (!runs(process, "celery") || !has_word(process, "worker")) return std::nullopt;
  const auto pool = option(process.process.argv, "-P", "--pool").value_or("prefork");
  if (pool != "prefork" && pool != "processes") return std::nullopt;
  const auto given = option(process.process.argv, "-c", "--concurrency");
  return WorkerPool{"celery", given ? worker_number(*given).value_or(processors) : processors};
}

}  // namespace

std::optional<WorkerPool> script_workers(const ProcessClosure& process, const rootfs::FileSystem& files,
                                         unsigned processors) {
  if (auto pool = celery_pool(process, processors)) return pool;
  const auto* const server = std::find_if(std::begin(servers), std::end(servers),
                                          [&](const auto& each) { return runs(process, each.script); });
  if (server == std::end(servers)) return std::nullopt;
  const ScriptServerProcess known(*server, process, files);
  const auto workers = known.workers(processors);
  const auto pool = known.preloads() ? server->preloading_pool : server->pool;
  return WorkerPool{pool, workers < server->least ? 0 : workers};
}

}  // namespace imgslim::memory
