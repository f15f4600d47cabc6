"""The few facts about ELF files that the truth needs, for the little-endian 64-bit files of this machine."""
import os
import struct

PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NEEDED, DT_STRTAB, DT_SONAME = 1, 5, 14


def is_elf(path):
    with open(path, "rb") as stream:
        return stream.read(4) == b"\x7fELF"


def segments(data):
    if data[:6] != b"\x7fELF\x02\x01":
        return
    offset, size, count = struct.unpack_from("<Q14xHH", data, 32)
    for index in range(count):
        kind, _, file_offset, address, _, file_size = struct.unpack_from("<IIQQQQ", data, offset + index * size)
        yield kind, file_offset, address, file_size


def interpreter(path):
    with open(path, "rb") as stream:
        data = stream.read(1 << 16)
    for kind, offset, _, size in segments(data):
        if kind == PT_INTERP:
            return data[offset:offset + size].rstrip(b"\0").decode()
    return None


def dynamic(path):
    """{"needed": [], "soname": ""}"""
    with open(path, "rb") as stream:
        data = stream.read()
    found = {"needed": [], "soname": ""}
    loads = [(address, offset, size) for kind, offset, address, size in segments(data) if kind == PT_LOAD]
    for kind, offset, _, size in segments(data):
        if kind != PT_DYNAMIC:
            continue
        entries = [struct.unpack_from("<qQ", data, at) for at in range(offset, offset + size - 15, 16)]
        table = next((value for tag, value in entries if tag == DT_STRTAB), 0)
        strings = next((table - address + at for address, at, length in loads if address <= table < address + length), None)
        for tag, value in entries if strings is not None else []:
            if tag in (DT_NEEDED, DT_SONAME):
                start = strings + value
                name = data[start:data.index(b"\0", start)].decode(errors="replace")
                if tag == DT_NEEDED:
                    found["needed"].append(name)
                else:
                    found["soname"] = name
    return found


def canonical(root, path):
    """An absolute path with its symbolic links followed inside `root`; None when nothing is there."""
    at, rest, hops = "", [part for part in path.split("/") if part], 40
    while rest:
        part = rest.pop(0)
        if part in (".", ".."):
            at = os.path.dirname(at) if part == ".." else at
            continue
        if os.path.islink(root + at + "/" + part):
            hops -= 1
            target = os.readlink(root + at + "/" + part)
            if hops < 0:
                return None
            at = "" if target.startswith("/") else at
            rest = [piece for piece in target.split("/") if piece] + rest
            continue
        at += "/" + part
        if not os.path.lexists(root + at):
            return None
    return at


def executed_files(root, path):
    """What the kernel maps when it executes a file: the program first, then its dynamic linker. Follows "#!"."""
    for _ in range(5):
        path = canonical(root, path)
        if not path or not os.path.isfile(root + path):
            return []
        with open(root + path, "rb") as stream:
            head = stream.read(256)
        if head[:2] != b"#!":
            break
        path = head[2:].split(b"\n")[0].split()[0].decode()
    if head[:4] != b"\x7fELF":
        return []
    linker = interpreter(root + path)
    found = canonical(root, linker) if linker else None
    return [path, found] if found else [path]
