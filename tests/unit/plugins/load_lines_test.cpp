#include "plugins/load_lines.h"

#include <algorithm>

#include "support/catch.h"

using namespace imgslim;

namespace {

std::vector<plugins::LoadLine> load_lines(std::string_view text) { return plugins::load_lines(text).lines; }

bool has_word(const plugins::LoadLine& line, std::string_view word) {
  return std::find(line.words.begin(), line.words.end(), word) != line.words.end();
}

}  // namespace

TEST_CASE("lines that load are told in every format, comments are not") {
  const auto lines = load_lines(
      "LoadModule ssl_module modules/mod_ssl.so\n"
      "# LoadModule old_module modules/mod_old.so\n"
      ";extension=off\n"
      "// plugin x\n"
      "extension=mysqli\r\n"
      "Listen 80\n"
      "module(load=\"imuxsock\") # input\n"
      "load_module modules/ngx_http_x_module.so;");
  REQUIRE(lines.size() == 4);
  CHECK(has_word(lines[0], "modules/mod_ssl.so"));
  CHECK(lines[1].number == 5);
  CHECK(has_word(lines[1], "mysqli"));
  CHECK(has_word(lines[2], "imuxsock"));
  CHECK(has_word(lines[3], "modules/ngx_http_x_module.so"));
}

TEST_CASE("a list in brackets belongs to the line that opens it") {
  const auto lines = load_lines("server.modules = (\n\t\"mod_access\",\n\t\"mod_alias\",\n)\nserver.port = 80\n");
  REQUIRE(lines.size() == 4);
  CHECK(has_word(lines[1], "mod_access"));
  CHECK(has_word(lines[2], "mod_alias"));
}

TEST_CASE("blocks of Apache make lines conditional") {
  const auto lines = load_lines(
      "<IfModule mpm_prefork_module>\n  LoadModule cgi_module mod_cgi.so\n</IfModule>\n"
      "<IfModule !mpm_prefork_module>\n  <IfDefine DEBUG>\n    LoadModule cgid_module mod_cgid.so\n  </IfDefine>\n"
      "</IfModule>\nLoadModule a_module mod_a.so\n");
  REQUIRE(lines.size() == 3);
  REQUIRE(lines[0].conditions.size() == 1);
  CHECK(lines[0].conditions[0].name == "mpm_prefork_module");
  CHECK_FALSE(lines[0].conditions[0].negated);
  REQUIRE(lines[1].conditions.size() == 2);
  CHECK(lines[1].conditions[0].negated);
  CHECK(lines[1].conditions[1].kind == plugins::Condition::Kind::define);
  CHECK(lines[1].conditions[1].name == "DEBUG");
  CHECK(lines[2].conditions.empty());
}

TEST_CASE("directives make lines conditional, in the spellings of several programs") {
  const auto text = plugins::load_lines(
      "#!define WITH_A\n#!ifdef WITH_A\nloadmodule \"a.so\"\n#!else\nloadmodule \"b.so\"\n#!endif\n"
      ".ifndef X\nload c\n.endif\n.if version_atleast(2)\nload d\n.endif\n"
      "# if you load more\nload e\n# endif\n");
  CHECK(text.defined == std::vector<std::string_view>{"WITH_A"});
  REQUIRE(text.lines.size() == 5);
  REQUIRE(text.lines[0].conditions.size() == 1);
  CHECK(text.lines[0].conditions[0].name == "WITH_A");
  CHECK_FALSE(text.lines[0].conditions[0].negated);
  CHECK(text.lines[1].conditions[0].negated);
  CHECK(text.lines[2].conditions[0].name == "X");
  CHECK(text.lines[2].conditions[0].negated);
  CHECK(text.lines[3].conditions[0].kind == plugins::Condition::Kind::unknown);
  CHECK(text.lines[4].conditions.empty());
}

TEST_CASE("blocks nested beyond reason end where they end") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "<IfModule a>\n";
  for (int i = 0; i < 1000; ++i) text += "</IfModule>\n";
  text += "</IfModule>\nload x\n";
  const auto lines = load_lines(text);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].conditions.empty());
}

TEST_CASE("of XML the element says what a line does") {
  const auto lines = load_lines("<mime type=\"x-module\" pattern=\"*.so\"/>\n<load module=\"mod_console\"/>\n");
  REQUIRE(lines.size() == 1);
  CHECK(has_word(lines[0], "mod_console"));
}

TEST_CASE("a key that ends in plugin says that its values are plugins") {
  CHECK(load_lines("plugins = python3\n")[0].plugin_key);
  CHECK(load_lines("Plugin=x\n")[0].plugin_key);
  CHECK_FALSE(load_lines("extension=x\n")[0].plugin_key);
}

TEST_CASE("the words that open blocks name modules where the file is there for one") {
  const std::string text = "eap {\n  default = md5\n  md5 {\n  }\n  tls first {\n  }\n}\n# sql {\nfiles {\n}\n";
  CHECK(load_lines(text).empty());
  const auto lines = plugins::load_lines(text, plugins::BlockHeads::name_modules).lines;
  REQUIRE(lines.size() == 4);
  CHECK((lines[0].words.front() == "eap" && lines[0].outer.empty() && lines[0].plugin_key));
  CHECK((lines[1].words.front() == "md5" && lines[1].outer == "eap"));
  CHECK((lines[2].words.front() == "tls" && lines[2].outer == "eap" && lines[2].number == 5));
  CHECK((lines[3].words.front() == "files" && lines[3].outer.empty()));
}
