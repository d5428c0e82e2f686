"""Starting and ending child processes so that none outlives us, not even after kill -9."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from devstack.accounts import Account

PR_SET_PDEATHSIG = 1


def tied_to_us(death_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before exec: Linux sends it ``death_signal`` when we die. None where the system can't.

    Set after the change of account (subprocess calls it last), because setuid clears it.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        if (
            death_signal != signal.SIGKILL
        ):  # a job in the background of a script ignores SIGQUIT, and so would our child
            signal.signal(death_signal, signal.SIG_DFL)
        libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # we died between fork and here
            os._exit(1)

    return tie


def start(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    account: Account | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    aloud: bool = False,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a process group of its own (Ctrl-C reaches only us), what it writes appended to ``log``
    (None: where ours goes).

    Only from the main thread: Linux ties the child to the thread that started it.

    :param aloud: its standard output goes where ours goes, only errors go to the log.
    """
    with log.open("ab") if log else contextlib.nullcontext() as out:
        return subprocess.Popen(  # noqa: S603 -- our own commands
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=None if aloud else out,
            stderr=out,
            env=env,
            cwd=cwd,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            process_group=0,
            preexec_fn=tied_to_us(death_signal),
        )


def stop(process: subprocess.Popen[bytes], *, asking: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """Ask ``process`` to end, and end its whole group if it has not after ``patience`` seconds."""
    if process.poll() is None:
        process.send_signal(asking)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            kill_group(process)
            process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def note(path: Path, running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Write down which process groups are ours: number, then what the command was given."""
    lines = [f"{process.pid} {' '.join(list(process.args)[1:])}\n" for process in running]  # type: ignore[arg-type]  # always a list here
    path.write_text("".join(lines))


def end_leftovers(path: Path) -> None:
    """End what an earlier run has left behind, killed where the system could not tie its children to it.

    :param path: what ``note`` wrote.
    """
    for line in path.read_text().splitlines() if path.exists() else []:
        group, _, given = line.partition(" ")
        said = subprocess.run(["ps", "-o", "command=", "-p", group], capture_output=True, text=True)  # noqa: S603, S607 -- the system's ps and a number of ours
        if given and given in said.stdout:  # not somebody else's process that got the number since
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(int(group), signal.SIGKILL)
    path.unlink(missing_ok=True)


def wait_until(ready: Callable[[], bool], *, within: float, every: float = 0.02) -> bool:
    """Poll ``ready`` until it says yes; False when ``within`` seconds have passed."""
    deadline = time.monotonic() + within
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def last_line(log: Path) -> str:
    """The last line of a log that says something, for one-line errors."""
    lines = (
        [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    )
    return lines[-1] if lines else "it wrote nothing"
