#!/usr/bin/env python3
"""ci/check-layers accepts this tree and refuses each kind of violation when one is planted."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def check(root):
    return subprocess.run([sys.executable, ROOT / "ci/check-layers", root], capture_output=True, text=True, check=False)


class CheckLayers(unittest.TestCase):
    def planted(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in ({"src/LAYERS": "core\njson\narchive\nreport\napp\n"} | files).items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return check(root)

    def assert_refused(self, files, message):
        result = self.planted(files)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(message, result.stderr)

    def test_the_tree_passes(self):
        result = check(ROOT)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_downward_includes_pass(self):
        files = {"src/core/path.h": "", "src/archive/a.cpp": '#include "core/path.h"\n#include <archive.h>\n#include <vector>\n'}
        self.assertEqual(self.planted(files).returncode, 0)

    def test_an_upward_include_is_refused(self):
        self.assert_refused({"src/archive/tar.h": "", "src/core/path.cpp": '#include "core/path.h"\n#include "archive/tar.h"\n'},
                            "src/core/path.cpp:2: core includes archive/tar.h, but archive comes after it")

    def test_a_third_party_header_out_of_its_place_is_refused(self):
        self.assert_refused({"src/archive/hash.cpp": "#include <openssl/evp.h>\n"}, "src/archive/hash.cpp:1: <openssl/evp.h> belongs to core only")
        self.assert_refused({"src/core/tar.h": "#include <archive.h>\n"}, "<archive.h> belongs to archive only")
        self.assert_refused({"src/core/text.cpp": "#include <regex>\n"}, "<regex> is not used here")
        self.assert_refused({"src/core/text.cpp": "#include <boost/any.hpp>\n"}, "no library that ci/check-layers knows")

    def test_nlohmann_is_for_sources_that_read_through_json_parse(self):
        parse = {"src/json/parse.h": "#include <nlohmann/json.hpp>\n"}
        use = '#include "json/parse.h"\n#include <nlohmann/json.hpp>\n'
        self.assertEqual(self.planted(parse | {"src/archive/a.cpp": use}).returncode, 0)
        self.assert_refused(parse | {"src/archive/a.h": use}, "<nlohmann/json.hpp> belongs to json, report only")
        self.assert_refused(parse | {"src/archive/a.cpp": "#include <nlohmann/json.hpp>\n"}, "belongs to json, report only")

    def test_a_module_that_is_not_listed_is_refused(self):
        self.assert_refused({"src/utils/x.h": ""}, "src/utils/x.h: its module is not in src/LAYERS")

    def test_a_public_header_with_a_private_include_is_refused(self):
        self.assert_refused({"include/imgslim/a.h": '#include "core/path.h"\n'}, "a public header includes core/path.h")


if __name__ == "__main__":
    unittest.main()
