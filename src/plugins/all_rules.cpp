#include "plugins/language_rules.h"
#include "plugins/rule.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {

const std::vector<NamedRule>& all_rules() {
  static const std::vector<NamedRule> rules = {{"module-config", modules_by_configuration},
                                               {"argument", modules_by_argument},
                                               {"name-service", name_services},
                                               {"pam", pam_modules},
                                               {"openssl", openssl_modules},
                                               {"locale", locale_files},
                                               {"gconv", character_converters},
                                               {"dlopen-note", noted_libraries},
                                               {"toolkit", toolkit_modules},
                                               {"image-coder", image_coders},
                                               {"module-string", modules_by_string},
                                               {"module-format", modules_by_format},
                                               {"module-directory", modules_by_directory},
                                               {"java", java_runtime},
                                               {"dotnet", dotnet_runtime},
                                               {"r", r_libraries},
                                               {"python", python_modules},
                                               {"perl", perl_modules},
                                               {"ruby", ruby_libraries},
                                               {"node", node_modules},
                                               {"lua", lua_modules},
                                               {"tcl", tcl_packages},
                                               {"erlang", erlang_runtime},
                                               {"helper-directory", programs_by_directory},
                                               {"unwinder", unwinder},
                                               {"library-string", libraries_by_string}};
  return rules;
}

}  // namespace imgslim::plugins
