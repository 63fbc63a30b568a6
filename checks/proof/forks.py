"""Runs scripts of this folder as `python3 SCRIPT ARGUMENT...` would, each in a fork of this process, which has imported what takes long. Reads
lines of JSON, {script, args, out}; what the script prints goes to the file `out`, and a line with its exit code comes back."""

import json
import os
import runpy
import sys

import figures  # with what it imports: nearly all there is  # noqa: F401

for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        os.dup2(os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        sys.argv = [asked["script"], *asked["args"]]
        runpy.run_path(asked["script"], run_name="__main__")
        sys.exit()
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
