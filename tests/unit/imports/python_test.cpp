#include <algorithm>
#include <cstdio>
#include <set>

#include "imports/imports.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::imports;

namespace {

std::vector<Import> imports_of(std::string_view text) { return read_imports(Language::python, text).imports; }

std::vector<std::string> names_of(std::string_view text) {
  std::vector<std::string> names;
  for (const auto& import : imports_of(text)) names.push_back(import.name);
  return names;
}

using Imports = std::vector<Import>;
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("Python import statements give modules and members") {
  CHECK(imports_of("import a.b as c, d\n") == Imports{{"a.b"}, {"d"}});
  CHECK(imports_of("from a.b import c as d, e\n") ==
        Imports{{"a.b.c", Level::load, Form::member}, {"a.b.e", Level::load, Form::member}});
  CHECK(imports_of("from a import (b, # comment, import x\n  c,\n)\nimport z") ==
        Imports{{"a.b", Level::load, Form::member}, {"a.c", Level::load, Form::member}, {"z"}});
  CHECK(imports_of("from a import *") == Imports{{"a"}});
}

TEST_CASE("Leading dots of relative Python imports are kept") {
  CHECK(imports_of("from . import x") == Imports{{".x", Level::load, Form::member}});
  CHECK(imports_of("from ...a import x") == Imports{{"...a.x", Level::load, Form::member}});
  CHECK(imports_of("from .a import *\nfrom . import *") ==
        Imports{{".a", Level::load, Form::relative}, {".", Level::load, Form::relative}});
}

TEST_CASE("The blocks around a Python import tell when it runs") {
  const auto imports = imports_of(R"(
try:
    import a
except ImportError:
    import b
else:
    import c
class K:
    import d
    def f(self):
        import e
    import f
async  def g():
    if True:
        import h
if __name__ == "__main__":
    import i
else:
    import j
with x: import k
def one(): import l
import m
)");
  CHECK(imports == Imports{{"a"},
                           {"b", Level::fallback},
                           {"c"},
                           {"d"},
                           {"e", Level::call},
                           {"f"},
                           {"h", Level::call},
                           {"i", Level::main},
                           {"j"},
                           {"k"},
                           {"l", Level::call},
                           {"m"}});
}

TEST_CASE("Imports for type checkers only are no imports") {
  CHECK(names_of("if TYPE_CHECKING:\n    import a\nelse:\n    import b\n") == Names{"b"});
  CHECK(names_of("if typing.TYPE_CHECKING and x:\n  import a\nif TYPE_CHECKING or x:\n  import b\nif not "
                 "TYPE_CHECKING:\n  import c\n") == Names{"b", "c"});
  CHECK(names_of("if False:\n    import a\nif 0: import c\nif FalseThing:\n    import b\n") == Names{"b"});
}

TEST_CASE("Imports of another operating system are told apart") {
  CHECK(
      imports_of("if sys.platform == 'win32':\n  import a\nelif os.name == \"nt\" and x: import b\nelse:\n  import c\n"
                 "if sys.platform.startswith('darwin'):\n  import d\n") ==
      Imports{{"a", Level::elsewhere}, {"b", Level::elsewhere}, {"c"}, {"d", Level::elsewhere}});
  CHECK(imports_of("if sys.platform != 'win32': import a\nif os.name == 'posix': import b\nif sys.platform in ('nt', "
                   "'linux'): import c\n") == Imports{{"a"}, {"b"}, {"c"}});
}

TEST_CASE("Literal directories that are put on sys.path are told") {
  CHECK(imports_of("sys.path.insert(0, '/app/vendor')\nsys.path.append('lib')\nsys.path.insert(0, x + '/y')\n"
                   "sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'v'))\n"
                   "sys.path.append(os.path.dirname(os.path.dirname(__file__)))\nimport a\n") ==
        Imports{{"/app/vendor", Level::load, Form::directory},
                {"lib", Level::load, Form::directory},
                {"$ORIGIN/v", Level::load, Form::directory},
                {"$ORIGIN/../", Level::load, Form::directory},
                {"a"}});
}

TEST_CASE("Text in Python strings and comments is no code") {
  CHECK(names_of("'''\nimport a\n'''\nimport b\n") == Names{"b"});
  CHECK(names_of("x = \"\"\"\\\"\"\"\nimport a\n\"\"\"\nimport b\n") == Names{"b"});
  CHECK(names_of("x = 'it\\'s' # don't\nimport b\n") == Names{"b"});
  CHECK(names_of("# import a\n  # import b\nimport c; import d\n") == Names{"c", "d"});
  CHECK(names_of("f(''' # ''', [\nimport_\n])\nimport c\n") == Names{"c"});
  CHECK(names_of("x = \"unterminated\nimport c\n") == Names{"c"});
}

TEST_CASE("Continued lines of Python belong to their statement") {
  CHECK(imports_of("def f():\n    x = (\n1,\n)\n    import a\n") == Imports{{"a", Level::call}});
  CHECK(imports_of("def f():\n    x = 1 + \\\n2\n    import a\nimport \\\n  b\n") ==
        Imports{{"a", Level::call}, {"b"}});
  CHECK(names_of("import a\\\r\n  .b\r\nimport c\r\n") == Names{"a.b", "c"});
}

TEST_CASE("Literal arguments of import_module and __import__ are imports") {
  CHECK(imports_of("importlib.import_module('a.b')\n__import__(\"c\")\nimport_module('.d', __package__)\n") ==
        Imports{{"a.b"}, {"c"}, {".d", Level::load, Form::relative}});
  CHECK(imports_of("def f():\n  import_module('a')\ng = lambda: __import__('b')\n") ==
        Imports{{"a", Level::call}, {"b", Level::call}});
  CHECK(names_of("import_module('a' + x)\nimport_module(name)\nimport_module('a.%s' % x)\n__import__(f'a.{x}')\n")
            .empty());
}

TEST_CASE("A module that offers names lazily tells its table") {
  const std::string table = "_dynamic_imports = {'A': (None, '.main'), 'B': (None, '.a.b'), 'C': 'plain'}\n";
  CHECK(imports_of(table + "def __getattr__(name):\n    pass\n") ==
        Imports{{".main.A", Level::lazy, Form::member}, {".a.b.B", Level::lazy, Form::member}});
  CHECK(imports_of("_imports = ['.c']\ndef __getattr__(name):\n    pass\n") ==
        Imports{{".c", Level::lazy, Form::relative}});
  CHECK(imports_of(table + "class A:\n    def __getattr__(self, name):\n        pass\n").empty());
}

TEST_CASE("Imports of a file are bounded, and each is told once") {
  std::string text = "import a\nimport a\n";
  CHECK(names_of(text) == Names{"a"});
  for (std::size_t i = 0; i < most_imports + 5; ++i) text += "import m" + std::to_string(i) + "\n";
  CHECK(names_of(text).size() == most_imports);
  CHECK(names_of("import " + std::string(longest_name_bytes + 1, 'a')).empty());
}

TEST_CASE("The file name tells the language") {
  CHECK(language_of("usr/lib/python3/os.py") == Language::python);
  CHECK(language_of("a/B.pm") == Language::perl);
  CHECK(language_of("config.ru") == Language::ruby);
  CHECK(language_of("x.test.mjs") == Language::javascript);
  CHECK(language_of("x.py/readme") == Language::none);
  CHECK(language_of("py") == Language::none);
  CHECK(language_of("a.pyc") == Language::none);
}

namespace {

/// "FILE\tlevel name…" for each file that CPython parses, by its own grammar: what runs on load, without what only type
/// checkers see.
constexpr auto oracle = R"PYTHON(
import ast, os, sys, warnings
warnings.simplefilter("ignore")
sys.setrecursionlimit(100000)

def never(test):
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And): test = test.values[0]
    if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING": return True
    if isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING": return True
    return isinstance(test, ast.Constant) and test.value in (False, 0) and test.value is not None and not isinstance(test.value, (str, bytes))

def main(test):
    if isinstance(test, ast.BoolOp): test = test.values[0]
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq): return False
    sides = [test.left, test.comparators[0]]
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and isinstance(sides[1], ast.Constant) or \
           any(isinstance(s, ast.Constant) and s.value == "__main__" for s in sides)

