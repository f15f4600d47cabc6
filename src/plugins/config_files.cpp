#include "plugins/config_files.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/path.h"
#include "entrypoint/command.h"
#include "entrypoint/glob.h"
#include "plugins/config_includes.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

// A large server has some hundred configuration files of a few KiB each.
constexpr std::size_t most_files = 2'000;
constexpr std::size_t most_entries = 20'000;
constexpr std::size_t most_text_bytes = 8u << 20;
constexpr int deepest = 5;
constexpr int deepest_include = 8;

/// Directories below /etc that belong to other programs than the one that names them.
constexpr std::string_view foreign_directories[] = {
    "/etc/init.d",   "/etc/default", "/etc/alternatives", "/etc/pam.d",        "/etc/systemd", "/etc/profile.d",
    "/etc/security", "/etc/ssl",     "/etc/cron.d",       "/etc/ld.so.conf.d", "/etc/dpkg",    "/etc/apt"};

bool is_config_place(std::string_view path) {
  return path.find("/etc/") != std::string_view::npos || path.ends_with("/etc") ||
         path.find("/conf/") != std::string_view::npos || path.ends_with("/conf");
}

bool is_foreign(std::string_view directory) {
  return std::any_of(std::begin(foreign_directories), std::end(foreign_directories), [&](std::string_view foreign) {
    return directory.starts_with(foreign) && (directory.size() == foreign.size() || directory[foreign.size()] == '/');
  });
}

/// What editors and package managers leave beside a configuration file, and what is there to be enabled.
bool is_inactive(std::string_view name) {
  return name.starts_with('.') || name.ends_with('~') || name.ends_with("-available") || name.ends_with(".bak") ||
         name.ends_with(".orig") || name.starts_with("README") || name.ends_with(".md") || name.ends_with(".rst") ||
         name.ends_with(".rpmsave") || name.ends_with(".rpmnew") || name.find(".dpkg-") != std::string_view::npos;
}

/// "/usr/bin/perl" of "#! /usr/bin/perl -w"; "" for a text that is no script.
std::string_view interpreter_of(std::string_view text) {
  if (!text.starts_with("#!")) return {};
  text.remove_prefix(std::min(text.find_first_not_of(" \t", 2), text.size()));
  return text.starts_with('/') ? text.substr(0, text.find_first_of(" \t\r\n")) : std::string_view();
}

class Collector {
 public:
  explicit Collector(const rootfs::FileSystem& files) : files_(files) {}

  void add_file(const std::string& path, const std::string& named_by) {
    const auto found = files_.find(path);
    if (!found || result_.size() >= most_files) return;
    const auto text = files_.text(found->file);
    if (!text) return;
    // "#!/usr/bin/pulseaudio -nF": the program's own script is its configuration, others are none.
    const auto interpreter = interpreter_of(*text);
    const bool is_own = is_config_place(path) && base_name(interpreter) == base_name(named_by);
    if (!interpreter.empty() && !is_own) return;
    if (bytes_ + text->size() > most_text_bytes || !seen_.insert(found->path).second) return;
    bytes_ += text->size();
    result_.push_back({path, *text, named_by});
    add_included(path, *text, named_by);
  }

  void add_directory(const std::string& path, const std::string& named_by, int depth = 0) {
    const auto canonical = files_.canonical(path);
    if (!canonical || depth > deepest || is_foreign(path) || !seen_.insert(*canonical).second) return;
    for (const auto& name : files_.list(path)) {
      if (++entries_ > most_entries) return;
      if (is_inactive(name)) continue;
      const auto child = (path == "/" ? "" : path) + "/" + name;
      if (files_.is_directory(child))
        add_directory(child, named_by, depth + 1);
      else
        add_file(child, named_by);
    }
  }

  void add_either(const std::string& path, const std::string& named_by) {
    if (files_.is_directory(path))
      add_directory(path, named_by);
    else
      add_file(path, named_by);
  }

  std::vector<ConfigFile> take() { return std::move(result_); }

