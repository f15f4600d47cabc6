// Where the number of workers stands, by the servers' documentation and sources: gunicorn's, puma's and uvicorn's
// "workers" and WEB_CONCURRENCY; unicorn's "worker_processes"; starman's --workers; hypercorn's --workers, which also
// starts one; celery's --concurrency, the number of processors by default, where the pool is "prefork". uvicorn serves
// by itself unless it is told of more than one.
#include "memory/script_workers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/path.h"
#include "memory/jvm_options.h"
#include "memory/worker_settings.h"
#include "plugins/script_command.h"

namespace imgslim::memory {
namespace {

using runtime::ProcessClosure;
using std::string_view;

/// Names are "" for what a server does not have.
struct ScriptServer {
  string_view script, pool;
  string_view short_option, long_option;  ///< on the command line
  string_view setting, environment;
  string_view short_file, long_file;  ///< options that name the configuration
  string_view usual_file;             ///< the configuration without them, from the working directory
  std::uint64_t workers;              ///< when nothing says how many
  std::uint64_t least = 1;            ///< fewer are no processes of their own
};

constexpr ScriptServer servers[] = {
    {"gunicorn", "gunicorn", "-w", "--workers", "workers", "WEB_CONCURRENCY", "-c", "--config", "gunicorn.conf.py", 1},
    {"uvicorn", "uvicorn", "", "--workers", "", "WEB_CONCURRENCY", "", "", "", 0, 2},
    {"fastapi", "uvicorn", "", "--workers", "", "WEB_CONCURRENCY", "", "", "", 0, 2},
    {"hypercorn", "uvicorn", "-w", "--workers", "", "", "", "", "", 1},
    {"unicorn", "unicorn", "", "", "worker_processes", "", "-c", "--config-file", "", 1},
    {"unicorn_rails", "unicorn", "", "", "worker_processes", "", "-c", "--config-file", "", 1},
    {"puma", "unicorn", "-w", "--workers", "workers", "WEB_CONCURRENCY", "-C", "--config", "config/puma.rb", 0},
    {"starman", "starman", "", "--workers", "", "", "", "", "", 5}};

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

/// The text of the server's own configuration, named on the command line or in its usual place.
std::optional<string_view> own_configuration(const ScriptServer& server, const ProcessClosure& process,
                                             const rootfs::FileSystem& files) {
  auto path = option(process, server.short_file, server.long_file).value_or(server.usual_file);
  constexpr string_view python_scheme = "file:";
  if (path.starts_with(python_scheme)) path.remove_prefix(python_scheme.size());
  if (path.empty()) return std::nullopt;
  return files.text_at(plugins::absolute_path(process.process, path));
}

std::optional<string_view> setting_of(const ScriptServer& server, const ProcessClosure& process,
                                      const rootfs::FileSystem& files) {
  if (server.setting.empty()) return std::nullopt;
  if (const auto text = own_configuration(server, process, files))
    if (const auto value = setting(*text, server.setting)) return value;
  return configured(process, files, server.setting);
}

std::uint64_t count(const ScriptServer& server, const ProcessClosure& process, const rootfs::FileSystem& files,
                    unsigned processors) {
  if (const auto given = option(process, server.short_option, server.long_option))
    return worker_number(*given).value_or(server.workers);
  if (const auto value = setting_of(server, process, files))
    return evaluate(*value, process, processors).value_or(server.workers);
  const auto value = variable(process.process, server.environment);
  return value ? worker_number(*value).value_or(server.workers) : server.workers;
}

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
  const auto pool = option(process, "-P", "--pool").value_or("prefork");
  if (pool != "prefork" && pool != "processes") return std::nullopt;
  const auto given = option(process, "-c", "--concurrency");
  return WorkerPool{"celery", given ? worker_number(*given).value_or(processors) : processors};
}

}  // namespace

std::optional<WorkerPool> script_workers(const ProcessClosure& process, const rootfs::FileSystem& files,
                                         unsigned processors) {
  if (auto pool = celery_pool(process, processors)) return pool;
  const auto* const server = std::find_if(std::begin(servers), std::end(servers),
                                          [&](const auto& each) { return runs(process, each.script); });
  if (server == std::end(servers)) return std::nullopt;
  const auto workers = count(*server, process, files, processors);
  return WorkerPool{server->pool, workers < server->least ? 0 : workers};
}

}  // namespace imgslim::memory
