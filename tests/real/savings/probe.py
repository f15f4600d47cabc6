"""Whether an image does what it is for: its command is started as an engine would, and asked, or its output is read."""
import json
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CLOSURE = os.path.join(os.path.dirname(HERE), "closure")
sys.path.insert(0, CLOSURE)
import roots  # noqa: E402
import truth  # noqa: E402

START_SECONDS, RUN_SECONDS = 40, 60


def failure_of(root, config, probe, scratch):
    """Why the command of an image does not do its work in `root`; "" when it does."""
    for place in ("etc", "proc"):  # an engine makes what an empty image lacks
        os.makedirs(os.path.join(root, place), exist_ok=True)
    truth.furnish(root)
    description, pidfile, output = (os.path.join(scratch, name) for name in ("launch.json", "pid", "output"))
    if os.path.exists(pidfile):
        os.remove(pidfile)
    environment = {"PATH": roots.PATH, "HOME": "/root", "HOSTNAME": "container"}
    environment.update(item.split("=", 1) for item in config.get("Env") or [])
    with open(description, "w") as stream:
        json.dump({"root": root, "argv": (config.get("Entrypoint") or []) + (config.get("Cmd") or []), "environment": environment,
                   "user": config.get("User") or "", "workdir": config.get("WorkingDir") or "/", "pidfile": pidfile}, stream)
    with open(output, "w") as log:
        started = subprocess.Popen(["python3", "-B", os.path.join(CLOSURE, "launch.py"), description], stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log)
    try:
        said = ask(started, pidfile, probe["request"]) if "request" in probe else wait_for(started, output)
    finally:
        end(started, pidfile)
    if probe["expect"] in said:
        return ""
    return f"expected {probe['expect']!r}, got {said[-200:]!r}; it wrote {roots.read(output)[-300:]!r}"


def wait_for(started, output):
    try:
        started.wait(RUN_SECONDS)
    except subprocess.TimeoutExpired:
        return "nothing: it is still running"
    return roots.read(output)


def ask(started, pidfile, url):
    """Asks from outside, in the container's network, until there is an answer."""
    until, said = time.monotonic() + START_SECONDS, ""
    while time.monotonic() < until and started.poll() is None:
        time.sleep(0.3)
        if not os.path.exists(pidfile):
            continue
        done = subprocess.run(["nsenter", "-t", roots.read(pidfile), "-n", "curl", "-sS", "--noproxy", "*", "--max-time", "10", url],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        if done.returncode == 0:
            break
    return said


def end(started, pidfile):
    if started.poll() is None and os.path.exists(pidfile):
        os.kill(int(roots.read(pidfile)), signal.SIGKILL)
    try:
        started.wait(10)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()
