#include <algorithm>
#include <cstdio>
#include <set>

#include "imports/imports.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::imports;

namespace {

using Imports = std::vector<Import>;
Imports imports_of(std::string_view text) { return read_imports(Language::ruby, text).imports; }

}  // namespace

TEST_CASE("Ruby's require, require_relative and autoload of literals are imports") {
  CHECK(imports_of(
            "require 'a/b'\nrequire(\"c\")\nrequire_relative \"d\"\nautoload :X, 'e'\nRack.autoload(:Y, \"f\")\n") ==
        Imports{{"a/b"}, {"c"}, {"d", Level::load, Form::relative}, {"e", Level::lazy}, {"f", Level::lazy}});
  CHECK(imports_of("require name\nrequire \"a#{b}\"\nputs 'require \"x\"'\nx.require 'y'\n# require 'z'\n").empty());
}

TEST_CASE("The lines around a Ruby import tell when it runs") {
  CHECK(
      imports_of(
          "begin\n  require 'a'\nrescue LoadError\n  require 'b'\nend\ndef f\n  if x\n    require 'c'\n  end\nend\n"
          "def g; require 'd'; end\nrequire 'e' unless x\ndef h = require('f')\nif __FILE__ == $0\n  require 'g'\nend\n"
          "def m(x)\nend\nrequire 'h'\n") == Imports{{"a"},
                                                     {"b", Level::fallback},
                                                     {"c", Level::call},
                                                     {"d", Level::call},
                                                     {"e"},
                                                     {"f", Level::call},
                                                     {"g", Level::main},
                                                     {"h"}});
}

TEST_CASE("What stands in for a computed Ruby name runs on load") {
  CHECK(
      imports_of("begin\n  require version + '/a'\nrescue LoadError\n  require 'a'\nend\nbegin\n  require 'b'\nrescue "
                 "LoadError\n  require 'c'\nend\n") == Imports{{"a"}, {"b"}, {"c", Level::fallback}});
}

TEST_CASE("What a Ruby file loads only where a variable of the environment is set is no sure import") {
  CHECK(imports_of(
            "if ENV['STANDALONE']\n  require 'a'\nelse\n  require 'b'\nend\nrequire 'c' if ENV['X']\nrequire 'd'\n") ==
        Imports{{"a", Level::call}, {"b"}, {"c"}, {"d"}});
}

TEST_CASE("Comments, here-documents and what follows __END__ are no Ruby code") {
  CHECK(imports_of("=begin\nrequire 'a'\n=end\nrequire 'b'\nputs <<~EOT\n  require 'c'\n  EOT\nlist <<item\nrequire "
                   "'d'\n__END__\nrequire 'e'\n") == Imports{{"b"}, {"d"}});
}

TEST_CASE("Ruby paths beside the file are followed") {
  CHECK(imports_of("require File.expand_path('../a', __FILE__)\nrequire File.join(__dir__, 'b')\n"
                   "require File.expand_path('../c', __dir__)\n$LOAD_PATH.unshift File.expand_path('../lib', "
                   "__dir__)\n$:.unshift '/srv'\n") == Imports{{"a", Level::load, Form::relative},
                                                               {"b", Level::load, Form::relative},
                                                               {"../c", Level::load, Form::relative},
                                                               {"$ORIGIN/../lib", Level::load, Form::directory},
                                                               {"/srv", Level::load, Form::directory}});
}

TEST_CASE("A Ruby version within a literal becomes a star") {
  CHECK(imports_of("require \"sqlite3/#{RUBY_VERSION[/\\d+\\.\\d+/]}/sqlite3_native\"\n") ==
        Imports{{"sqlite3/*/sqlite3_native"}});
}

TEST_CASE("A literal in a block over a list of words is one import for each word") {
  CHECK(imports_of("%w(const http_server\n   util).each do |s|\n  require_relative \"web/#{s}\"\nend\n") ==
        Imports{{"web/const", Level::load, Form::relative},
                {"web/http_server", Level::load, Form::relative},
                {"web/util", Level::load, Form::relative}});
  CHECK(imports_of("def f\n  %w[a b].each { |x| require \"web/#{x}_part\" }\nend\n") ==
        Imports{{"web/a_part", Level::call}, {"web/b_part", Level::call}});
  for (const auto* text : {"%w(a b).each { |y| require \"web/#{x}\" }\n", "list.each { |x| require \"web/#{x}\" }\n",
                           "%w(a b).map { |x| require \"web/#{x}\" }\n", "%w(a).each { |x| require \"#{x}/#{x}\" }\n",
                           "|x| require \"web/#{x}\"\n"})
    CHECK(imports_of(text).empty());
}