def walk(body, out):
    for node in body:
        if isinstance(node, ast.Import):
            out.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            for alias in node.names:
                out.add(package if alias.name == "*" else package + ("" if package.endswith(".") else ".") + alias.name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        elif isinstance(node, ast.If) and (never(node.test) or main(node.test)):
            walk(node.orelse, out)
        else:
            for field in ("body", "handlers", "orelse", "finalbody", "cases"):
                walk(getattr(node, field, []), out)

for root in sys.argv[1:]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if not name.endswith(".py") or os.path.islink(path): continue
            try: tree = ast.parse(open(path, "rb").read())
            except (SyntaxError, ValueError): continue
            out = set()
            walk(tree.body, out)
            anywhere = set()
            walk([n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))], anywhere)
            print(path, *sorted(out), "|", *sorted(anywhere - out), sep="\t")
)PYTHON";

}  // namespace

TEST_CASE("Python imports on load are those of CPython's own parser, over all installed modules") {
  const real_tools::ScratchDirectory scratch;
  const auto script = scratch.path() / "oracle.py";
  std::ofstream(script) << oracle;
  const auto listed =
      real_tools::output_of("python3 " + script.string() + " /usr/lib/python3* /usr/local/lib/python3*");
  if (!listed) IMGSLIM_SKIP("no python3");
  std::size_t files = 0, names = 0, raised = 0;
  std::vector<std::string> differences;
  for (const auto& line : real_tools::lines_of(*listed)) {
    std::set<std::string> expected, found, in_functions;
    bool on_load_ended = false;
    auto rest = line.substr(std::min(line.find('\t'), line.size()));
    for (std::size_t at = 0; at < rest.size();) {
      const auto end = std::min(rest.find('\t', at + 1), rest.size());
      const auto name = rest.substr(at + 1, end - at - 1);
      if (name == "|")
        on_load_ended = true;
      else
        (on_load_ended ? in_functions : expected).insert(name);
      at = end;
    }
    const auto path = line.substr(0, line.find('\t'));
    const auto text = real_tools::file_text(path);
    for (const auto& import : imports_of(text)) {
      const bool called =
          text.find("import_module") != std::string::npos || text.find("__import__") != std::string::npos;
      const bool on_load =
          (import.level == Level::load || import.level == Level::fallback || import.level == Level::elsewhere) &&
          import.form != Form::directory;
      if (!on_load || (!expected.contains(import.name) && called)) continue;
      // Functions that code on load calls are not what the oracle asks for.
      if (in_functions.contains(import.name))
        ++raised;
      else
        found.insert(import.name);
    }
    ++files;
    names += expected.size();
    if (found != expected) differences.push_back(path);
  }
  std::printf("Python imports against ast: %zu files, %zu imports on load, %zu of called functions, %zu differences\n",
              files, names, raised, differences.size());
  CHECK(differences == std::vector<std::string>{});
  CHECK(files > 500);
  CHECK(raised < files / 50);  // a function that is called on load is rare
}

