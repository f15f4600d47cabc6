#include "packages/python.h"

#include "core/path.h"
#include "note_codes.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim::packages;
using Files = std::vector<std::string>;

namespace {
Package only(const PackageSet& set) {
  REQUIRE(set.packages.size() == 1);
  return set.packages[0];
}
}  // namespace

TEST_CASE("RECORD rows resolve from the directory that holds the dist-info") {
  PythonDistribution wheel;
  wheel.metadata_path = "usr/local/lib/python3.11/site-packages/demo-1.0.dist-info/METADATA";
  wheel.metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nClassifier: a\n\nName: body, not a header\n";
  wheel.record =
      "../../../bin/demo,sha256=x,217\r\ndemo/__init__.py,sha256=y,0\r\n\"demo/a,\"\"b\"\".py\",sha256=z,1\r\n"
      "demo/__pycache__/__init__.cpython-311.pyc,,\n/etc/demo.conf,,\n\ndemo-1.0.dist-info/RECORD,,";
  const auto set = read_python(wheel);
  const auto demo = only(set);
  CHECK(demo.manager == "pip");
  CHECK(demo.name == "demo");
  CHECK(demo.version == "1.0");
  CHECK(demo.files == Files{"usr/local/bin/demo", "usr/local/lib/python3.11/site-packages/demo/__init__.py",
                            "usr/local/lib/python3.11/site-packages/demo/a,\"b\".py",
                            "usr/local/lib/python3.11/site-packages/demo/__pycache__/__init__.cpython-311.pyc",
                            "etc/demo.conf", "usr/local/lib/python3.11/site-packages/demo-1.0.dist-info/RECORD"});
  CHECK(set.notes.empty());
}

TEST_CASE("installed-files.txt resolves from the egg-info directory") {
  PythonDistribution egg;
  egg.metadata_path = "lib/site/demo-1.0-py3.6.egg-info/PKG-INFO";
  egg.metadata = "Name: demo\nVersion: 1.0\n";
  egg.installed_files = "../demo/__init__.py\nPKG-INFO\n../../../bin/demo\n";
  CHECK(only(read_python(egg)).files ==
        Files{"lib/site/demo/__init__.py", "lib/site/demo-1.0-py3.6.egg-info/PKG-INFO", "bin/demo"});
}

TEST_CASE("without a file list the metadata and the top-level modules are owned") {
  PythonDistribution egg;
  egg.metadata_path = "lib/site/demo-1.0.egg-info/PKG-INFO";
  egg.metadata = "Name: demo\nVersion: 1.0\n";
  egg.top_level = "demo\n_demo\n../../etc\n..\n\n";
  const auto set = read_python(egg);
  CHECK(only(set).directories == Files{"lib/site/demo-1.0.egg-info", "lib/site/demo", "lib/site/_demo"});
  CHECK(only(set).files == Files{"lib/site/demo.py", "lib/site/_demo.py"});
  CHECK(note_codes(set) == Files{"python-no-file-list"});
}

TEST_CASE("a distutils egg-info file owns itself; its name stands in for unreadable metadata") {
  PythonDistribution egg;
  egg.metadata_path = "lib/site/wsgiref-0.1.2-py2.7.egg-info";
  const auto set = read_python(egg);
  CHECK(only(set).name == "wsgiref");
  CHECK(only(set).version == "0.1.2");
  CHECK(only(set).files == Files{"lib/site/wsgiref-0.1.2-py2.7.egg-info"});
  CHECK(note_codes(set) == Files{"python-metadata-unreadable", "python-no-file-list"});
}

TEST_CASE("hostile RECORD rows end and stay inside the root") {
  PythonDistribution wheel;
  wheel.metadata_path = "a.dist-info/METADATA";
  wheel.metadata = "Name: a\n";
  wheel.record = "../../../../etc/shadow,,\n\"unterminated,\n,,,,\n\"\"\"";
  CHECK(only(read_python(wheel)).files == Files{"etc/shadow", "unterminated,\n,,,,\n\""});
}

TEST_CASE("distributions of this machine own the files pip shows") {
  const std::string script =
      "python3 -c \"\n"
      "import importlib.metadata as m\n"
      "for d in m.distributions():\n"
      "  p = str(d._path)\n"
      "  if p.endswith('.dist-info') and d.read_text('RECORD') and d.read_text('METADATA'):\n"
      "    print('D', p, d.metadata['Name'], d.version, sep='\\t')\n"
      "    for f in d.files: print('F', f.locate(), sep='\\t')\n"
      "\" 2>/dev/null";
  const auto output = real_tools::output_of(script);
  if (!output || output->empty()) IMGSLIM_SKIP("no Python distributions on this machine");
  std::size_t distributions = 0;
  std::size_t files = 0;
  Package package;
  Files expected;
  const auto compare = [&] {
    CAPTURE(package.name);
    CHECK((real_tools::sorted(package.files) == real_tools::sorted(expected)));
    files += expected.size();
    expected.clear();
  };
  for (const auto& line : real_tools::lines_of(*output)) {
    if (line.starts_with("F\t")) {
      expected.push_back(imgslim::clean_path(line.substr(2)).text);
      continue;
    }
    if (distributions++ > 0) compare();
    const auto path_end = line.find('\t', 2);
    const auto directory = line.substr(2, path_end - 2);
    const auto metadata = real_tools::file_text(directory + "/METADATA");
    const auto record = real_tools::file_text(directory + "/RECORD");
    const auto metadata_path = imgslim::clean_path(directory + "/METADATA").text;
    PythonDistribution wheel;
    wheel.metadata_path = metadata_path;
    wheel.metadata = metadata;
    wheel.record = record;
    package = only(read_python(wheel));
    CHECK(package.name + '\t' + package.version == line.substr(path_end + 1));
  }
  compare();
  WARN(distributions << " distributions, " << files << " files held against importlib.metadata");
}
