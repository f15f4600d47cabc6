// Modules that Python programs load by name: applications given to servers, worker classes, back ends chosen by a
// default or by a URL. Facts: the documentation and sources of gunicorn, uvicorn, hypercorn, Flask, Celery, Django,
// AnyIO and SQLAlchemy.
#include "plugins/python_programs.h"

#include <algorithm>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

struct KnownLoad {
  std::string_view after, module;
};

constexpr KnownLoad known_loads[] = {{"gunicorn.config", "gunicorn.glogging"},
                                     {"uvicorn.config", "uvicorn.logging"},
                                     {"uvicorn.config", "uvicorn.lifespan.on"},
                                     {"uvicorn.config", "uvicorn.loops.auto"},
                                     {"uvicorn.config", "uvicorn.protocols.http.auto"},
                                     {"uvicorn.config", "uvicorn.protocols.websockets.auto"},
                                     {"uvicorn.loops.auto", "uvloop"},
                                     {"zmq.backend", "zmq.backend.cython"},
                                     {"matplotlib.pyplot", "matplotlib.backends.backend_agg"},
                                     {"cryptography.hazmat.backends", "cryptography.hazmat.backends.openssl.backend"},
                                     {"psycopg.pq", "psycopg_c"},
                                     {"psycopg.pq", "psycopg_binary"},
                                     {"django.db.backends.sqlite3", "django.db.backends.sqlite3.base"},
                                     {"django.db.backends.postgresql", "django.db.backends.postgresql.base"},
                                     {"django.db.backends.mysql", "django.db.backends.mysql.base"},
                                     {"numpy.random.bit_generator", "secrets"},
                                     {"numpy.core._add_newdocs", "numpy.core._multiarray_tests"},
                                     {"pandas._typing", "numpy.random"},
                                     {"gevent.hub", "gevent.libev.corecext"},
                                     {"hypercorn.run", "hypercorn.asyncio"},
                                     {"anyio", "anyio._backends._asyncio"}};

struct NamedModule {
  std::string_view name, module;
};

constexpr NamedModule gunicorn_workers[] = {
    {"sync", "gunicorn.workers.sync"},           {"gthread", "gunicorn.workers.gthread"},
    {"eventlet", "gunicorn.workers.geventlet"},  {"gevent", "gunicorn.workers.ggevent"},
    {"gevent_wsgi", "gunicorn.workers.ggevent"}, {"gevent_pywsgi", "gunicorn.workers.ggevent"},
    {"tornado", "gunicorn.workers.gtornado"}};

/// Servers that import an application from the working directory; where their console script leads.
constexpr NamedModule servers[] = {{"gunicorn", "gunicorn.app.wsgiapp"},  {"uvicorn", "uvicorn.main"},
                                   {"hypercorn", "hypercorn.__main__"},   {"flask", "flask.cli"},
                                   {"celery", "celery.__main__"},         {"daphne", "daphne.cli"},
                                   {"waitress-serve", "waitress.runner"}, {"granian", "granian.cli"}};

/// Drivers by the scheme of a database URL, as SQLAlchemy's and Django's URLs name them.
constexpr NamedModule database_drivers[] = {
    {"postgres", "psycopg2"}, {"postgresql", "psycopg2"},   {"mysql", "MySQLdb"},           {"mariadb", "MySQLdb"},
    {"oracle", "oracledb"},   {"mysql+mysqldb", "MySQLdb"}, {"sqlite+pysqlite", "sqlite3"}, {"sqlite", "sqlite3"},
    {"redis", "redis"},       {"mongodb", "pymongo"}};

template <std::size_t size>
std::string_view lookup(const NamedModule (&table)[size], std::string_view name) {
  const auto found =
      std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.name == name; });
  return found == std::end(table) ? std::string_view() : found->module;
}

/// "postgresql" of "DATABASE_URL=postgresql://host/base", "" when the value is no URL.
std::string_view scheme_of(std::string_view variable) {
  const auto equals = variable.find('='), end = variable.find("://");
  if (equals == std::string_view::npos || end == std::string_view::npos || end < equals) return {};
  return variable.substr(equals + 1, end - equals - 1);
}

bool is_dotted_name(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || byte == '.';
  });
}

/// "pkg.mod" of "pkg.mod:app" and "pkg.mod:create()"; "" for words of another shape ("0.0.0.0:8000").
std::string_view module_of(std::string_view word) {
  const auto colon = word.find(':');
  if (colon == std::string_view::npos || colon + 1 >= word.size()) return {};
  const char first = word[colon + 1];
  const bool attribute = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
  return attribute && is_dotted_name(word.substr(0, colon)) ? word.substr(0, colon) : std::string_view();
}

/// The value of the last of the options, given as "-k X", "-kX", "--name X" or "--name=X"; "" without.
std::string_view option_value(const std::vector<std::string>& words, char letter, std::string_view name) {
  std::string_view value;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const bool is_short = letter != 0 && word.size() >= 2 && word[0] == '-' && word[1] == letter;
    if ((is_short && word.size() == 2) || word == name) {
      if (i + 1 < words.size()) value = words[i + 1];
    } else if (is_short) {
      value = word.substr(2);
    } else if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=') {
      value = word.substr(name.size() + 1);
    }
  }
  return value;
}

class Loads {
 public:
  Loads(const entrypoint::Process& process, const PythonCommand& command)
      : process_(process),
        command_(command),
        program_(command.module.empty() ? base_name(command.script) : command.module) {}

