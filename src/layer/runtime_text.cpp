// Which texts decide what runs and what it loads. Distributions and official images keep configuration in directories
// named "etc" or "conf" (/etc, /usr/local/etc/php, /usr/local/apache2/conf, /opt/NAME/etc) or in files whose ending
// says so; scripts are told by their first two bytes, files that scripts read by ".sh"; language runtimes have metadata
// files with names of their own.
#include "layer/runtime_text.h"

#include <algorithm>
#include <array>

#include "core/path.h"

namespace imgslim::layer {
namespace {

constexpr std::uint64_t largest_plain_script_bytes = 64u << 10;

template <std::size_t size>
bool is_one_of(std::string_view text, const std::array<std::string_view, size>& choices) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

template <std::size_t size>
bool ends_with_one_of(std::string_view text, const std::array<std::string_view, size>& choices) {
  return std::any_of(choices.begin(), choices.end(), [&](std::string_view ending) { return text.ends_with(ending); });
}

/// The linker's own files: kept whatever their size.
bool is_linker_file(std::string_view path) {
  if (path == "etc/ld.so.cache") return true;
  const auto name = base_name(path);
  return name.starts_with("ld-musl-") && name.ends_with(".path") && is_below_directory_named(path, "etc");
}

/// Directories whose files never decide what runs.
bool is_aside(std::string_view path) {
  constexpr std::array directories{std::string_view("usr/share/doc"),
                                   std::string_view("usr/share/man"),
                                   std::string_view("usr/share/info"),
                                   std::string_view("etc/ssl/certs"),
                                   std::string_view("var/lib/dpkg/info"),
                                   std::string_view("usr/share/zoneinfo"),
                                   std::string_view("etc/pki"),
                                   std::string_view("usr/share/locale"),
                                   std::string_view("usr/share/doc-base"),
                                   std::string_view("etc/ca-certificates")};
  return std::any_of(directories.begin(), directories.end(),
                     [&](std::string_view directory) { return is_within(path, directory); });
}

bool is_configuration(std::string_view path) {
  constexpr std::array directories{std::string_view("etc"), std::string_view("conf"), std::string_view("pam.d"),
                                   std::string_view("mods-available"), std::string_view("conf.d")};
  constexpr std::array endings{std::string_view(".conf"), std::string_view(".cnf"), std::string_view(".ini"),
                               std::string_view(".cfg")};
  return ends_with_one_of(path, endings) ||
         std::any_of(directories.begin(), directories.end(),
                     [&](std::string_view name) { return is_below_directory_named(path, name); });
}

/// Of Python, .NET, Java, Node, R, Ruby and Tcl; of supervisors and application servers; of libraries that look up
/// their modules in a list.
bool is_runtime_metadata(std::string_view path) {
  constexpr std::array names{std::string_view("package.json"),     std::string_view("loaders.cache"),
                             std::string_view("giomodule.cache"),  std::string_view("gconv-modules"),
                             std::string_view("release"),          std::string_view("os-release"),
                             std::string_view("jvm.cfg"),          std::string_view("pyvenv.cfg"),
                             std::string_view("nsswitch.conf"),    std::string_view("entry_points.txt"),
                             std::string_view("immodules.cache"),  std::string_view("pkgIndex.tcl"),
                             std::string_view("DESCRIPTION"),      std::string_view("run"),
                             std::string_view("Gemfile"),          std::string_view("Gemfile.lock"),
                             std::string_view("gunicorn.conf.py"), std::string_view("gunicorn_conf.py"),
                             std::string_view("puma.rb"),          std::string_view("unicorn.rb"),
                             std::string_view("unicorn.conf.rb")};
  constexpr std::array endings{std::string_view(".runtimeconfig.json"),
                               std::string_view(".deps.json"),
                               std::string_view(".pth"),
                               std::string_view(".service"),
                               std::string_view(".target"),
                               std::string_view(".sh"),
                               std::string_view(".R"),
                               std::string_view(".bash")};
  return is_one_of(base_name(path), names) || ends_with_one_of(path, endings);
}

/// "#!/bin/sh -e", "#!/usr/bin/env bash": a script for a shell, which also runs when it is not executable.
bool is_shell_script(std::string_view text) {
  if (!text.starts_with("#!")) return false;
  auto line = text.substr(2, std::min(text.find('\n'), text.size()) - 2);
  while (!line.empty()) {
    const auto start = std::min(line.find_first_not_of(" \t"), line.size());
    const auto word = line.substr(start, std::min(line.find_first_of(" \t", start), line.size()) - start);
    if (base_name(word).ends_with("sh")) return true;
    line.remove_prefix(start + word.size());
  }
  return false;
}

/// A text without "#!": shells and execvp(3) have it read by sh. Only where programs stand: images hold many texts that
/// are executable by mistake. `sh FILE` runs what is not executable as well: such files, which have no ending, are
/// looked for right in a directory of an application ("app/start"), with the exec that ends a start script.
bool may_be_plain_script(const TextCandidate& file) {
  const auto slashes = std::count(file.clean_path.begin(), file.clean_path.end(), '/');
  const bool of_application =
      slashes == 1 && base_name(file.clean_path).find('.') == std::string_view::npos &&
      file.logical_bytes <= largest_plain_script_bytes &&
      (file.first_bytes.starts_with("exec ") || file.first_bytes.find("\nexec ") != std::string_view::npos);
  const bool of_programs = file.executable && (slashes == 0 || is_below_directory_named(file.clean_path, "bin") ||
                                               is_below_directory_named(file.clean_path, "sbin"));
  return (of_programs || of_application) && std::all_of(file.first_bytes.begin(), file.first_bytes.end(), [](char c) {
           return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t' || c == '\r';
         });
}

}  // namespace

bool has_runtime_text_name(std::string_view clean_path) {
  if (is_linker_file(clean_path)) return true;
  return !is_aside(clean_path) && (is_configuration(clean_path) || is_runtime_metadata(clean_path));
}

bool wants_runtime_text(const TextCandidate& file) {
  if (is_linker_file(file.clean_path)) return true;
  const bool is_script = file.executable && file.first_bytes.starts_with("#!");
  if (file.logical_bytes > (is_script ? largest_script_bytes : largest_runtime_text_bytes)) return false;
  if (is_aside(file.clean_path)) return false;
  if (file.first_bytes.substr(0, text_judging_bytes).find('\0') != std::string_view::npos) return false;
  if (is_script || may_be_plain_script(file) || (!file.executable && is_shell_script(file.first_bytes))) return true;
  return has_runtime_text_name(file.clean_path);
}

}  // namespace imgslim::layer