 private:
  /// Relative ones are taken from the directory of the file that includes them. Each file is read once, whoever
  /// includes it, so that chains and circles end.
  void add_included(const std::string& path, std::string_view text, const std::string& named_by) {
    if (includes_ >= deepest_include) return;
    ++includes_;
    const auto directory = parent_path(path);
    for (const auto pattern : included_paths(text)) {
      if (result_.size() >= most_files) break;
      for (const auto& found : entrypoint::expand_glob(files_, directory, pattern)) {
        const auto place = entrypoint::absolute(directory, found);
        if (depth_of(place) >= 2 && !is_inactive(base_name(place))) add_either(place, named_by);
      }
    }
    --includes_;
  }

  const rootfs::FileSystem& files_;
  int includes_ = 0;
  std::vector<ConfigFile> result_;
  std::set<std::string> seen_;
  std::size_t bytes_ = 0, entries_ = 0;
};

void add_named(const Context& context, Collector& collector) {
  const auto& objects = context.map.objects();
  for (const auto& file : context.named->files()) {
    if (!is_config_place(file.path)) continue;
    const auto& named_by = objects[file.object].file.path;
    collector.add_file(file.path, named_by);
    const std::string directory(parent_path(file.path));
    if (depth_of(directory) >= 2) collector.add_directory(directory, named_by);
  }
  for (const auto& directory : context.named->directories()) {
    const auto& named_by = objects[directory.object].file.path;
    if (is_config_place(directory.path)) {
      collector.add_directory(directory.path, named_by);
    } else {
      collector.add_directory(directory.path + "/conf", named_by);
      collector.add_directory(directory.path + "/etc", named_by);
    }
  }
}

/// "-c/etc/x.conf", "--config=/etc/x.conf", "/etc/x.conf", "x.ini" in the working directory.
void add_arguments(const Context& context, Collector& collector) {
  const auto& process = context.process;
  for (std::size_t i = 1; i < process.argv.size(); ++i) {
    std::string_view word = process.argv[i];
    if (const auto equals = word.find('='); equals != std::string_view::npos)
      word = word.substr(equals + 1);
    else if (word.starts_with('-') && word.find('/') != std::string_view::npos)
      word = word.substr(word.find('/'));
    // "." is a path of classes or sources, and no configuration.
    if (word.empty() || word.starts_with('-') || word == "." || word == "..") continue;
    const auto path = absolute_path(process, word);
    if (depth_of(path) >= 2 && path != "/dev/stdout") collector.add_either(path, process.program.path);
  }
}

void add_environment(const Context& context, Collector& collector) {
  constexpr std::string_view lists[] = {"PHP_INI_SCAN_DIR", "PHPRC", "PGDATA"};
  for (const auto name : lists) {
    auto rest = environment_value(context.process, name);
    while (!rest.empty()) {
      const auto element = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(rest.size(), element.size() + 1));
      if (element.starts_with('/') && depth_of(element) >= 2)
        collector.add_either(std::string(element), context.process.program.path);
    }
  }
}

/// `php -n`: no php.ini, and no directory of them.
bool reads_no_configuration(const entrypoint::Process& process) {
  if (!base_name(process.program.path).starts_with("php")) return false;
  constexpr std::string_view with_value = "cdfBRFErSztTe";  // options of php whose value is the next word
  for (std::size_t i = 1; i < process.argv.size(); ++i) {
    const std::string_view word = process.argv[i];
    if (word == "-n" || word == "--no-php-ini") return true;
    if (!word.starts_with('-') || word == "--") return false;  // the script and its arguments
    if (word.size() == 2 && with_value.find(word[1]) != std::string_view::npos) ++i;
  }
  return false;
}

}  // namespace

std::string_view environment_value(const entrypoint::Process& process, std::string_view name) {
  for (const std::string_view entry : process.environment)
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
  return {};
}

std::vector<ConfigFile> config_files(const Context& context) {
  Collector collector(context.files);
  add_arguments(context, collector);
  if (reads_no_configuration(context.process)) return collector.take();
  add_environment(context, collector);
  if (context.named != nullptr) add_named(context, collector);
  return collector.take();
}

}  // namespace imgslim::plugins
