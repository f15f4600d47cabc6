"""Small images made in code, in the forms that tools write: for tests of the command line."""
import gzip
import hashlib
import io
import json
import os
import tarfile

OCI = "application/vnd.oci.image."


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tar(files):
    """A tar of {name: bytes, or a link's target as text}; a name that ends with "/" is a directory."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname, content = tarfile.SYMTYPE, content, b""
            elif name.endswith("/"):
                member.type = tarfile.DIRTYPE
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def config(diff_ids, architecture="amd64", author=""):
    history = [{"created_by": f"RUN step {number}"} for number in range(len(diff_ids))]
    return json.dumps({"architecture": architecture, "os": "linux", "author": author, "history": history,
                       "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()


def docker_archive(layers, tags=("app:1",)):
    """The members of a docker-archive as podman writes it; one image for each of `tags`."""
    names = [sha256(layer)[7:] + ".tar" for layer in layers]
    members = dict(zip(names, layers))
    images = []
    for number, tag in enumerate(tags):
        members[f"config{number}.json"] = config([sha256(layer) for layer in layers], author=str(number))
        images.append({"Config": f"config{number}.json", "RepoTags": [tag], "Layers": names})
    members["manifest.json"] = json.dumps(images).encode()
    return members


class Layout:
    """The members of an OCI layout."""

    def __init__(self):
        self.blobs, self.manifests = {}, []

    def blob(self, data):
        self.blobs["blobs/sha256/" + sha256(data)[7:]] = data
        return {"digest": sha256(data), "size": len(data)}

    def image(self, layers, architecture="amd64", pack=gzip.compress, layer_type=OCI + "layer.v1.tar+gzip",
              config_type=OCI + "config.v1+json", name="app:1"):
        image_config = config([sha256(layer) for layer in layers], architecture)
        manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                    "config": {"mediaType": config_type, **self.blob(image_config)},
                    "layers": [{"mediaType": layer_type, **self.blob(pack(layer))} for layer in layers]}
        self.manifests.append({"mediaType": OCI + "manifest.v1+json", **self.blob(json.dumps(manifest).encode()),
                               "platform": {"os": "linux", "architecture": architecture},
                               "annotations": {"org.opencontainers.image.ref.name": name}})
        return self

    def members(self):
        return {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', **self.blobs,
                "index.json": json.dumps({"schemaVersion": 2, "manifests": self.manifests}).encode()}


def write_directory(path, members):
    for name, content in members.items():
        file = os.path.join(path, name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as stream:
            stream.write(content)
    return path
