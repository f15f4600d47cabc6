"""The estimate of src/memory, applied to samples with coefficients that are not built in: for cross-validation. That it is the
same arithmetic is checked by calibrate.py on every sample with the built-in coefficients."""
import math
import os

import features
import fit

LEAST_DOUBTFUL_KIB = 512  # as in src/memory/object_memory.cpp

def share_of(coefficients, path, row, part, size_kib, sorts):
    """(resident, own) shares of the pages beyond the floor."""
    if part not in fit.FITTED:
        return 0.0, 0.0
    found = coefficients["fractions"].get(part, {}).get(row["kind"], {"resident": [0] * (len(fit.SIZE_CLASSES) + 1), "written": 0})
    share, written = found["resident"][fit.size_class(size_kib)], found["written"]
    for key in (fit.key_of(path) + each for each in ("", *sorts)):
        if known := coefficients["files"].get(key, {}).get(part):
            weight = known["programs"] / (known["programs"] + fit.DRAWN)
            share, written = weight * known["share"] + (1 - weight) * share, weight * known["written"] + (1 - weight) * written
    return share, written


def part_kib(coefficients, path, row, part, sorts):
    """(resident, own) KiB of a part of an object."""
    size, floor, dirty = (part[name] / features.KIB for name in ("mapped_bytes", "floor_bytes", "dirty_bytes"))
    resident, own = share_of(coefficients, path, row, part["part"], size, sorts)
    more = resident * max(0.0, size - floor)
    total = min(size, floor + more)
    return total, total if part["part"] == "bss" else min(total, dirty + own * more)


def heap_kib(coefficients, sample):
    """(total, private, profile or None)"""
    used = fit.profile_used(sample.runtime(), coefficients["runtimes"])
    if used:
        profile = coefficients["runtimes"][used]
        code = fit.code_of(sample)
        of_application = profile["per_application_kib"] * min(sample.application_kib(), profile["most_application_kib"])
        total = profile["fixed_kib"] + max((profile["per_root_kib"] or profile["per_code_kib"]) * code, of_application)
        total += profile["per_module_kib"] * sample.modules
        total += profile["serving_kib"] if fit.serves_php(sample) else 0
        if "-Xshare:off" in sample.program.get("cmd", []):
            total += profile["without_class_sharing_kib"]
        own = native_heap_kib(coefficients, sample) if fit.embeds(sample) else 0
        own += sample.added_kib()
        return total + own, total * profile["private_share"] + own, used
    if known := coefficients["programs"].get(os.path.basename(sample.main["program"])) if sample.main["profile"] else None:
        return known["heap_kib"], known["heap_kib"] * known["private_share"], None
    total = native_heap_kib(coefficients, sample)
    return total, total, None


def native_heap_kib(coefficients, sample):
    return coefficients["native"]["heap_per_root_kib"] * math.sqrt(fit.dirty_kib(sample))


def doubtful_kib(coefficients, sample, path, row, known_kib):
    """As imgslim's doubtful_bytes()."""
    is_known = os.path.basename(sample.main["program"]) in coefficients["programs"]
    if row["kind"] != "library" or row["indirect"] or is_known or not fit.counts_as_native(sample):
        return 0.0
    sorts = fit.sorts_of(sample, {**row, "indirect": True}, coefficients["runtimes"])
    less = known_kib - sum(part_kib(coefficients, path, row, part, sorts)[0] for part in row["parts"])
    return less if less >= LEAST_DOUBTFUL_KIB else 0.0


def estimate(coefficients, sample):
    """{path: KiB of each part}, heap, sum; of the objects that imgslim predicts."""
    objects, own = {}, 0.0
    for path, row in sample.predicted.items():
        objects[path], sorts = {}, fit.sorts_of(sample, row, coefficients["runtimes"])
        for part in row["parts"]:
            objects[path][part["part"]], private = part_kib(coefficients, path, row, part, sorts)
            own += private
    heap, private, profile = heap_kib(coefficients, sample)
    elf = sum(sum(parts.values()) for parts in objects.values())
    doubtful = sum(doubtful_kib(coefficients, sample, path, row, sum(objects[path].values())) for path, row in sample.predicted.items())
    whole_heap, whole_private = with_workers_kib(coefficients, sample, heap, private)
    return {"objects": objects, "heap": heap, "profile": profile, "elf": elf, "rss": elf + whole_heap, "own": own + whole_private,
            "doubtful": doubtful}


def with_workers_kib(coefficients, sample, heap, private):
    """(heap, private part of it) of a server and all of its workers."""
    if not sample.server:
        return heap, private
    known = coefficients["workers"].get(sample.server["worker_pool"], coefficients["workers"][""])
    used = fit.profile_used(sample.runtime(), coefficients["runtimes"])
    server = coefficients["runtimes"][used]["fixed_kib"] + known["server_kib"] if known["server_kib"] else private
    workers = sample.server["workers"] * max(0.0, known["own_kib"] + known["of_heap"] * private - known["shared"] * server)
    return heap - private + server + workers, server + workers
