#include <algorithm>

#include "imports/imports.h"
#include "support/catch.h"

using namespace imgslim::imports;

namespace {

using Imports = std::vector<Import>;
Imports imports_of(std::string_view text) { return read_imports(Language::lua, text).imports; }

}  // namespace

TEST_CASE("Lua's require of a literal is an import, in each of its spellings") {
  CHECK(
      imports_of("local a = require \"a.b\"\nlocal c = require'c'\nrequire(\"d\")\nlocal ok, e = pcall(require, 'e')\n"
                 "local f = require [[f]]\n") == Imports{{"a.b"}, {"c"}, {"d"}, {"e"}, {"f"}});
  CHECK(imports_of("require(name)\nrequire(\"a\"..b)\nmyrequire('c')\nx.require('d')\nx:require('e')\n").empty());
}

TEST_CASE("What stands in a Lua function runs when it is called") {
  CHECK(imports_of("local function f()\n  if x then\n    require 'a'\n  end\nend\nrequire 'b'\n"
                   "local g = function() return require 'c' end\nrequire 'd'\nif x then\n  require 'e'\nend\n") ==
        Imports{{"a", Level::call}, {"b"}, {"c"}, {"d"}, {"e"}});
}

TEST_CASE("Comments are no Lua code, short or long") {
  CHECK(imports_of("-- require 'a'\n--[[\nrequire 'b'\n]] \n--[==[\nrequire 'c'\n]]\n]==]\nrequire 'd'\n--[[ x ]]\n"
                   "require 'e' -- require 'f'\n--[[ never closed\nrequire 'g'\n") == Imports{{"d"}, {"e"}});
}

TEST_CASE("A Lua file that extends its search path tells the directories among its literals") {
  CHECK(
      imports_of("local home = \"/usr/lib/prosody\"\npackage.path = home..'/?.lua;/srv/lib/?.lua;'..package.path\n") ==
      Imports{{"/usr/lib/prosody", Level::load, Form::directory}, {"/srv/lib", Level::load, Form::directory}});
  CHECK(imports_of("local home = \"/usr/lib/prosody\"\n").empty());
}

TEST_CASE("The ending tells a Lua file") { CHECK(language_of("usr/share/lua/5.4/socket.lua") == Language::lua); }

TEST_CASE("What a Lua function requires runs on load when code outside of functions calls it") {
  CHECK(imports_of("local function f()\n  require 'a'\nend\nf()\n") == Imports{{"a"}});
  CHECK(imports_of("function t.f()\n  require 'a'\nend\nfunction t.g()\n  t.f()\nend\nt.g()\n") == Imports{{"a"}});
  CHECK(imports_of("function t.f()\n  if x then\n    require 'a'\n  end\nend\nt.f()\n") == Imports{{"a", Level::call}});
  CHECK(imports_of("function t.f()\n  require 'a'\nend\nx.t.f()\nf()\n") == Imports{{"a", Level::call}});
}

TEST_CASE("A Lua require in a function of a module is offered by its name, and the main chunk tells what it uses") {
  const auto facts = read_imports(Language::lua, "function m.start()\n  require 'a'\nend\nrun(x.stop)\ny:go()\n");
  CHECK(facts.offers == std::vector<Offer>{{0, name_number("start")}});
  auto expected = std::vector{name_number("stop"), name_number("go")};
  std::sort(expected.begin(), expected.end());
  CHECK(facts.named == expected);
}
