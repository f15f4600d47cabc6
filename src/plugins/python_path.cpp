// Where Python looks for modules (Lib/site.py, Modules/getpath.py, Doc/library/sys_path_init.rst; Debian's patches of
// site.py for dist-packages).
//
// The prefix is found from the program by its landmark lib/pythonX.Y/os.py. A pyvenv.cfg beside the program as it was
// called, or one directory above, makes a virtual environment. sys.path then is: the script's directory or the working
// directory, PYTHONPATH, the standard library, lib-dynload, the user's and the site's packages with the directories
// that .pth files in them name.
#include "plugins/python_path.h"

#include <algorithm>

#include "core/path.h"
#include "imports/imports.h"
#include "plugins/config_files.h"
#include "plugins/mapped_library.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_directories = 256;  // of sys.path, whatever .pth files say

bool is_version(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() &&
         text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.find('.', dot + 1) == std::string_view::npos;
}

bool has_landmark(const rootfs::FileSystem& files, const std::string& prefix, const std::string& version) {
  const auto library = prefix + "/lib/python" + version;
  return files.find(library + "/os.py") || files.find(library + "/os.pyc");
}

/// The version whose standard library stands below the prefix: that of `name` ("python3.11") when it has one.
std::optional<std::string> version_below(const rootfs::FileSystem& files, const std::string& prefix,
                                         std::string_view name) {
  if (name.starts_with("libpython")) name.remove_prefix(3);
  if (name.starts_with("python")) {
    auto version = name.substr(6);
    version = version.substr(0, version.find_first_not_of("0123456789."));
    while (version.ends_with('.')) version.remove_suffix(1);
    if (is_version(version) && has_landmark(files, prefix, std::string(version))) return std::string(version);
  }
  for (const auto& entry : files.list(prefix + "/lib")) {
    const auto version = entry.starts_with("python") ? entry.substr(6) : std::string();
    if (is_version(version) && has_landmark(files, prefix, version)) return version;
  }
  return std::nullopt;
}

