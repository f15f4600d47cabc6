"""The estimate of src/memory, applied to samples with coefficients that are not built in: for cross-validation. That it is the
same arithmetic is checked by calibrate.py on every sample with the built-in coefficients."""
import math

import features
import fit


SORTS = {"@native": ["@native"], "@managed": ["@managed"], "@many": ["@managed", "@many"]}  # drawn towards the ones before


def share_of(coefficients, path, row, part, size_kib, sort):
    """(resident, own) shares of the pages beyond the floor."""
    if part not in fit.FITTED:
        return 0.0, 0.0
    found = coefficients["fractions"].get(part, {}).get(row["kind"], {"resident": [0] * (len(fit.SIZE_CLASSES) + 1), "written": 0})
    share, written = found["resident"][fit.size_class(size_kib)], found["written"]
    for key in (fit.key_of(path) + each for each in ("", *SORTS[sort])):
        if known := coefficients["files"].get(key, {}).get(part):
            weight = known["programs"] / (known["programs"] + fit.DRAWN)
            share, written = weight * known["share"] + (1 - weight) * share, weight * known["written"] + (1 - weight) * written
    return share, written


def part_kib(coefficients, path, row, part, sort):
    """(resident, own) KiB of a part of an object."""
    size, floor, dirty = (part[name] / features.KIB for name in ("mapped_bytes", "floor_bytes", "dirty_bytes"))
    resident, own = share_of(coefficients, path, row, part["part"], size, sort)
    more = resident * max(0.0, size - floor)
    total = min(size, floor + more)
    return total, total if part["part"] == "bss" else min(total, dirty + own * more)


def heap_kib(coefficients, sample):
    """(total, private, profile or None)"""
    used = fit.profile_used(sample.runtime(), coefficients["runtimes"])
    if used:
        profile = coefficients["runtimes"][used]
        code = fit.code_of(sample)
        if profile["most_code_kib"]:
            code = min(code, profile["most_code_kib"])
        of_application = profile["per_application_kib"] * min(sample.application_kib(), profile["most_application_kib"])
        total = profile["fixed_kib"] + max(profile["per_code_kib"] * code, of_application)
        total += profile["per_module_kib"] * sample.modules
        total += profile["serving_kib"] if fit.serves_php(sample) else 0
        if "-Xshare:off" in sample.program.get("cmd", []):
            total += profile["without_class_sharing_kib"]
        if "-XX:+AlwaysPreTouch" in sample.program.get("cmd", []):
            total += sum(int(word[4:-1]) * 1024 for word in sample.program.get("cmd", []) if word.startswith("-Xms") and word.endswith("m"))
        own = native_heap_kib(coefficients, sample) if fit.embeds(sample) else 0
        return total + own, total * profile["private_share"] + own, used
    total = native_heap_kib(coefficients, sample)
    return total, total, None


def native_heap_kib(coefficients, sample):
    return coefficients["native"]["heap_per_root_kib"] * math.sqrt(fit.dirty_kib(sample))


def estimate(coefficients, sample):
    """{path: KiB of each part}, heap, sum; of the objects that imgslim predicts."""
    objects, own, sort = {}, 0.0, fit.sort_of(sample, coefficients["runtimes"])
    for path, row in sample.predicted.items():
        objects[path] = {}
        for part in row["parts"]:
            objects[path][part["part"]], private = part_kib(coefficients, path, row, part, sort)
            own += private
    heap, private, profile = heap_kib(coefficients, sample)
    elf = sum(sum(parts.values()) for parts in objects.values())
    return {"objects": objects, "heap": heap, "profile": profile, "elf": elf, "rss": elf + heap, "own": own + private}


def worker_kib(coefficients, sample, heap):
    """What all workers of the container have of their own."""
    server = next((process for process in sample.memory["startup"]["processes"] if process["workers"]), None)
    if not server:
        return 0.0
    known = coefficients["workers"].get(fit.pool_name(sample, server), coefficients["workers"][""])
    counted_already = 1 if known["server_kib"] else 0
    return known["server_kib"] + (server["workers"] - counted_already) * (known["own_kib"] + known["of_heap"] * heap)
