#include "imports/imports.h"
#include "support/catch.h"

using namespace imgslim::imports;

namespace {

using Imports = std::vector<Import>;
Imports imports_of(std::string_view text) { return read_imports(Language::perl, text).imports; }

}  // namespace

TEST_CASE("Perl's use and require of barewords are imports, versions are not") {
  CHECK(
      imports_of(
          "use strict; use warnings;\nuse Foo::Bar qw(a b);\nuse 5.010;\nuse v5.36;\nrequire 5.006;\nrequire Baz;\n") ==
      Imports{{"strict"}, {"warnings"}, {"Foo::Bar"}, {"Baz"}});
  CHECK(imports_of("require 'a/b.pl';\nrequire \"$x.pl\";\nrequire $module;\n$self->require(Foo);\n") ==
        Imports{{"a/b.pl"}});
}

TEST_CASE("Perl's require runs where it stands, use when the file is compiled") {
  CHECK(imports_of("sub f {\n    require A;\n    use B;\n}\nrequire C;\nsub g { require D }\nBEGIN { require E; }\n"
                   "eval { require F; 1 } or require G;\nsub later;\nrequire H;\n") ==
        Imports{{"A", Level::call}, {"B"}, {"C"}, {"D", Level::call}, {"E"}, {"F"}, {"G", Level::fallback}, {"H"}});
  CHECK(imports_of("eval \"use A; 1\";\nprint \"please use B;\";\ndie \"I require C\";\neval 'require D';\n") ==
        Imports{{"A"}, {"D"}});
}

TEST_CASE("Perl's parents are imports unless told otherwise") {
  CHECK(
      imports_of(
          "use parent qw(A::B\n  C);\nuse base 'D', \"E\";\nuse parent -norequire, 'F';\nuse if $] > 5, G => 'x';\n") ==
      Imports{{"parent"}, {"A::B"}, {"C"}, {"base"}, {"D"}, {"E"}, {"if"}, {"G"}});
}

TEST_CASE("POD, here-documents, comments and what follows __END__ are no Perl code") {
  CHECK(
      imports_of(
          "=head1 NAME\n\nuse A;\n\n=cut\n\nuse B;\nprint <<\"EOT\", <<'X';\nuse C;\nEOT\nuse D;\nX\nuse E;\n# use F;\n"
          "print <<~END;\n  use H;\n  END\nuse I;\n__END__\nuse G;\n") == Imports{{"B"}, {"E"}, {"I"}});
  CHECK(imports_of("print <<EOT;\nuse A;\n") == Imports{{"A"}});  // an open here-document hides nothing
}

TEST_CASE("Perl modules with a compiled part say so") {
  CHECK(imports_of("require XSLoader;\nXSLoader::load('A::B', $VERSION);\n") ==
        Imports{{"XSLoader"}, {"A::B", Level::load, Form::native}});
  CHECK(imports_of("XSLoader::load();\n") == Imports{{"", Level::load, Form::native}});
  CHECK(imports_of("@ISA = qw(Exporter DynaLoader);\n# XSLoader::load('Z')\n") ==
        Imports{{"", Level::load, Form::native}});
}

TEST_CASE("A DBI data source names its driver") {
  CHECK(imports_of("my $h = DBI->connect(\"dbi:SQLite:dbname=x\");\n") == Imports{{"DBD::SQLite"}});
  CHECK(imports_of("my $h = DBI->connect(\"dbi:$driver:x\"); # 'dbi:Pg'\n").empty());
}

TEST_CASE("use lib puts directories in front of Perl's search path") {
  CHECK(imports_of("use lib '/srv/lib', \"$FindBin::Bin/../lib\";\n") ==
        Imports{{"lib"}, {"/srv/lib", Level::load, Form::directory}, {"$ORIGIN/../lib", Level::load, Form::directory}});
}

TEST_CASE("Perl's code is counted without documentation, comments, blank lines and indents") {
  const auto code_bytes = [](std::string_view text) { return read_imports(Language::perl, text).code_bytes; };
  CHECK(code_bytes("use A;\n") == 7);
  CHECK(code_bytes("=head1 NAME\n\nlong text\n\n=cut\n\n# comment\n    use A;\n__END__\nmore\n") == 7);
  CHECK(code_bytes("print <<X;\nab\nX\n") == 16);
  CHECK_FALSE(read_imports(Language::javascript, "require('a')\n").code_bytes.has_value());
}

TEST_CASE("What a Perl sub requires runs on load when code outside of subs calls it") {
  CHECK(imports_of("main();\nsub main {\n    require A;\n    helper();\n}\nsub helper {\n    require B;\n}\n") ==
        Imports{{"A"}, {"B"}});
  CHECK(imports_of("sub f {\n    if ($x) {\n        require A;\n    }\n}\nf();\n") == Imports{{"A", Level::call}});
  CHECK(imports_of("sub f {\n    require A;\n}\n=head2 f()\n\nf() is called\n\n=cut\n") == Imports{{"A", Level::call}});
  CHECK(imports_of("sub f {\n    require A;\n}\n__END__\nf();\n") == Imports{{"A", Level::call}});
}

