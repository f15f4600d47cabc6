"""Small images, each with one thing that is odd, and what the OCI specification makes of it.

Every case stands on the same lower layer unless it says otherwise. `CASES` is the list; `write(case, directory)` makes
docker-archive.tar and the OCI layout oci/ of one. Nothing is random: the same bytes every time.
"""
import dataclasses
import gzip
import hashlib
import io
import json
import os
import tarfile

TIME = 1_600_000_000


@dataclasses.dataclass
class Case:
    name: str
    layers: list                 # of lists of TarInfo, content; or of raw bytes
    notes: tuple = ()            # a report must carry one of these codes
    allowed: tuple = ()          # codes that it may carry although the engines agree with the specification
    unnoted: str = ""            # why no note is due although an engine differs
    refused: bool = False        # imgslim may refuse the image (exit 3) in place of noting


def entry(path, kind=tarfile.REGTYPE, content=b"", **fields):
    info = tarfile.TarInfo(path)
    info.type, info.size, info.mtime, info.mode = kind, len(content), TIME, 0o755 if kind == tarfile.DIRTYPE else 0o644
    for name, value in fields.items():
        setattr(info, name, value)
    return info, content


def file(path, content="", **fields):
    return entry(path, content=content.encode() if isinstance(content, str) else content, **fields)


def folder(path, **fields):
    return entry(path, tarfile.DIRTYPE, **fields)


def symlink(path, target):
    return entry(path, tarfile.SYMTYPE, linkname=target, mode=0o777)


def link(path, target):
    return entry(path, tarfile.LNKTYPE, linkname=target)


LOWER = [folder("a"), file("a/x", "lower x"), file("a/y", "lower y, longer"), folder("a/sub"), file("a/sub/z", "z" * 100),
         file("keep", "kept" * 10), folder("real"), file("real/r", "r" * 33), symlink("lnk", "real")]


def on_lower(name, *upper, **more):
    return Case(name, [LOWER, list(upper)], **more)


def tar_bytes(entries, form=tarfile.PAX_FORMAT, pax=None):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, pax_headers=pax or {}) as tar:
        for info, content in entries:
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def sparse_1_0(path, stored, logical):
    """A file in GNU's sparse format 1.0: `stored` at the end of `logical` bytes."""
    table = f"1\n{logical - len(stored)}\n{len(stored)}\n".encode().ljust(512, b"\0")
    info = entry(f"GNUSparseFile.0/{path}")[0]
    info.size = len(table) + len(stored)
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": path,
                        "GNU.sparse.realsize": str(logical)}
    return info, table + stored


