"""install.py SPEC: as conda installs, with its library: what it unpacks into pkgs is linked into the environment."""
import asyncio
import sys

import rattler


async def main(spec):
    sources = [rattler.Channel("file:///srv/channel")]
    records = await rattler.solve(sources=sources, specs=[spec], platforms=["linux-64", "noarch"])
    await rattler.install(records=records, target_prefix="/opt/conda", cache_dir="/opt/conda/pkgs")


asyncio.run(main(sys.argv[1]))