  std::vector<PythonLoad> find() {
    add_applications();
    add_environment();
    add_worker();
    for (const auto& load : known_loads)
      loads_.push_back({std::string(load.after), std::string(load.module), "default of " + std::string(load.after)});
    return std::move(loads_);
  }

 private:
  void add(std::string_view module, std::string reason, std::string after = {}, Tier tier = Tier::declared) {
    if (is_dotted_name(module)) loads_.push_back({std::move(after), std::string(module), std::move(reason), tier});
  }

  void add_applications() {
    const auto& words = command_.arguments;
    for (const auto& word : words) add(module_of(word), "argument " + word);
    if (program_ == "gunicorn" || program_ == "hypercorn" || program_ == "waitress-serve") {
      // The application is the last word and may leave out its attribute.
      if (!words.empty() && !words.back().starts_with('-')) add(words.back(), "argument " + words.back());
    }
    if (program_ == "celery") add_application(option_value(words, 'A', "--app"), "argument --app");
    if (program_ == "flask") {
      auto application = option_value(words, 'A', "--app");
      if (application.empty()) application = environment_value(process_, "FLASK_APP");
      if (!application.empty()) return add_application(application, "FLASK_APP");
      for (const auto* name : {"wsgi", "app"}) add(name, "default of flask", {}, Tier::likely);
    }
  }

  /// "pkg.mod", "pkg.mod:app" or "app.py".
  void add_application(std::string_view text, std::string reason) {
    if (text.ends_with(".py")) text.remove_suffix(3);
    add(text.substr(0, text.find(':')), std::move(reason));
  }

  void add_environment() {
    add(environment_value(process_, "DJANGO_SETTINGS_MODULE"), "DJANGO_SETTINGS_MODULE");
    for (const auto& variable : process_.environment)
      if (const auto scheme = scheme_of(variable); !scheme.empty())
        add(database_driver(scheme), variable.substr(0, variable.find(':')), {}, Tier::likely);
  }

  /// gunicorn's worker: `-k`, `--worker-class`; several threads make gthread of sync (gunicorn/config.py).
  void add_worker() {
    auto words = split_list(environment_value(process_, "GUNICORN_CMD_ARGS"), ' ');
    words.insert(words.end(), command_.arguments.begin(), command_.arguments.end());
    std::string name(option_value(words, 'k', "--worker-class"));
    if (name.empty()) name = "sync";
    const auto threads = option_value(words, 0, "--threads");
    if (name == "sync" && !threads.empty() && threads != "1") name = "gthread";
    auto module = lookup(gunicorn_workers, name);
    if (module.empty()) module = std::string_view(name).substr(0, name.rfind('.'));  // "pkg.workers.Class"
    add(module, "worker class " + name, "gunicorn.arbiter", Tier::likely);
  }

  const entrypoint::Process& process_;
  const PythonCommand& command_;
  std::string_view program_;
  std::vector<PythonLoad> loads_;
};

}  // namespace

std::string_view database_driver(std::string_view scheme) {
  if (const auto driver = lookup(database_drivers, scheme); !driver.empty()) return driver;
  const auto plus = scheme.find('+');
  return plus == std::string_view::npos ? std::string_view() : scheme.substr(plus + 1);
}

bool has_database_url(const entrypoint::Process& process) {
  return std::any_of(process.environment.begin(), process.environment.end(),
                     [](const auto& variable) { return !database_driver(scheme_of(variable)).empty(); });
}

std::string application_directory(const entrypoint::Process& process, const PythonCommand& command) {
  const auto program = command.module.empty() ? base_name(command.script) : std::string_view(command.module);
  if (lookup(servers, program).empty()) return {};
  auto directory = option_value(command.arguments, 0, program == "uvicorn" ? "--app-dir" : "--chdir");
  return absolute_path(process, directory.empty() ? "." : directory);
}

std::string console_script_module(const rootfs::FileSystem& files, const std::vector<std::string>& path,
                                  std::string_view script_text) {
  const auto call = script_text.rfind("load_entry_point(");
  if (call == std::string_view::npos) return {};
  const auto parts =
      split_list(script_text.substr(call, 512), '\'');  // load_entry_point( dist , console_scripts , name
  if (parts.size() < 6) return {};
  const auto distribution = parts[1].substr(0, parts[1].find('='));
  for (const auto& directory : path) {
    for (const auto& name : files.list(directory)) {
      const bool own =
          name.starts_with(distribution + "-") && (name.ends_with(".egg-info") || name.ends_with(".dist-info"));
      const auto text = own ? files.text_at(join_path(directory, name) + "/entry_points.txt") : std::nullopt;
      for (const auto& line : split_list(text.value_or(""), '\n')) {
        const auto equals = line.find('='), colon = line.find(':');
        if (equals == std::string::npos || line.substr(0, line.find_first_of(" =")) != parts[5]) continue;
        const auto begin = std::min(line.find_first_not_of(" ", equals + 1), line.size());
        return line.substr(begin, colon == std::string::npos ? colon : colon - begin);
      }
    }
  }
  return std::string(lookup(servers, parts[5]));
}

std::vector<PythonLoad> python_loads(const entrypoint::Process& process, const PythonCommand& command) {
  return Loads(process, command).find();
}

}  // namespace imgslim::plugins