TEST_CASE("The scheme of a database URL in a string of Python is kept, wherever it stands") {
  const auto scheme = [](std::string_view name) { return Import{std::string(name), Level::load, Form::database}; };
  CHECK(imports_of("def f():\n  return create_engine(\"postgresql+asyncpg://u@h/b\")\n") ==
        Imports{scheme("postgresql+asyncpg")});
  CHECK(imports_of("URL = os.getenv('DATABASE_URL', 'sqlite:///x.db')\nB = f'mysql+pymysql://{host}/b'\n") ==
        Imports{scheme("sqlite"), scheme("mysql+pymysql")});
  CHECK(imports_of("a = 'https://x'\nb = 'mypostgres://x'\n# see sqlite://x\nc = '://x'\n").empty());
  CHECK(imports_of("://").empty());
}

TEST_CASE("Django's settings name modules in strings") {
  CHECK(imports_of("import os\ndef main():\n  os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n") ==
        Imports{{"os"}, {"site.settings"}});
  CHECK(imports_of("INSTALLED_APPS = ['django.contrib.auth', 'shop']\nDATABASES = {'default': {'ENGINE': "
                   "'django.db.backends.sqlite3', 'NAME': 'db.x y'}}\ndef f():\n  return 'a.b'\n") ==
        Imports{{"django.contrib.auth", Level::load, Form::member},
                {"django.db.backends.sqlite3", Level::load, Form::member}});
  CHECK(imports_of("import os\nNAMES = ['a.b']\nimport sys\n") == Imports{{"os"}, {"sys"}});
}