CASES = [
    # Rows in which engines are known to differ.
    on_lower("file-then-its-whiteout", file("a/x", "new x"), file("a/.wh.x"), notes=("same-layer-whiteout",)),
    on_lower("directory-then-its-whiteout", folder("a"), file("a/new", "new"), file(".wh.a"), notes=("same-layer-whiteout",)),
    on_lower("whiteout-then-directory", file(".wh.a"), folder("a"), file("a/new", "new"), notes=("whiteout-and-recreate", "same-layer-whiteout")),
    on_lower("whiteout-then-children-only", file(".wh.a"), file("a/new", "new"), notes=("whiteout-and-recreate", "same-layer-whiteout")),
    on_lower("opaque-root", file(".wh..wh..opq"), file("only", "only"), notes=("opaque-root",)),
    on_lower("entry-through-symlink", file("lnk/new", "through"), notes=("entry-through-symlink", "layer-replaces-symlink")),
    on_lower("entry-through-symlink-twice", symlink("lnk2", "lnk"), file("lnk2/new", "through"), notes=("entry-through-symlink", "layer-replaces-symlink")),
    on_lower("whiteout-through-symlink", file("lnk/.wh.r"), notes=("whiteout-through-symlink",)),
    on_lower("opaque-through-symlink", file("lnk/.wh..wh..opq"), file("lnk/new", "n"), notes=("entry-through-symlink", "layer-replaces-symlink")),
    on_lower("cross-layer-hardlink", link("hard", "keep"), notes=("cross-layer-hardlink",)),
    on_lower("cross-layer-hardlink-same-directory", link("a/hard", "a/x"), notes=("cross-layer-hardlink",)),
    on_lower("hardlink-to-restated-file", file("keep", "kept" * 10), link("hard", "keep")),
    on_lower("duplicate-file", file("twice", "first"), file("twice", "second one"), notes=("duplicate-path",)),
    on_lower("duplicate-kinds", file("twice", "first"), folder("twice"), notes=("duplicate-path",)),
    on_lower("duplicate-directory", folder("twice", mode=0o700), file("twice/in", "in"), folder("twice", mode=0o755),
             notes=("duplicate-path",)),
    on_lower("duplicate-by-spelling", file("twice", "first"), file("./twice", "second one"), notes=("duplicate-path",)),
    on_lower("whiteout-without-name", file("a/.wh."), notes=("invalid-whiteout",), refused=True),
    on_lower("whiteout-of-dot", file("a/sub/.wh.."), notes=("invalid-whiteout",), refused=True),
    on_lower("whiteout-of-dot-dot", file("a/sub/.wh..."), notes=("invalid-whiteout",), refused=True),
    on_lower("whiteout-of-missing", file(".wh.nonexist"), allowed=("whiteout-of-missing",)),
    on_lower("whiteout-of-missing-below-missing", file("q/.wh.nope"), notes=("whiteout-of-missing",)),
    # Rows in which all agree.
    on_lower("whiteout", file("a/.wh.x")),
    on_lower("whiteout-of-directory", file("a/.wh.sub")),
    on_lower("whiteout-before-file", file("a/.wh.x"), file("a/x", "new x")),
    on_lower("whiteout-before-symlink", file("a/.wh.x"), symlink("a/x", "y")),
    on_lower("whiteout-of-directory-before-file", file(".wh.a"), file("a", "a file")),
    on_lower("whiteout-of-file-before-directory", file(".wh.keep"), folder("keep"), file("keep/in", "in")),
    on_lower("whiteout-of-symlink-before-directory", file(".wh.lnk"), folder("lnk"), file("lnk/in", "in")),
    on_lower("opaque-first", folder("a"), file("a/.wh..wh..opq"), file("a/new", "new")),
    on_lower("opaque-last", folder("a"), file("a/new", "new"), file("a/.wh..wh..opq")),
    on_lower("opaque-between", folder("a"), file("a/m", "m"), file("a/.wh..wh..opq"), file("a/z", "z")),
    on_lower("opaque-without-directory", file("a/.wh..wh..opq"), file("a/new", "new")),
    on_lower("opaque-restores-a-name", folder("a"), file("a/.wh..wh..opq"), file("a/x", "lower x")),
    on_lower("opaque-nested", folder("a"), file("a/.wh..wh..opq"), folder("a/sub"), file("a/sub/.wh..wh..opq"), file("a/sub/n", "n")),
    on_lower("opaque-and-whiteout", folder("a"), file("a/.wh..wh..opq"), file("a/.wh.x")),
    on_lower("whiteout-of-parent-and-child", file(".wh.a"), file("a/.wh.x"), notes=("same-layer-whiteout", "whiteout-of-missing")),
    on_lower("directory-to-file", file("a", "a file")),
    on_lower("file-to-directory", folder("keep"), file("keep/in", "in")),
    on_lower("file-to-implied-directory", file("keep/in", "in"), notes=("implied-directory-replaces",)),
    on_lower("directory-to-symlink", symlink("a", "real")),
    on_lower("symlink-to-directory", folder("lnk"), file("lnk/new", "new"), allowed=("layer-replaces-symlink",)),
    on_lower("symlink-to-file", file("lnk", "a file")),
    on_lower("symlink-to-symlink", symlink("lnk", "a")),
    on_lower("symlink-whiteout", file(".wh.lnk")),
    on_lower("symlink-and-entries-in-one-layer", folder("r2"), symlink("l2", "r2"), file("l2/in", "in"), allowed=("entry-through-symlink",)),
    on_lower("dot-slash", folder("./a"), file("./a/x", "dot slash")),
    on_lower("absolute", file("/a/x", "absolute")),
    on_lower("double-slash", file("a//x", "double")),
    on_lower("dot-inside", file("a/./x", "dot")),
    on_lower("missing-parents", file("p/q/r/s", "deep")),
    on_lower("whiteout-typed-directory", folder("a/.wh.x")),
    on_lower("whiteout-typed-symlink", symlink("a/.wh.x", "y")),
    on_lower("whiteout-typed-device", entry("a/.wh.x", tarfile.CHRTYPE)),
    on_lower("whiteout-typed-hardlink", file("a/.wh.x"), link("a/.wh.y", "a/.wh.x")),
    on_lower("opaque-typed-directory", folder("a"), folder("a/.wh..wh..opq")),
    on_lower("whiteout-with-content", file("a/.wh.x", "not empty")),
    on_lower("not-quite-whiteouts", file("a/.wh", "1"), file("a/x.wh.y", "2"), file("a/wh.x", "3")),
    on_lower("aufs-metadata", folder(".wh..wh.plnk"), file(".wh..wh.plnk/1.2", "aufs"), file(".wh..wh.aufs"), folder(".wh..wh.orph")),
    Case("repeated-layer", [LOWER, LOWER]),
    Case("layer-twice-around-a-whiteout", [LOWER, [file("a/.wh.x")], LOWER]),
    Case("deleted-then-back", [LOWER, [file(".wh.keep")], [file("keep", "kept" * 10)]]),
    Case("replaced-three-times", [LOWER, [file("a", "f")], [folder("a"), file("a/n", "n")], [symlink("a", "keep")], [file("a", "end")]]),
    Case("whiteout-of-a-replaced-tree", [LOWER, [symlink("a", "real")], [file(".wh.a")]]),
    Case("directory-back-after-whiteout", [LOWER, [file(".wh.a")], [folder("a"), file("a/new", "new")]]),
    Case("opaque-in-the-lowest-layer", [[folder("o"), file("o/.wh..wh..opq"), file("o/in", "in")]]),
    Case("whiteout-in-the-lowest-layer", [[file(".wh.x"), file("y", "y")]], allowed=("whiteout-of-missing",)),
    # Hard links.
    on_lower("hardlink", file("h1", "linked bytes"), link("h2", "h1"), link("h3", "h2")),
    Case("hardlink-one-name-removed", [LOWER + [link("a/x2", "a/x")], [file("a/.wh.x")]]),
    Case("hardlink-both-names-removed", [LOWER + [link("a/x2", "a/x")], [file("a/.wh.x")], [file("a/.wh.x2")]]),
    Case("hardlink-one-name-written", [LOWER + [link("a/x2", "a/x")], [file("a/x", "written")]]),
    Case("hardlinks-restated", [LOWER + [link("a/x2", "a/x")],
                                [file("a/x", "lower x", mode=0o600), entry("a/x2", tarfile.LNKTYPE, linkname="a/x", mode=0o600)]]),
    on_lower("hardlink-with-a-mode-of-its-own", file("h1", "x", mode=0o600), link("h2", "h1"),
             unnoted="Docker gives the inode the mode of its last name's header; umoci keeps the first; no writer makes them differ"),
    on_lower("hardlink-to-symlink", symlink("s", "keep"), link("h", "s")),
    on_lower("hardlink-absolute-target", file("h1", "x"), link("h2", "/h1")),
    on_lower("hardlink-dot-slash-target", file("h1", "x"), link("h2", "./h1")),
    on_lower("hardlink-over-file", file("h1", "over"), link("keep", "h1")),
    on_lower("hardlink-before-its-target", link("h2", "h1"), file("h1", "later"),
             notes=("hardlink-before-target", "hardlink-target-missing"), refused=True),
    on_lower("hardlink-to-nothing", link("h2", "nothing"), notes=("hardlink-target-missing",), refused=True),
    on_lower("hardlink-to-itself", link("h2", "h2"), notes=("hardlink-target-missing",), refused=True),
    on_lower("hardlink-to-directory", link("h2", "a"), notes=("hardlink-target-missing",), refused=True),
    on_lower("hardlink-to-what-the-layer-removes", file(".wh.keep"), link("h2", "keep"), notes=("hardlink-target-missing",), refused=True),
    # Names and kinds.
    on_lower("escape", file("../../evil", "evil"), allowed=("path-escapes-root",), refused=True),
    on_lower("escape-by-symlink", symlink("out", "../../.."), file("out/evil", "evil"), allowed=("entry-through-symlink",)),
    on_lower("escape-by-absolute-symlink", symlink("out", "/"), file("out/evil", "evil"), allowed=("entry-through-symlink",)),
    on_lower("symlink-loop", symlink("l1", "l2"), symlink("l2", "l1")),
    on_lower("long-names", file("n" * 150 + "/" + "m" * 180, "long"), file("d/" * 120 + "end", "deep")),
    on_lower("latin-1-name", file("caf\udce9", "latin")),
    on_lower("newline-and-escape-in-name", file("a\nb\x1b[31m", "red")),
    on_lower("backslash-in-name", file("a\\x41b", "backslash")),
    on_lower("fifo-and-devices", entry("pipe", tarfile.FIFOTYPE), entry("null", tarfile.CHRTYPE, devmajor=1, devminor=3),
             entry("loop", tarfile.BLKTYPE, devmajor=7, devminor=0)),
    on_lower("special-modes", file("suid", "s", mode=0o4755), folder("sticky", mode=0o1777), file("owned", "o", uid=70000, gid=70001)),
    on_lower("metadata-only", file("keep", "kept" * 10, mode=0o600), file("a/x", "lower x", uid=5), file("a/y", "lower y, longer", mtime=TIME + 1)),
    on_lower("identical", file("keep", "kept" * 10)),
    on_lower("file-in-a-file", file("f", "f"), file("f/in", "in"), notes=("implied-directory-replaces",), refused=True),
    on_lower("whiteout-in-a-file", file("keep/.wh.x"), notes=("whiteout-of-missing",)),
    Case("three-empty-layers", [LOWER, [], []]),
    Case("empty-image", [[]]),
    Case("root-metadata", [[folder("./", mode=0o700), file("x", "x")]]),
    # How a tar can be written.
    Case("sparse", [LOWER, [sparse_1_0("sparse", b"end", 100_000)]],
         unnoted="the tree listing counts what is stored, engines what a reader sees: 3 and 100,000 bytes"),
    Case("gnu-format", [tar_bytes([file("g" * 120, "gnu long name"), symlink("s", "t" * 120)], tarfile.GNU_FORMAT)]),
    Case("ustar-format", [tar_bytes([file("p" * 90 + "/" + "f" * 90, "prefix and name")], tarfile.USTAR_FORMAT)]),
    Case("pax-global-header", [tar_bytes(LOWER, pax={"comment": "global"})],
         unnoted="umoci 0.4.7 stops at global headers, which POSIX allows and git archive writes"),
    Case("no-end-of-archive", [tar_bytes([file("x", "x" * 512)])[:1024]]),
    Case("zero-padding-after-the-end", [tar_bytes(LOWER) + bytes(70_000)]),
    Case("bytes-after-the-end", [tar_bytes(LOWER) + b"garbage" * 100], allowed=("trailing-data",), refused=True),
    Case("empty-layer-file", [LOWER, b""]),
]


