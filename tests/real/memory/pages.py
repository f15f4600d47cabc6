"""Which pages of a process are resident, by ELF file and part of it: /proc/PID/smaps names the mappings, pagemap tells page by
page what is present and whether it is the process's own copy. Parts are told by link-time addresses, as imgslim tells them."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "closure"))
import elf  # noqa: E402

PAGE = 4096
PT_LOAD, PT_RELRO = 1, 0x6474E552
EXECUTABLE, WRITABLE = 1, 2
PRESENT, SHARED_OR_FILE = 1 << 63, 1 << 61


def parts_of(path):
    """[(part, first page, end page)] at link-time addresses: header, text, rodata, relro, data, bss; None for what is no ELF."""
    with open(path, "rb") as stream:
        if stream.read(4) != b"\x7fELF":
            return None
        stream.seek(0)
        data = stream.read(1 << 16)
    headers = list(program_headers(data))
    loads = [header for header in headers if header[0] == PT_LOAD]
    relro_end = next((address + memory for kind, _, _, address, _, memory in headers if kind == PT_RELRO), 0)
    parts, seen_text = [], False
    for _, flags, _, address, file_bytes, memory_bytes in loads:
        first, file_end, end = address // PAGE, up(address + file_bytes), up(address + memory_bytes)
        if flags & WRITABLE:
            border = min(max(first, relro_end // PAGE), file_end) if address < relro_end else first
            parts += [("relro", first, border), ("data", border, file_end), ("bss", file_end, end)]
        elif flags & EXECUTABLE:
            seen_text = True
            parts.append(("text", first, file_end))
        else:
            parts.append(("rodata" if seen_text else "header", first, file_end))
    return [part for part in parts if part[1] < part[2]]


def program_headers(data):
    if data[:6] != b"\x7fELF\x02\x01":
        return
    offset, size, count = struct.unpack_from("<Q14xHH", data, 32)
    for index in range(count):
        kind, flags, file_offset, address, _, file_bytes, memory_bytes = struct.unpack_from("<IIQQQQQ", data, offset + index * size)
        yield kind, flags, file_offset, address, file_bytes, memory_bytes


def up(address):
    return -(-address // PAGE)


def read_process(pid, root):
    """What one process holds, in KiB; None when it has no memory (any more)."""
    mappings = read_smaps(pid, root)
    if not mappings:
        return None
    result = {"rss": total(mappings, "Rss"), "anonymous": total(mappings, "Anonymous"), "pss": total(mappings, "Pss"),
              "objects": {}, "files": {}, "threads": len(os.listdir(f"/proc/{pid}/task"))}
    in_objects = own_in_objects = 0
    for path, bias in biases(mappings, root).items():
        rows = {}
        for part, first, end in parts_of(root + path):
            present, own = count_pages(pid, bias + first, end - first)
            row = rows.setdefault(part, [0, 0, 0])
            for index, pages in enumerate((end - first, present, own)):
                row[index] += pages * PAGE // 1024
        result["objects"][path] = rows
        in_objects += sum(row[1] for row in rows.values())
        own_in_objects += sum(row[2] for row in rows.values())
    for mapping in mappings:
        if mapping["path"].startswith("/") and mapping["path"] not in result["objects"] and mapping["Rss"]:
            row = result["files"].setdefault(mapping["path"], [0, 0])
            row[0] += mapping["Rss"]
            row[1] += mapping["Anonymous"]
    result["rest"] = result["rss"] - in_objects
    result["rest_anonymous"] = result["anonymous"] - own_in_objects
    return result


def total(mappings, field):
    return sum(mapping[field] for mapping in mappings)


def read_smaps(pid, root):
    mappings = []
    with open(f"/proc/{pid}/smaps") as stream:
        for line in stream:
            fields = line.split(None, 5)
            if fields[0].endswith(":"):
                if fields[0] in ("Rss:", "Pss:", "Anonymous:"):
                    mappings[-1][fields[0][:-1]] = int(fields[1])
                continue
            begin, end = (int(number, 16) for number in fields[0].split("-"))
            path = fields[5].rstrip("\n") if len(fields) > 5 else ""
            if root and path.startswith(root + "/"):
                path = path[len(root):]
            mappings.append({"begin": begin, "end": end, "offset": int(fields[2], 16), "path": path})
    return mappings


def biases(mappings, root):
    """Path of each mapped ELF file of the root -> pages between link-time and actual addresses."""
    found = {}
    for mapping in mappings:
        path = mapping["path"]
        if path in found or not path.startswith("/") or not os.path.isfile(root + path) or not elf.is_elf(root + path):
            continue
        with open(root + path, "rb") as stream:
            data = stream.read(1 << 16)
        for kind, _, offset, address, file_bytes, _ in program_headers(data):
            if kind == PT_LOAD and file_bytes and offset // PAGE * PAGE == mapping["offset"]:
                found[path] = mapping["begin"] // PAGE - address // PAGE
                break
    return found


def count_pages(pid, first, count):
    """(present, own copies) of `count` pages."""
    with open(f"/proc/{pid}/pagemap", "rb") as stream:
        stream.seek(first * 8)
        data = stream.read(count * 8)
    words = struct.unpack(f"<{len(data) // 8}Q", data)
    present = [word for word in words if word & PRESENT]
    return len(present), sum(not word & SHARED_OR_FILE for word in present)
