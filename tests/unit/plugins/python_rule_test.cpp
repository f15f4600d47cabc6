#include "plugins/language_rules.h"
#include "rule_fixture.h"

using namespace imgslim;
using namespace imgslim::plugins;
using test::RuleProcess;
using test::RuntimeImage;
using test::Texts;

namespace {

/// Candidates that a claim is about: those whose path holds `part`, as "tier path".
Texts found(const test::BuiltImage& image, std::vector<std::string> arguments, const std::string& part,
            std::vector<std::string> environment = {}) {
  Texts result;
  for (const auto& candidate :
       RuleProcess(image, "/usr/bin/python3.11", std::move(arguments), std::move(environment)).run(python_modules))
    if (candidate.name.find(part) != std::string::npos)
      result.push_back(std::string(tier_name(candidate.tier)) + " " + candidate.name);
  return result;
}

RuntimeImage python() {
  RuntimeImage root;
  root.program("/usr/bin/python3.11");
  for (const auto* name : {"os", "site", "codecs", "io", "abc", "encodings/__init__", "encodings/utf_8"})
    root.file(std::string("/usr/lib/python3.11/") + name + ".py", "import sys\n");
  return root;
}

const std::string dynload = "/usr/lib/python3.11/lib-dynload/";
const std::string suffix = ".cpython-311-x86_64-linux-gnu.so";

}  // namespace

TEST_CASE("Python's start modules are declared, and a program without Python has none") {
  const auto image = python().done();
  CHECK(found(image, {}, "encodings") ==
        Texts{"declared /usr/lib/python3.11/encodings/__init__.py", "declared /usr/lib/python3.11/encodings/utf_8.py"});
  RuntimeImage root;
  root.program("/usr/bin/tool");
  const auto other = root.done();
  CHECK(RuleProcess(other, "/usr/bin/tool").run(python_modules).empty());
}

TEST_CASE("Imports on load are likely, those in functions possible, and a program's main block runs") {
  auto root = python();
  for (const auto* name : {"_json", "_ssl", "_lzma", "_bz2"}) root.library(dynload + name + suffix);
  root.file("/app/a.py", "import b\ndef f():\n    import _ssl\nif __name__ == '__main__':\n    import _bz2\n");
  root.file("/app/b.py", "import _json\nif __name__ == '__main__':\n    import _lzma\n");
  CHECK(found(root.done(), {"/app/a.py"}, dynload) == Texts{"possible " + dynload + "_ssl" + suffix,
                                                            "likely " + dynload + "_bz2" + suffix,
                                                            "likely " + dynload + "_json" + suffix});
}

TEST_CASE("A fallback import is likely only when what it stands in for is missing") {
  auto root = python();
  root.library(dynload + "_slow" + suffix).library(dynload + "_fast" + suffix);
  root.file("/app/a.py", "try:\n    import _fast\nexcept ImportError:\n    import _slow\n");
  root.file("/app/b.py", "try:\n    import _gone\nexcept ImportError:\n    import _slow\n");
  const auto image = root.done();
  CHECK(found(image, {"/app/a.py"}, "_slow") == Texts{"possible " + dynload + "_slow" + suffix});
  CHECK(found(image, {"/app/b.py"}, "_slow") == Texts{"likely " + dynload + "_slow" + suffix});
}

TEST_CASE("A compiled module stands before a source of the same name, its own ABI before abi3") {
  auto root = python();
  for (const auto* name :
       {"m.py", "m.so", "m.abi3.so", "m.cpython-311-x86_64-linux-gnu.so", "m.cpython-310-x86_64-linux-gnu.so"})
    std::string(name).ends_with(".so") ? root.library(std::string("/app/") + name)
                                       : root.file(std::string("/app/") + name, "x = 1\n");
  root.file("/app/a.py", "import m\n");
  CHECK(found(root.done(), {"/app/a.py"}, "/app/m") == Texts{"likely /app/m.cpython-311-x86_64-linux-gnu.so"});
}