def layer_bytes(layer):
    return layer if isinstance(layer, bytes) else tar_bytes(layer)


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def to_json(value):
    return json.dumps(value, sort_keys=True).encode()


def config_of(layers):
    return to_json({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/keep"]},
                    "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
                    "history": [{"created_by": f"step {index}"} for index in range(len(layers))]})


def write(case, directory):
    layers = [layer_bytes(layer) for layer in case.layers]
    write_docker_archive(case.name, layers, os.path.join(directory, "docker-archive.tar"))
    write_oci_layout(layers, os.path.join(directory, "oci"))


def write_docker_archive(name, layers, path):
    config = config_of(layers)
    files = {hashlib.sha256(config).hexdigest() + ".json": config}
    names = []
    for index, layer in enumerate(layers):
        names.append(f"{index:03}-{digest(layer)[7:]}/layer.tar")
        files[names[-1]] = layer
    files["manifest.json"] = to_json([{"Config": next(iter(files)), "RepoTags": [f"imgslim-hostile:{name}"], "Layers": names}])
    with open(path, "wb") as out:
        out.write(tar_bytes([file(member, content) for member, content in files.items()]))


def write_oci_layout(layers, path):
    os.makedirs(os.path.join(path, "blobs", "sha256"))

    def blob(media_type, data):
        with open(os.path.join(path, "blobs", "sha256", digest(data)[7:]), "wb") as out:
            out.write(data)
        return {"mediaType": "application/vnd.oci.image." + media_type, "digest": digest(data), "size": len(data)}

    descriptors = [blob("layer.v1.tar+gzip", gzip.compress(layer, mtime=0)) for layer in layers]
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": blob("config.v1+json", config_of(layers)), "layers": descriptors}
    index = {"schemaVersion": 2, "manifests": [dict(blob("manifest.v1+json", to_json(manifest)),
                                                    annotations={"org.opencontainers.image.ref.name": "case"})]}
    for name, content in (("index.json", to_json(index)), ("oci-layout", to_json({"imageLayoutVersion": "1.0.0"}))):
        with open(os.path.join(path, name), "wb") as out:
            out.write(content)