TEST_CASE("Ruby's literal requires are those that Ripper sees, over all installed files") {
  const real_tools::ScratchDirectory scratch;
  const auto script = scratch.path() / "oracle.rb";
  std::ofstream(script) << R"RUBY(
require 'ripper'
# Calls of require and require_relative with one plain string: [:command, [:@ident, name], args] and its forms.
def literal(node)
  return nil unless node.is_a?(Array)
  if node[0] == :string_literal
    content = node[1]
    return nil unless content[0] == :string_content && content.size == 2 && content[1][0] == :@tstring_content
    return content[1][1]
  end
  return nil if [:call, :method_add_arg, :command, :command_call, :vcall, :binary, :dyna_symbol].include?(node[0])
  node.each { |child| found = literal(child); return found if found }
  nil
end
def walk(node, out)
  return unless node.is_a?(Array)
  if [:command, :method_add_arg].include?(node[0]) && node[1].is_a?(Array)
    name = node[0] == :command ? node[1] : (node[1][0] == :fcall ? node[1][1] : nil)
    if name && name[0] == :@ident && %w[require require_relative].include?(name[1])
      found = literal(node[2])
      out << found if found
    end
  end
  if node[0] == :command_call && node[1][0] == :var_ref && node[1][1][1] == 'Kernel' && node[3][1] == 'require'
    found = literal(node[4])
    out << found if found
  end
  node.each { |child| walk(child, out) }
end
Dir.glob(ARGV.map { |root| root + '/**/*.rb' }).sort.each do |path|
  next unless File.file?(path)
  tree = Ripper.sexp(File.binread(path)) or next
  out = []
  walk(tree, out)
  puts([path, *out.uniq.sort].join("\t"))
end
)RUBY";
  if (!real_tools::has_program("ruby")) IMGSLIM_SKIP("no ruby");
  const auto listed =
      real_tools::output_of("ruby " + script.string() + " /usr/lib/ruby /usr/share/rubygems-integration 2>/dev/null");
  REQUIRE(listed);
  std::string odd;
  std::size_t files = 0, names = 0, missed = 0, added = 0;
  for (const auto& line : real_tools::lines_of(*listed)) {
    std::set<std::string> expected, found;
    const auto path = line.substr(0, line.find('\t'));
    for (std::size_t at = path.size(); at < line.size();) {
      const auto end = std::min(line.find('\t', at + 1), line.size());
      expected.insert(line.substr(at + 1, end - at - 1));
      at = end;
    }
    const auto text = real_tools::file_text(path);
    for (const auto& import : imports_of(text)) {
      const bool is_written = text.find(import.name) != std::string::npos;  // else it is put together from a list
      if (import.level != Level::lazy && import.form != Form::directory && is_written) found.insert(import.name);
    }
    ++files;
    names += expected.size();
    for (const auto& name : expected)
      if (!found.contains(name)) {
        ++missed;
        odd += "missed " + name + " in " + path + "\n";
      }
    for (const auto& name : found)
      if (!expected.contains(name)) {
        ++added;
        odd += "added " + name + " in " + path + "\n";
      }
  }
  std::printf("Ruby requires against Ripper: %zu files, %zu requires, %zu missed, %zu added\n", files, names, missed,
              added);
  std::printf("%s", odd.c_str());
  CHECK(missed == 0);
  CHECK(added == 0);
}

TEST_CASE("Ruby's code is counted without documentation, comments, blank lines and indents") {
  const auto code_bytes = [](std::string_view text) { return read_imports(Language::ruby, text).code_bytes; };
  CHECK(code_bytes("=begin\ntext\n=end\n# comment\n\n  require 'a'\n__END__\nmore\n") == 12);
  CHECK(code_bytes("") == 0);
}

TEST_CASE("A Ruby autoload is offered by its constant, alone and with its module") {
  const auto facts =
      read_imports(Language::ruby, "module Web\n  autoload :Part, 'web/part'\n  autoload :HTTPCache\nend\n");
  CHECK(facts.imports == Imports{{"web/part", Level::lazy}, {"$SELF/http_cache", Level::lazy, Form::relative}});
  CHECK(facts.offers == std::vector<Offer>{{0, name_number("Part")},
                                           {0, name_number("Web::Part")},
                                           {1, name_number("HTTPCache")},
                                           {1, name_number("Web::HTTPCache")}});
}

TEST_CASE("A Ruby file tells the constants that it speaks of, not those that it defines or only quotes") {
  const auto named =
      read_imports(Language::ruby,
                   "class Own < Web::Part\n  use Other # Comment\n  x = \"Text\", 'Set-Word', :Symbol\nend\n")
          .named;
  auto expected = std::vector{name_number("Web"), name_number("Web::Part"), name_number("Other")};
  std::sort(expected.begin(), expected.end());
  CHECK(named == expected);
}

TEST_CASE("All files of a directory that a Ruby file requires are one import") {
  CHECK(imports_of("Dir[File.expand_path(\"parts/*.rb\", __dir__)].each { |file| require file }\n") ==
        Imports{{"parts/*.rb", Level::load, Form::relative}});
  CHECK(imports_of("Dir[File.join(__dir__, \"data/*.rb\")].each { |file| puts file }\n").empty());
  CHECK(imports_of("Dir[\"*.rb\"].each { |file| require file }\n").empty());  // of the working directory
}