TEST_CASE("Relative imports, packages and members lead to modules") {
  auto root = python();
  root.file("/app/run.py", "from pkg import sub\n");
  root.file("/app/pkg/__init__.py", "");
  root.file("/app/pkg/sub/__init__.py", "from ..other import thing\nfrom . import _part\n");
  root.file("/app/pkg/other.py", "").library("/app/pkg/sub/_part.so");
  CHECK(found(root.done(), {"/app/run.py"}, "/app/pkg") ==
        Texts{"likely /app/pkg/__init__.py", "likely /app/pkg/sub/__init__.py", "likely /app/pkg/other.py",
              "likely /app/pkg/sub/_part.so"});
}

TEST_CASE("Directories of .pth files and PYTHONPATH are on the path, -E and -S take them off") {
  auto root = python();
  root.file("/usr/lib/python3/dist-packages/x.pth", "# comment\n/srv/pth\nimport hook\n/missing\n");
  root.library("/srv/pth/_p.so").library("/srv/env/_e.so").file("/srv/pth/hook.py", "");
  const std::vector<std::string> environment{"PYTHONPATH=/srv/env"};
  const auto image = root.done();
  CHECK(found(image, {"-c", "import _p, _e"}, "/srv", environment) ==
        Texts{"likely /srv/pth/hook.py", "likely /srv/pth/_p.so", "likely /srv/env/_e.so"});
  CHECK(found(image, {"-ESc", "import _p, _e"}, "/srv", environment).empty());
}

TEST_CASE("Servers load the application that the command line names, and their worker class") {
  auto root = python();
  const std::string packages = "/usr/lib/python3/dist-packages/gunicorn/";
  root.file("/usr/bin/gunicorn", "#!/usr/bin/python3\nimport gunicorn.arbiter\n", 0755);
  for (const auto* name : {"__init__", "arbiter", "workers/__init__", "workers/sync", "workers/ggevent"})
    root.file(packages + name + ".py", "");
  root.file("/app.py", "");
  const auto image = root.done();
  CHECK(found(image, {"/usr/bin/gunicorn", "app:app"}, "/app.py") == Texts{"declared /app.py"});
  CHECK(found(image, {"/usr/bin/gunicorn", "app:app"}, "workers/s") == Texts{"likely " + packages + "workers/sync.py"});
  CHECK(found(image, {"/usr/bin/gunicorn", "-k", "gevent", "app:app"}, "workers/g") ==
        Texts{"likely " + packages + "workers/ggevent.py"});
}

TEST_CASE("A member that a package offers lazily brings its module, the rest of the table is possible") {
  auto root = python();
  root.file("/app/run.py", "from lazy import A\n");
  root.file("/app/lazy/__init__.py", "_imports = {'A': '.a', 'B': '.b'}\ndef __getattr__(name): pass\n");
  root.file("/app/lazy/a.py", "").file("/app/lazy/b.py", "");
  CHECK(found(root.done(), {"/app/run.py"}, "/app/lazy") ==
        Texts{"likely /app/lazy/__init__.py", "likely /app/lazy/a.py", "possible /app/lazy/b.py"});
}

TEST_CASE("A console script of the old form leads to the module of its entry point, or to a server's own") {
  auto root = python();
  root.file("/usr/bin/gunicorn",
            "#!/usr/bin/python3\nfrom pkg_resources import load_entry_point\n"
            "load_entry_point('gunicorn==20.1.0', 'console_scripts', 'gunicorn')()\n",
            0755);
  root.file("/usr/lib/python3/dist-packages/gunicorn/__init__.py", "");
  root.file("/usr/lib/python3/dist-packages/gunicorn/app/__init__.py", "");
  root.file("/usr/lib/python3/dist-packages/gunicorn/app/wsgiapp.py", "");
  CHECK(found(root.done(), {"/usr/bin/gunicorn", "app:app"}, "wsgiapp") ==
        Texts{"likely /usr/lib/python3/dist-packages/gunicorn/app/wsgiapp.py"});
}

