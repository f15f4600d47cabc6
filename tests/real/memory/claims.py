"""What every check of imgslim's statements about memory needs: a program's root, an answer of imgslim, a verdict."""
import contextlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "closure"))
import measure  # noqa: E402
import observe  # noqa: E402
import roots  # noqa: E402

MIB = 1 << 20
TOLERANCE = 0.2


class Skip(Exception):
    """Something that the check needs is not here."""


class Claims:
    def __init__(self, options):
        self.options, self.problems = options, []

    def expect(self, good, text):
        print(f"  {'' if good else 'FAILED: '}{text}", flush=True)
        if not good:
            self.problems.append(text)

    def near(self, said, measured, what, tolerance=TOLERANCE):
        off = said / measured - 1 if measured else 0
        self.expect(abs(off) <= tolerance, f"{what}: said {said / MIB:.1f} MiB, measured {measured / MIB:.1f} ({100 * off:+.0f} %)")

    def program(self, name):
        found = next((program for program in measure.programs() if program["name"] == name), None)
        if not found:
            raise Skip(f"no program {name}")
        root = measure.root_of(self.options.cache, found)
        if not os.path.exists(root.image):
            raise Skip(f"no image of {name}: ci/test-real --closure builds it")
        return found, root

    def root_for(self, description):
        """A root that only a check of memory needs."""
        root = roots.Root(self.options.cache, {"root": description["name"], **description})
        root.build()
        root.drop_upper()
        return root

    def ask(self, image, *more, status=(0,), command="memory"):
        done = subprocess.run([self.options.imgslim, command, image, "-o", "json", *more], capture_output=True, text=True, check=False)
        if done.returncode not in status:
            raise RuntimeError(f"imgslim ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)


def rules(answer, rule):
    return [finding for finding in answer["findings"] if finding["rule"] == rule]


@contextlib.contextmanager
def furnished(root):
    """A mounted root with /proc and the memory controller, as in a container, for chroot()."""
    with observe.mounted(root) as (merged, _):
        mount = lambda source, place, kind: roots.call(roots.LIBC.mount(source, (merged + place).encode(), kind, 0, None))
        mount(b"proc", "/proc", b"proc")
        mount(b"tmpfs", "/sys/fs/cgroup", b"tmpfs")
        if os.path.isdir(observe.CGROUPS):
            os.mkdir(merged + "/sys/fs/cgroup/memory")
            roots.bind(observe.CGROUPS, merged + "/sys/fs/cgroup/memory")
        yield merged


def chroot(merged, argv, environment=None):
    return subprocess.run(["chroot", merged, *argv], capture_output=True, text=True, check=False,
                          env={"PATH": roots.PATH, "HOME": "/root", **(environment or {})})
