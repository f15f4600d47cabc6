#include "imports/imports.h"
#include "support/catch.h"

using namespace imgslim::imports;

namespace {

using Imports = std::vector<Import>;
Imports imports_of(std::string_view text) { return read_imports(Language::javascript, text).imports; }

}  // namespace

TEST_CASE("JavaScript's require, import and export of literals are imports") {
  CHECK(imports_of(
            "const a = require('a'), b = require(\"./b\");\nimport c from 'c';\nimport 'd';\nexport * from \"../e\";\n"
            "import {\n  x,\n  y\n} from 'f';\nexport { z } from 'g';import * as h from\"h\";\n") ==
        Imports{{"a"},
                {"./b", Level::load, Form::relative},
                {"c"},
                {"d"},
                {"../e", Level::load, Form::relative},
                {"f"},
                {"g"},
                {"h"}});
}

TEST_CASE("Dynamic imports and requires in functions run on call") {
  CHECK(imports_of(
            "function f() {\n  require('a');\n}\nimport(/* x */ 'b');\nconst g = () => {\n  return require('c');\n};\n"
            "if (x) {\n  require('d');\n}\n(function () {\n  require('e');\n})();\nclass K {\n  m() {\n    "
            "require('f');\n  }\n}\n") ==
        Imports{{"a", Level::call}, {"b", Level::call}, {"c", Level::call}, {"d"}, {"e"}, {"f", Level::call}});
}

TEST_CASE("A require that is the body of an arrow function runs on call") {
  CHECK(imports_of("const a = lazy(() => require('a'));\np.then(() => wrap(require('b')));\nf(x => x, require('c'));\n"
                   "const d = (y) => y;\nrequire('d');\n") ==
        Imports{{"a", Level::call}, {"b", Level::call}, {"c"}, {"d"}});
}

TEST_CASE("Comments, other words and computed names are no imports") {
  CHECK(imports_of(
            "// require('a')\n/* require('b')\n * require('c')\n */ \nx(); // "
            "require('d')\nmyrequire('e');\nx.require('f');\n"
            "require(name);\nrequire('g' + x);\nconst s = `import from`;\nArray.from('h');\nrequire('node:fs');\n") ==
        Imports{{"g"}});
  CHECK(imports_of("const u = 'https://x', a = require('a');\n") == Imports{{"a"}});
}

TEST_CASE("Loaders of addons are told") {
  CHECK(imports_of("require('bindings')('addon.node');\n") ==
        Imports{{"bindings"}, {"addon.node", Level::load, Form::native}});
  CHECK(imports_of("module.exports = require('node-gyp-build')(__dirname);\n") ==
        Imports{{"node-gyp-build"}, {"", Level::load, Form::native}});
  CHECK(imports_of("process.dlopen(module, path);\n") == Imports{{"", Level::load, Form::native}});
  CHECK(imports_of("const x = require('./build/Release/x.node');\n") ==
        Imports{{"./build/Release/x.node", Level::load, Form::relative}});
}
