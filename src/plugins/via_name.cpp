#include "plugins/rule.h"

namespace imgslim::plugins {

std::string_view via_name(Via via) {
  switch (via) {
    case Via::dlopen_note:
      return "dlopen note";
    case Via::name_service:
      return "name service";
    case Via::pam:
      return "PAM";
    case Via::openssl:
      return "openssl.cnf";
    case Via::gconv:
      return "gconv";
    case Via::locale:
      return "locale";
    case Via::unwinder:
      return "unwinder";
    case Via::module_config:
      return "module configuration";
    case Via::argument:
      return "argument";
    case Via::directory_scan:
      return "module directory";
    case Via::python_module:
      return "Python import";
    case Via::perl_module:
      return "Perl module";
    case Via::ruby_library:
      return "Ruby library";
    case Via::node_module:
      return "Node module";
    case Via::java_runtime:
      return "Java runtime";
    case Via::php_extension:
      return "PHP extension";
    case Via::dotnet_runtime:
      return ".NET runtime";
    case Via::r_library:
      return "R library";
    case Via::lua_module:
      return "Lua module";
    case Via::tcl_package:
      return "Tcl package";
    case Via::sibling_module:
      return "sibling module";
    case Via::library_string:
      return "library string";
    case Via::helper_directory:
      return "helper directory";
  }
  return "";
}

}  // namespace imgslim::plugins
