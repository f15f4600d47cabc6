"""Becomes a container's process 1: run under strace by truth.py with the path of a JSON description as its only argument.

{"root", "argv", "environment": {}, "user", "workdir", "pidfile"}. The parent stays outside of the new process namespace and
writes process 1's id as seen there to `pidfile`.
"""
import ctypes
import fcntl
import json
import os
import socket
import struct
import sys

CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS = 0x20000000, 0x40000000, 0x08000000, 0x04000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
LIBC = ctypes.CDLL(None, use_errno=True)


def main():
    with open(sys.argv[1]) as stream:
        what = json.load(stream)
    if LIBC.unshare(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) != 0:
        sys.exit("launch: unshare: " + os.strerror(ctypes.get_errno()))
    child = os.fork()
    if child == 0:
        become(what)
    with open(what["pidfile"] + ".new", "w") as stream:
        stream.write(str(child))
    os.rename(what["pidfile"] + ".new", what["pidfile"])
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)


def become(what):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        socket.sethostname("container")  # that of /etc/hosts
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    if LIBC.mount(b"proc", os.path.join(what["root"], "proc").encode(), b"proc", 0, None) != 0:
        os._exit(125)
    os.chroot(what["root"])
    os.chdir(what["workdir"])
    uid, gid, groups = identity(what["user"])
    os.setgroups(groups)
    os.setgid(gid)
    os.setuid(uid)
    try:
        os.execvpe(what["argv"][0], what["argv"], what["environment"])
    except OSError as error:
        print(f"launch: {what['argv'][0]}: {error}", file=sys.stderr, flush=True)
        os._exit(127)


def identity(user):
    """As an engine reads Config.User: a name of the image's /etc/passwd, or numbers."""
    name, _, group = user.partition(":")
    uid, gid, groups = 0, 0, [0]
    if name:
        for line in open("/etc/passwd"):
            fields = line.split(":")
            if name in (fields[0], fields[2]):
                name, uid, gid = fields[0], int(fields[2]), int(fields[3])
        members = [line.strip().split(":") for line in open("/etc/group")]
        groups = [int(fields[2]) for fields in members if name in fields[3].split(",")] + [gid]
        if group:
            gid = int(next((fields[2] for fields in members if fields[0] == group), group))
    return uid, gid, groups


if __name__ == "__main__":
    main()
