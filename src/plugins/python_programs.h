#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/python_path.h"

namespace imgslim::plugins {

/// A module that a program loads by a name which no import statement holds.
struct PythonLoad {
  std::string after;   ///< when this module was reached; "" for at once
  std::string module;  ///< dotted
  std::string reason;  ///< "argument app:app", "worker class sync"
  Tier tier = Tier::likely;
};

/// What the command line and the environment name ("gunicorn app:app", FLASK_APP, DJANGO_SETTINGS_MODULE, the scheme of
/// DATABASE_URL), and what well-known servers load by default.
[[nodiscard]] std::vector<PythonLoad> python_loads(const entrypoint::Process& process, const PythonCommand& command);

/// Modules of drivers, one of which SQLAlchemy loads when an engine is made: by a URL that the configuration holds.
inline constexpr std::string_view sql_drivers[] = {"psycopg2", "psycopg",  "asyncpg", "pymysql",
                                                   "MySQLdb",  "aiomysql", "asyncmy", "aiosqlite",
                                                   "oracledb", "pyodbc",   "pymssql"};

/// The driver's module for the scheme of a database URL, "asyncpg" for "postgresql+asyncpg"; "" for other schemes.
[[nodiscard]] std::string_view database_driver(std::string_view scheme);

/// Whether a variable of the environment is the URL of a database.
[[nodiscard]] bool has_database_url(const entrypoint::Process& process);

/// The directory that a server puts in front of sys.path for its application (gunicorn --chdir, uvicorn --app-dir, else
/// the working directory); "" for other programs.
[[nodiscard]] std::string application_directory(const entrypoint::Process& process, const PythonCommand& command);

/// The module behind a console script of setuptools' old form, `load_entry_point('gunicorn==20.1.0', 'console_scripts',
/// 'gunicorn')`: what entry_points.txt of the distribution says, or is known of well-known programs; "" else.
[[nodiscard]] std::string console_script_module(const rootfs::FileSystem& files, const std::vector<std::string>& path,
                                                std::string_view script_text);

}  // namespace imgslim::plugins
