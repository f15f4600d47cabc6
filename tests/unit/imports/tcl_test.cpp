#include "imports/imports.h"
#include "support/catch.h"

using namespace imgslim::imports;

namespace {

using Imports = std::vector<Import>;
Imports imports_of(std::string_view text) { return read_imports(Language::tcl, text).imports; }

}  // namespace

TEST_CASE("Tcl's package require of a literal name is an import") {
  CHECK(
      imports_of("package require sqlite3\npackage require -exact tls 1.7\nif {[catch {package require tdom}]} {exit}\n"
                 "# package require a\npackage require $name\npackage provide b 1\n") ==
      Imports{{"sqlite3"}, {"tls"}, {"tdom"}});
}

TEST_CASE("What stands in a Tcl procedure runs when it is called") {
  CHECK(imports_of("proc f {} {\n  package require a\n  if {1} {\n  }\n  package require b\n}\npackage require c\n") ==
        Imports{{"a", Level::call}, {"b", Level::call}, {"c"}});
}

TEST_CASE("Tcl sources files that stand beside the script") {
  CHECK(imports_of("source one.tcl\nsource [file join $dir two.tcl]\nsource $dir/three.tcl\nresource four.tcl\n") ==
        Imports{{"one.tcl", Level::load, Form::relative},
                {"two.tcl", Level::load, Form::relative},
                {"three.tcl", Level::load, Form::relative}});
}

TEST_CASE("The ending tells a Tcl file") {
  CHECK(language_of("usr/share/tcltk/tcllib1.21/json/json.tcl") == Language::tcl);
}
