"""Programs of Python that need not import anew what takes long: each runs in a fork of a process that has.

`python3 forks.py FOLDER MODULE...` writes the program FOLDER/python, says so in a line, and serves until its stdin ends. FOLDER/python then takes
the arguments of python3 (a file, -m or -c), the environment, the folder and the streams of who starts it, and ends as its program does.
"""

import array
import marshal
import os
import select
import signal
import socket
import sys

# Variables that a library reads when it is loaded: a program in other ones is forked from another process.
READ_ON_LOADING = ("OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "ATEN_", "ONEDNN_", "LD_", "TORCH_")
MOST = 1 << 17  # bytes of a request


def serve(folder, modules):
    import subprocess

    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(os.path.join(folder, "socket"))
    listening.listen(16)
    program = os.path.join(folder, "python")
    with open(program, "w") as file:
        file.write(f'#!/bin/sh\nexec "{sys.executable}" -IS "{os.path.abspath(__file__)}" --ask "{folder}" "$@"\n')
    os.chmod(program, 0o700)
    print("ready", flush=True)
    forkers = {}
    while True:
        readable, _, _ = select.select([sys.stdin, listening], [], [])
        if sys.stdin in readable:
            break
        asked, _ = listening.accept()
        request, streams, _, _ = socket.recv_fds(asked, MOST, 3)
        if request:  # who asked may have been killed
            settings = {name: value for name, value in marshal.loads(request)["env"].items() if name.startswith(READ_ON_LOADING)}
            key = marshal.dumps(sorted(settings.items()))
            if key not in forkers:
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                env = {name: value for name, value in os.environ.items() if not name.startswith(READ_ON_LOADING)} | settings
                command = [sys.executable, __file__, "--fork", str(theirs.fileno()), program, *modules]
                forkers[key] = ours, subprocess.Popen(command, env=env, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
                theirs.close()
            socket.send_fds(forkers[key][0], [request], [asked.fileno(), *streams])
        for number in streams:
            os.close(number)
        asked.close()
    for ours, forker in forkers.values():
        ours.close()
        forker.wait()  # so that what they used is counted as used by this process


def fork(requests, program, modules):
    """Imports the modules, then forks for each request; in the fork it returns what is to be run."""
    import gc
    import importlib

    own = [place for place in sys.path[1:] if place not in os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    waiting = 0
    while True:
        request, handles, _, _ = socket.recv_fds(requests, MOST, 4)
        while waiting and os.waitpid(-1, os.WNOHANG if request else 0)[0]:
            waiting -= 1
        if not request:
            os._exit(0)
        if os.fork() == 0:
            break
        waiting += 1
        for number in handles:
            os.close(number)
    requests.close()
    asked = socket.socket(fileno=handles[0])
    child = os.fork()
    if child == 0:
        asked.close()
        os.setpgid(0, 0)
    for number, handle in enumerate(handles[1:]):
        os.dup2(handle, number)
        os.close(handle)
    if child:
        keep(asked, child)
    return {"program": program, "own": own} | marshal.loads(request)


def keep(asked, child):
    """Waits for the program, or ends it once nobody waits for it any more."""
    ended = os.pidfd_open(child)
    readable, _, _ = select.select([asked, ended], [], [])
    if ended not in readable:
        for group in (-child, child):
            try:
                os.kill(group, signal.SIGKILL)
            except ProcessLookupError:
                pass
    _, status = os.waitpid(child, 0)
    for number in (0, 1, 2):
        os.close(number)
    try:
        asked.send(b"%d" % os.waitstatus_to_exitcode(status))
    except OSError:
        pass
    os._exit(0)


def become(program, own, arguments, env, cwd):
    """Runs as `python3 ARGUMENT...` would."""
    import runpy
    import tempfile
    import types

    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    tempfile.tempdir = None
    kind = arguments.pop(0) if arguments[0] in ("-m", "-c") else None
    what = arguments[0]
    sys.argv = [kind, *arguments[1:]] if kind else arguments
    sys.orig_argv, sys.executable = [program, *([kind] if kind else []), *arguments], program
    here = {"-m": cwd, "-c": "", None: os.path.dirname(os.path.realpath(what))}[kind]
    sys.path[:] = ([] if "PYTHONSAFEPATH" in env else [here]) + [place for place in env.get("PYTHONPATH", "").split(os.pathsep) if place] + own
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(what, "<string>", "exec"), sys.modules["__main__"].__dict__)
    else:
        runpy.run_path(what, run_name="__main__")


def ask(folder, arguments):
    """What FOLDER/python does."""
    asked = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asked.connect(os.path.join(folder, "socket"))
    request = marshal.dumps({"arguments": arguments, "env": dict(os.environ), "cwd": os.getcwd()})
    asked.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
    for number in (0, 1):
        os.close(number)
    code = int(asked.recv(16) or 70)
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "--ask":
        ask(sys.argv[2], sys.argv[3:])
    elif sys.argv[1] == "--fork":
        become(**fork(socket.socket(fileno=int(sys.argv[2])), sys.argv[3], sys.argv[4:]))
    else:
        serve(os.path.realpath(sys.argv[1]), sys.argv[2:])
