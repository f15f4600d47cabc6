#include "app/completion.h"

#include <vector>

namespace imgslim::app {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_snames()) flags.push_back("-" + name);
    for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : commands_of(app)) names.push_back(command->get_name());
  return joined(names);
}

std::string bash_script(const CLI::App& app) {
  std::string cases;
  for (const auto* command : commands_of(app))
    cases += "    " + command->get_name() + ") words=\"" + joined(flags_of(*command)) + "\" ;;\n";
  return "_imgslim() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W \"" +
         command_names(app) +
         " --help --version\" -- \"$current\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"${COMP_WORDS[1]}\" in\n" +
         cases +
         "  esac\n"
         "  case \"$current\" in\n"
         "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n"
         "    *) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _imgslim imgslim\n";
}

std::string zsh_script(const CLI::App& app) {
  std::string cases;
  for (const auto* command : commands_of(app))
    cases += "    " + command->get_name() + ") compadd -- " + joined(flags_of(*command)) + " ;;\n";
  return "#compdef imgslim\n"
         "_imgslim() {\n"
         "  if (( CURRENT == 2 )); then\n"
         "    compadd -- " +
         command_names(app) +
         " --help --version\n"
         "    return\n"
         "  fi\n"
         "  if [[ $words[CURRENT] != -* ]]; then\n"
         "    _files\n"
         "    return\n"
         "  fi\n"
         "  case $words[2] in\n" +
         cases +
         "  esac\n"
         "}\n"
         "compdef _imgslim imgslim\n";
}

std::string fish_script(const CLI::App& app) {
  std::string script = "complete -c imgslim -n __fish_use_subcommand -f -a '" + command_names(app) + "'\n";
  for (const auto* command : commands_of(app))
    for (const auto* option : command->get_options())
      for (const auto& name : option->get_lnames())
        script += "complete -c imgslim -n '__fish_seen_subcommand_from " + command->get_name() + "' -l " + name + "\n";
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") return bash_script(app);
  if (shell == "zsh") return zsh_script(app);
  return fish_script(app);
}

}  // namespace imgslim::app
