#!/usr/bin/env python3
"""The documents list what the code has: every note code, every limit with its default, every file they link to."""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = sorted(p for p in (ROOT / "src").rglob("*") if p.suffix in {".h", ".cpp"})
UNITS = {10: "KiB", 20: "MiB", 30: "GiB"}


def note_codes():
    """Kebab-case literals that open a note: behind "(" or "{", before the next argument, in a line about notes."""
    for path in SOURCES:
        if path.name.startswith(("limits.", "options.", "completion.")):
            continue
        text = path.read_text()
        for match in re.finditer(r'(?:\b(?:note|add|push_back|object)\(|Note\{|\breturn)\s*\{*\s*"([a-z]+(?:-[a-z]+)+)",', text):
            yield match[1], path


def limits():
    """Name in kebab case -> the default as docs/limits.md writes it."""
    text = (ROOT / "src/core/limits.h").read_text()
    for name, value, shift in re.findall(r"std::uint64_t (\w+) = ([\d']+)u?l*(?: << (\d+))?;", text):
        number = int(value.replace("'", ""))
        yield name.replace("_", "-"), f"{number} {UNITS[int(shift)]}" if shift else f"{number:,}"


class Scripts(unittest.TestCase):
    def test_each_command_of_ci_answers_help_and_does_nothing(self):
        commands = [path for path in sorted((ROOT / "ci").iterdir()) if path.is_file() and path.stat().st_mode & 0o100]
        self.assertGreater(len(commands), 10)
        with tempfile.TemporaryDirectory() as folder:
            for path in commands:
                done = subprocess.run([path, "--help"], cwd=folder, capture_output=True, text=True, timeout=10)
                self.assertEqual((0, ""), (done.returncode, done.stderr), path.name)
                self.assertIn(f"usage: ci/{path.name}", done.stdout)
            self.assertEqual([], list(pathlib.Path(folder).iterdir()))


class Documents(unittest.TestCase):
    def test_every_note_code_is_explained(self):
        page = (ROOT / "docs/notes.md").read_text()
        codes = dict(note_codes())
        self.assertGreater(len(codes), 30)
        missing = {f"{code} ({path.relative_to(ROOT)})" for code, path in codes.items() if f"`{code}`" not in page}
        self.assertEqual(missing, set())

    def test_every_explained_note_code_exists(self):
        sources = "".join(path.read_text() for path in SOURCES)
        listed = re.findall(r"`([a-z]+(?:-[a-z]+)+)`", "".join(re.findall(r"^\| `.*", (ROOT / "docs/notes.md").read_text(), re.MULTILINE)))
        self.assertEqual({code for code in listed if f'"{code}"' not in sources}, set())

    def test_every_limit_is_listed_with_its_default(self):
        rows = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+?) \|", (ROOT / "docs/limits.md").read_text(), re.MULTILINE))
        self.assertEqual(rows, dict(limits()))

    def test_links_lead_to_files(self):
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}")

    def test_paths_named_in_the_architecture_exist(self):
        for name in re.findall(r"`((?:src|tests|include|docs|ci|cmake)/[\w./-]+)`", (ROOT / "ARCHITECTURE.md").read_text()):
            self.assertTrue("MODULE" in name or (ROOT / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