TEST_CASE("Layers of PerlIO are modules") {
  CHECK(imports_of(
            "binmode STDOUT, ':encoding(UTF-8)';\nopen my $in, '<', \\$text;\nopen(my $out, \">\", \\my $all);\n") ==
        Imports{{"PerlIO::encoding"}, {"PerlIO::scalar"}});
  CHECK(imports_of("# ':encoding(x)'\nf('open', \\@list);\nopen my $in, '<', $file;\n# open x, '<', \\$y\n").empty());
}

TEST_CASE("A Perl require that depends on a condition need not run") {
  CHECK(imports_of(
            "if ($x) {\n    require A;\n} elsif ($y) {\n    require B;\n} else {\n    require C;\n}\nrequire D;\n") ==
        Imports{{"A", Level::call}, {"B", Level::call}, {"C", Level::call}, {"D"}});
  CHECK(imports_of(
            "require A if $x;\n$x and require B;\n$x && eval { require C };\nwhile (<$in>) {\n  require D;\n}\n") ==
        Imports{{"A", Level::call}, {"B", Level::call}, {"C", Level::call}, {"D", Level::call}});
  CHECK(imports_of("BEGIN {\n    if (${^TAINT}) {\n        require re;\n    }\n    require E;\n}\n") ==
        Imports{{"re", Level::call}, {"E"}});
}

TEST_CASE("Conditions that hold nearly everywhere do not make a Perl require doubtful") {
  CHECK(imports_of("if ($] >= 5.008) {\n    require A;\n}\nunless ($ENV{PP}) {\n    require B;\n}\n") ==
        Imports{{"A"}, {"B"}});
  CHECK(imports_of("our $XS = !$ENV{NO_XS} && eval { require C; 1 };\n") == Imports{{"C"}});
  CHECK(imports_of("use constant XS => $ENV{NO_XS} ? 0 : eval { require C; 1 };\n") == Imports{{"constant"}, {"C"}});
}

TEST_CASE("A condition of Perl that tries to load a module runs, and what follows stands in for it") {
  CHECK(imports_of("if (eval { require A }) {\n    require B;\n} else {\n    require C;\n}\n") ==
        Imports{{"A"}, {"B", Level::call}, {"C", Level::fallback}});
  CHECK(imports_of("unless (eval { require A }) {\n    require C;\n}\n") == Imports{{"A"}, {"C", Level::fallback}});
  CHECK(imports_of("if ($^O eq 'MSWin32' and eval { require Win32 }) {\n}\n") == Imports{{"Win32", Level::call}});
}

TEST_CASE("What a class of Perl is built from are imports") {
  CHECK(imports_of("extends 'A::B';\nwith 'C::D' => { excludes => 'E::F' }, 'G';\nwith qw(H::I\n  J::K);\n") ==
        Imports{{"A::B"}, {"C::D"}, {"G"}, {"H::I"}, {"J::K"}});
  CHECK(imports_of("with $role;\nprint 'with A::B';\nextends(@all);\n").empty());
}

TEST_CASE("Literals that Perl's loading functions and variables are given are imports") {
  CHECK(imports_of("load_class('A::B');\nuse_module(\"C::D\")->new;\nmy $x = _maybe_load_module('E::F');\n") ==
        Imports{{"A::B"}, {"C::D"}, {"E::F"}});
  CHECK(imports_of("our $STASH = 'A::B';\n$X = \"C::D\";\n") == Imports{{"A::B"}, {"C::D"}});
  CHECK(imports_of("load_class($name);\n# load_class('A::B')\nour $TEXT = 'see A::B';\nload('plain');\n").empty());
  CHECK(imports_of("sub f {\n    load_class('A::B');\n}\n") == Imports{{"A::B", Level::call}});
}

TEST_CASE("Perl's use if is no import where the condition is a constant or asks for an old Perl or another system") {
  CHECK(imports_of(
            "use if $] >= 5.010, 'A';\nuse if DEBUG, 'B';\nuse if $] < 5.008, 'C';\nuse if $^O eq 'MSWin32', 'D';\n") ==
        Imports{{"if"}, {"A"}, {"B", Level::call}, {"C", Level::call}, {"D", Level::elsewhere}});
}

TEST_CASE("A sub without a name of Perl is none that code on load calls") {
  CHECK(imports_of("$dump = sub {\n    require B;\n};\n") == Imports{{"B", Level::call}});
}

TEST_CASE("Blocks of Perl that never end are bounded") {
  std::string text;
  for (std::size_t i = 0; i < 20'000; ++i) text += std::string(i % 300, ' ') + "if ($x) {\nrequire A;\n";
  CHECK(imports_of(text) == Imports{{"A", Level::call}});
}
