// The modules of a Lua program (Lua 5.4 Reference Manual 6.3 "Modules", lua.c). The templates of package.path and
// package.cpath are compiled into the interpreter or liblua, and LUA_PATH, LUA_CPATH add to them; `a.b` is a/b.lua,
// a/b/init.lua or a/b.so there, or is defined by the library of its first component, a.so. A server that embeds Lua
// (nginx, HAProxy) runs pieces of it that its configuration holds.
#include <algorithm>
#include <unordered_map>

#include "core/path.h"
#include "plugins/called_imports.h"
#include "plugins/config_files.h"
#include "plugins/import_walk.h"
#include "plugins/language_rules.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

constexpr ScriptGrammar grammar{"el", "", "e", "l", "", "", ""};
constexpr std::size_t most_directories = 128;

bool is_interpreter(std::string_view name) { return name.starts_with("lua") || name.starts_with("texlua"); }

/// Whether the object is Lua itself, whose strings are the search path.
bool is_lua(std::string_view name) {
  return is_interpreter(name) || name.starts_with("liblua") || name.starts_with("libluajit");
}

class LuaRule {
 public:
  explicit LuaRule(const Context& context)
      : context_(context), walk_(context, Via::lua_module, imports::Language::lua) {
    add_templates("LUA_PATH");
    add_templates("LUA_CPATH");
    for (const auto& object : context.map.objects()) {
      const auto* const facts = context.files.elf(object.file.file);
      if (facts == nullptr || !is_lua(base_name(object.file.path))) continue;
      for (const auto& text : facts->path_strings)
        if (text.find("lua") != std::string::npos) add_directory(text);
    }
  }

  std::vector<Candidate> run() {
    const auto& program = context_.process.program.path;
    if (is_interpreter(base_name(program)))
      run_command(program);
    else
      run_configuration();
    do {
      while (auto visit = walk_.next()) follow(*visit);
    } while (reach_called());
    return walk_.take();
  }

 private:
  void add_directory(const std::string& directory) {
    const auto canonical = context_.files.canonical(directory);
    if (!canonical || !context_.files.is_directory(*canonical) || directories_.size() >= most_directories) return;
    if (std::find(directories_.begin(), directories_.end(), *canonical) == directories_.end())
      directories_.push_back(*canonical);
  }

  /// "/srv/?.lua;./?/init.lua", of the variable or of the one with a version, LUA_PATH_5_4.
  void add_templates(std::string_view name) {
    for (const auto& variable : context_.process.environment) {
      if (!variable.starts_with(name)) continue;
      const auto equals = variable.find('=');
      if (equals != name.size() && variable[name.size()] != '_') continue;
      for (const auto& part : split_list(std::string_view(variable).substr(equals + 1), ';'))
        add_directory(absolute_path(context_.process, std::string_view(part).substr(0, part.find('?'))));
    }
  }

  void run_command(const std::string& program) {
    const auto command = parse_script_command(context_.process, grammar);
    add_directory(context_.process.working_directory);
    for (const auto& name : command.modules) require(name, {Tier::declared, program, "-l " + name});
    if (!command.code.empty()) walk_.reach_text(command.code, program, Tier::likely);
    if (const auto script = context_.files.find(command.script); !command.script.empty() && script)
      walk_.reach(*script, {Tier::declared, program, "argument " + command.script});
  }

  /// Lua in the configuration of a server, and the Lua files that it names.
  void run_configuration() {
    for (const auto& file : config_files(context_)) {
      if (file.text.find("lua") == std::string_view::npos) continue;
      walk_.reach_text(file.text, file.path, Tier::likely);
      for (auto end = file.text.find(".lua"); end != std::string_view::npos; end = file.text.find(".lua", end + 4)) {
        const auto begin = file.text.find_last_of(" \t\n\"'=;", end);
        if (begin == std::string_view::npos) continue;
        const auto name = file.text.substr(begin + 1, end + 4 - begin - 1);
        const auto script = name.starts_with('/') ? context_.files.find(name) : std::nullopt;
        if (script) walk_.reach(*script, {Tier::likely, file.path, "named"});
      }
    }
  }

  void follow(const ImportWalk::Visit& visit) {
    if (visit.facts == nullptr) return;
    for (const auto& import : visit.facts->imports)
      if (import.form == imports::Form::directory) add_directory(import.name);
    for (const auto& import : visit.facts->imports) {
      const auto run = tier_of(import.level, IsProgram::no);
      if (!run || import.form != imports::Form::module) continue;
      const auto tier = weaker(visit.tier, *run);
      const auto file = require(import.name, {tier, visit.path, "require " + import.name});
      if (file && tier != Tier::possible) called_.add_import(visit.path, file->path);
    }
    if (visit.tier != Tier::possible) called_.add_file(visit.path, *visit.facts, visit.tier);
  }

  bool reach_called() {
    const auto calls = called_.take_called();
    for (const auto& call : calls) {
      const ImportWalk::Reason reason{weaker(call.tier, Tier::likely), call.file, "require " + call.import->name};
      if (const auto file = require(call.import->name, reason)) called_.add_import(call.file, file->path);
    }
    return !calls.empty();
  }

  std::optional<rootfs::Found> require(const std::string& name, const ImportWalk::Reason& reason) {
    auto file = find(name);
    if (file) walk_.reach(*file, reason);
    return file;
  }

  std::optional<rootfs::Found> find(std::string name) {
    std::replace(name.begin(), name.end(), '.', '/');
    const auto root = name.substr(0, name.find('/'));
    for (const auto& directory : directories_)
      for (const auto* suffix : {".lua", "/init.lua", ".so"})
        if (auto file = context_.files.find(join_path(directory, name + suffix))) return file;
    for (const auto& directory : directories_) {
      if (auto file = context_.files.find(join_path(directory, root + ".so"))) return file;
      // A program's own modules may carry the name of the directory that holds them.
      if (base_name(directory) != root || root.size() == name.size()) continue;
      for (const auto* suffix : {".lua", "/init.lua", ".so"})
        if (auto file = context_.files.find(directory + name.substr(root.size()) + suffix)) return file;
    }
    return std::nullopt;
  }

  const Context& context_;
  ImportWalk walk_;
  CalledImports called_;
  std::vector<std::string> directories_;
};

}  // namespace

std::vector<Candidate> lua_modules(const Context& context) {
  const auto& objects = context.map.objects();
  const bool has_lua = std::any_of(objects.begin(), objects.end(),
                                   [](const linker::Object& object) { return is_lua(base_name(object.file.path)); });
  return has_lua ? LuaRule(context).run() : std::vector<Candidate>();
}

}  // namespace imgslim::plugins
