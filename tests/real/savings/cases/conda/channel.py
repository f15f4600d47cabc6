"""channel.py DIRECTORY: a channel of two versions of one package, each with 3 MB of data that do not compress."""
import hashlib
import io
import json
import os
import sys
import tarfile


def package(channel, version):
    """Writes the archive; gives its entry in the channel's list."""
    files = {"share/shop/data.bin": os.urandom(3_000_000), "share/shop/version": f"shop {version}\n".encode()}
    facts = {"name": "shop-data", "version": version, "build": "0", "build_number": 0, "depends": [], "subdir": "linux-64"}
    paths = [{"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(content).hexdigest(), "size_in_bytes": len(content)}
             for path, content in files.items()]
    files["info/index.json"] = json.dumps(facts).encode()
    files["info/paths.json"] = json.dumps({"paths_version": 1, "paths": paths}).encode()
    name = f"shop-data-{version}-0.tar.bz2"
    with tarfile.open(os.path.join(channel, "linux-64", name), "w:bz2") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    with open(os.path.join(channel, "linux-64", name), "rb") as stream:
        content = stream.read()
    return name, {**facts, "sha256": hashlib.sha256(content).hexdigest(), "md5": hashlib.md5(content).hexdigest(), "size": len(content)}


def main(channel):
    for platform in ("linux-64", "noarch"):
        os.makedirs(os.path.join(channel, platform))
    packages = {"linux-64": dict(package(channel, version) for version in ("1.0", "2.0")), "noarch": {}}
    for platform, entries in packages.items():
        with open(os.path.join(channel, platform, "repodata.json"), "w") as stream:
            json.dump({"info": {"subdir": platform}, "packages": entries, "packages.conda": {}, "repodata_version": 1}, stream)


main(sys.argv[1])