/// The prefix above an interpreter or library, "" is the root.
std::optional<PythonHome> home_of(const rootfs::FileSystem& files, const std::string& object) {
  const auto name = base_name(object);
  for (auto directory = parent_path(object); !directory.empty(); directory = parent_path(directory)) {
    const std::string prefix(parent_path(directory));
    if (const auto version = version_below(files, prefix, name)) {
      PythonHome home;
      home.object = object;
      home.version = *version;
      home.prefix = prefix;
      return home;
    }
    if (prefix.empty()) break;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

template <typename Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    take(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void find_environment(const Context& context, PythonHome& home) {
  const auto invoked = std::string_view(context.process.invoked);
  for (const auto directory : {parent_path(invoked), parent_path(parent_path(invoked))}) {
    const auto text = context.files.text_at(std::string(directory) + "/pyvenv.cfg");
    if (!text) continue;
    home.environment = directory;
    home.system_packages = false;
    for_each_line(*text, [&](std::string_view line) {
      if (line.starts_with("include-system-site-packages") && line.ends_with("true")) home.system_packages = true;
    });
    return;
  }
}

class PathBuilder {
 public:
  PathBuilder(const Context& context, const PythonHome& home, const PythonCommand& command)
      : context_(context), home_(home), command_(command) {}

  PythonPath build() {
    add_program_directory();
    if (!command_.no_environment) add_environment_variable();
    add(home_.standard_library());
    add(home_.standard_library() + "/lib-dynload");
    if (!command_.no_site) add_sites();
    return std::move(path_);
  }

 private:
  bool add(const std::string& directory) {
    const auto canonical = context_.files.canonical(directory);
    if (!canonical || !context_.files.is_directory(*canonical) || path_.directories.size() >= most_directories)
      return false;
    if (std::find(path_.directories.begin(), path_.directories.end(), *canonical) != path_.directories.end())
      return false;
    path_.directories.push_back(*canonical);
    return true;
  }

  void add_program_directory() {
    if (command_.no_unsafe_path || home_.embedded) return;
    if (command_.script.empty()) {
      add(context_.process.working_directory);
    } else if (const auto script = context_.files.canonical(absolute_path(context_.process, command_.script))) {
      add(context_.files.is_directory(*script) ? *script : std::string(parent_path(*script)));
    }
  }

  void add_environment_variable() {
    for (const auto& directory : split_list(environment_value(context_.process, "PYTHONPATH"), ':'))
      add(absolute_path(context_.process, directory));
  }

  void add_sites() {
    const auto versioned = "/lib/python" + home_.version;
    if (!home_.environment.empty()) add_site(home_.environment + versioned + "/site-packages");
    if (!home_.system_packages) return;
    if (!command_.no_user_site) {
      const auto user = environment_value(context_.process, "HOME");
      add_site(std::string(user.empty() ? "/root" : user) + "/.local" + versioned + "/site-packages");
    }
    const bool debian = home_.prefix == "/usr" && context_.files.is_directory("/usr/lib/python3/dist-packages");
    if (home_.prefix == "/usr") add_site("/usr/local" + versioned + "/dist-packages");
    if (home_.prefix == "/usr") add_site("/usr/lib/python3/dist-packages");
    if (home_.prefix == "/usr") add_site(home_.prefix + versioned + "/dist-packages");
    if (debian) return;
    for (const auto* library : {"/lib64/python", "/lib/python"})
      add_site(home_.prefix + library + home_.version + "/site-packages");
    if (home_.prefix == "/usr")  // Fedora
      for (const auto* library : {"/lib64/python", "/lib/python"})
        add_site(std::string("/usr/local") + library + home_.version + "/site-packages");
  }

  void add_site(const std::string& directory) {
    if (!add(directory)) return;
    for (const auto& name : context_.files.list(directory))
      if (name.ends_with(".pth")) read_path_file(directory, name);
  }

  void read_path_file(const std::string& directory, const std::string& name) {
    const auto file = directory + "/" + name;
    const auto text = context_.files.text_at(file);
    if (!text) return;
    for_each_line(*text, [&](std::string_view line) {
      if (line.empty() || line.starts_with('#')) return;
      if (line.starts_with("import ") || line.starts_with("import\t")) {
        for (const auto& import : imports::read_imports(imports::Language::python, line).imports)
          if (path_.startup.size() < most_directories) path_.startup.push_back({import.name, file});
      } else {
        add(line.starts_with('/') ? std::string(line) : directory + "/" + std::string(line));
      }
    });
  }

  const Context& context_;
  const PythonHome& home_;
  const PythonCommand& command_;
  PythonPath path_;
};

}  // namespace

std::string PythonHome::tag() const {
  auto digits = version;
  std::erase(digits, '.');
  return "cpython-" + digits;
}

std::optional<PythonHome> find_python(const Context& context) {
  const auto& program = context.process.program.path;
  if (base_name(program).starts_with("python")) {
    auto home = home_of(context.files, program);
    if (home) find_environment(context, *home);
    return home;
  }
  const auto library = mapped_library(context, "libpython");
  if (!library) return std::nullopt;
  auto home = home_of(context.files, context.map.objects()[*library].file.path);
  if (home) home->embedded = true;
  return home;
}

PythonCommand parse_python_command(const entrypoint::Process& process) {
  PythonCommand command;
  const auto& argv = process.argv;
  std::size_t at = 1;
  for (; at < argv.size() && argv[at].size() > 1 && argv[at][0] == '-' && argv[at] != "--"; ++at) {
    const std::string_view word = argv[at];
    if (word.starts_with("--")) {
      if (word == "--check-hash-based-pycs") ++at;
      continue;
    }
    for (std::size_t letter = 1; letter < word.size(); ++letter) {
      const char flag = word[letter];
      if (flag == 'I' || flag == 'E') command.no_environment = true;
      if (flag == 'I' || flag == 's') command.no_user_site = true;
      if (flag == 'I' || flag == 'P') command.no_unsafe_path = true;
      if (flag == 'S') command.no_site = true;
      if (std::string_view("mcWXQ").find(flag) == std::string_view::npos) continue;
      auto value = std::string(word.substr(letter + 1));
      if (value.empty() && ++at < argv.size()) value = argv[at];
      if (flag == 'm' || flag == 'c') {
        (flag == 'm' ? command.module : command.code) = value;
        command.arguments.assign(argv.begin() + static_cast<std::ptrdiff_t>(std::min(at + 1, argv.size())), argv.end());
        return command;
      }
      break;
    }
  }
  if (at < argv.size() && argv[at] == "--") ++at;
  if (at < argv.size() && argv[at] != "-") command.script = argv[at];
  command.arguments.assign(argv.begin() + static_cast<std::ptrdiff_t>(std::min(at + 1, argv.size())), argv.end());
  return command;
}

PythonPath python_path(const Context& context, const PythonHome& home, const PythonCommand& command) {
  return PathBuilder(context, home, command).build();
}

}  // namespace imgslim::plugins