TEST_CASE("What a Python function imports runs on load when code outside of functions calls it") {
  CHECK(imports_of("def f():\n    import a\ndef g():\n    f()\ng()\n") == Imports{{"a"}});
  CHECK(imports_of("async def f():\n    from a import b\nrun(f())\n") == Imports{{"a.b", Level::load, Form::member}});
  CHECK(imports_of("def f():\n    import a\nif __name__ == '__main__':\n    f()\n") == Imports{{"a", Level::main}});
  CHECK(imports_of("def f():\n    try:\n        import a\n    except ImportError:\n        import b\nf()\n") ==
        Imports{{"a"}, {"b", Level::call}});
  CHECK(imports_of("def f():\n    import a\ndef g():\n    import a\nf()\n") == Imports{{"a"}, {"a", Level::call}});
}

TEST_CASE("A Python function whose call depends on a condition, or that is not called by its name, need not run") {
  for (const std::string rest : {"if x:\n    f()\n", "def g():\n    f()\n", "class C:\n    f()\n", "o.f()\n", "# f()\n",
                                 "\"\"\"\nf()\n\"\"\"\n", "def g():\n    g()\n    f()\n", "f\n", "af()\n"})
    CHECK(imports_of("def f():\n    import a\n" + rest) == Imports{{"a", Level::call}});
  for (const std::string inner : {"if x:", "for x in y:", "def g():", "class C:"})
    CHECK(imports_of("def f():\n    " + inner + "\n        import a\nf()\n") == Imports{{"a", Level::call}});
}

TEST_CASE("Looking for calls of Python functions is bounded") {
  std::string text;
  for (int i = 0; i < 3'000; ++i)
    text += "def f" + std::to_string(i) + "():\n    import a\n    f" + std::to_string(i + 1) + "()\n";
  CHECK(imports_of(text) == Imports{{"a", Level::call}});
  std::string deep = "def f():\n import a\n";
  for (int i = 0; i < 20'000; ++i) deep += std::string(static_cast<std::size_t>(i % 500), ' ') + " f()\n";
  CHECK(imports_of(deep) == Imports{{"a", Level::call}});
}

TEST_CASE("A Python import that a function runs whenever it is called is offered by its callers in the file") {
  const auto facts = read_imports(Language::python,
                                  "def prepare():\n    import a\ndef main():\n    prepare()\ndef other():\n    if x:\n"
                                  "        prepare()\n        import b\n");
  CHECK(facts.imports == Imports{{"a", Level::call}, {"b", Level::call}});
  CHECK(facts.offers == std::vector<Offer>{{0, name_number("prepare")}, {0, name_number("main")}});
}

TEST_CASE("A Python file tells what code outside of functions calls and what decorates") {
  const auto named =
      read_imports(Language::python,
                   "import m\n@m.wrap\ndef f():\n    inner()\nif x:\n    doubtful()\ntry:\n    m.run(1)\n"
                   "except E:\n    failed()\nif __name__ == '__main__':\n    exit(main())\n")
          .named;
  auto expected = std::vector{name_number("wrap"), name_number("run"), name_number("exit"), name_number("main")};
  std::sort(expected.begin(), expected.end());
  CHECK(named == expected);
}

TEST_CASE("Looking for callers of Python functions is bounded") {
  std::string text;
  for (int i = 0; i < 5'000; ++i)
    text += "def f" + std::to_string(i) + "():\n    import m" + std::to_string(i) + "\n    g()\n";
  text += "def g():\n    import a\n";
  const auto facts = read_imports(Language::python, text);
  CHECK(facts.imports.size() == 5'001);
  CHECK(facts.offers.size() < 6'000);
}