TEST_CASE("What sys.path is given is searched, and what the standard library misses is built in") {
  auto root = python();
  root.file("/app/a.py", "import sys\nsys.path.insert(0, '/app/vendor')\nimport m, io2\n").file("/app/vendor/m.py", "");
  root.file("/usr/lib/python3.11/io2.py", "try:\n    import _built_in\nexcept ImportError:\n    import _slow\n");
  root.library(dynload + "_slow" + suffix);
  const auto image = root.done();
  CHECK(found(image, {"/app/a.py"}, "vendor") == Texts{"likely /app/vendor/m.py"});
  CHECK(found(image, {"/app/a.py"}, "_slow") == Texts{"possible " + dynload + "_slow" + suffix});
}

TEST_CASE("What a Python function imports is likely when a file that imports its module calls it") {
  auto root = python();
  for (const auto* name : {"_json", "_ssl", "_lzma", "_bz2"}) root.library(dynload + name + suffix);
  root.file("/app/a.py", "from tool import main\nimport other\nif __name__ == '__main__':\n    main()\n");
  root.file("/app/tool/__init__.py", "from .cli import main\n");
  root.file("/app/tool/cli.py",
            "def prepare():\n    import _json\n\ndef main():\n    prepare()\n    import _ssl\n"
            "    if later:\n        import _lzma\n");
  root.file("/app/other.py", "def unused():\n    import _bz2\n");
  const auto texts = found(root.done(), {"/app/a.py"}, dynload);
  CHECK(texts == Texts{"possible " + dynload + "_bz2" + suffix, "possible " + dynload + "_json" + suffix,
                       "possible " + dynload + "_ssl" + suffix, "possible " + dynload + "_lzma" + suffix,
                       "likely " + dynload + "_json" + suffix, "likely " + dynload + "_ssl" + suffix});
}

TEST_CASE("A module that was compiled from Python imports what the source beside it does") {
  auto root = python();
  root.library(dynload + "_json" + suffix).library("/app/fast" + suffix);
  root.file("/app/fast.py", "import _json\n").file("/app/a.py", "import fast\n");
  CHECK(found(root.done(), {"/app/a.py"}, "_json") == Texts{"likely " + dynload + "_json" + suffix});
}

TEST_CASE("The compiled form of a module, named by its package, is likely with it") {
  auto root = python();
  root.file("/app/a.py", "import pool._map\n").file("/app/pool/__init__.py", "").file("/app/pool/_map.py", "");
  root.library("/app/pool/_pool_c_map" + suffix).library("/app/pool/_pool_c_rest" + suffix);
  CHECK(found(root.done(), {"/app/a.py"}, ".so") == Texts{"likely /app/pool/_pool_c_map" + suffix});
}

TEST_CASE("The driver of a database URL is likely; where none is known, the only one that is installed") {
  const std::string packages = "/usr/lib/python3/dist-packages/";
  const auto drivers = [&](const std::string& application, const Texts& installed,
                           std::vector<std::string> environment = {}) {
    auto root = python();
    root.file("/app/a.py", "import sqlalchemy.engine.create\n" + application);
    for (const auto* name : {"sqlalchemy/__init__", "sqlalchemy/engine/__init__"})
      root.file(packages + name + ".py", "");
    root.file(packages + "sqlalchemy/engine/create.py", "a = 'mysql+asyncmy://of/an/example'\nx = 'oracle://x'\n");
    for (const auto& name : installed) root.library(packages + name + suffix);
    return found(root.done(), {"/app/a.py"}, suffix, std::move(environment));
  };
  const auto likely = [&](const std::string& name) { return Texts{"likely " + packages + name + suffix}; };
  CHECK(drivers("", {"psycopg2"}) == likely("psycopg2"));
  CHECK(drivers("", {"psycopg2", "asyncpg"}).empty());
  CHECK(drivers("u = 'postgresql+asyncpg://h/b'\n", {"psycopg2", "asyncpg"}) == likely("asyncpg"));
  CHECK(drivers("u = 'sqlite://'\n", {"psycopg2"}).empty());
  CHECK(drivers("", {"psycopg2", "asyncpg"}, {"DATABASE_URL=postgresql://h/b"}) == likely("psycopg2"));
  CHECK(drivers("", {"psycopg2"}, {"HOMEPAGE=https://h/b"}) == likely("psycopg2"));
}
