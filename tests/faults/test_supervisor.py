"""The supervisor alone, with small real processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from devstack import processes
from devstack.supervisor import FIRST_PAUSE, Kept, KeptService, Once, Supervisor, ask_what_to_restart, read_procfile
from tests.faults.installation import ROOT, eventually

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]


@pytest.fixture
def keep(tmp_path):
    kept = []

    def make(name, command):
        one = Kept(name, command, env=dict(os.environ), cwd=tmp_path, log=tmp_path / f"{name}.log")
        kept.append(one)
        return one

    yield make
    for one in kept:
        if one.process and one.process.poll() is None:
            os.killpg(one.process.pid, signal.SIGKILL)
            one.process.wait()


@pytest.fixture
def health():
    """A health page that asks for what stands in ``asked``, with 503 as ours does."""

    class Page(BaseHTTPRequestHandler):
        asked: list[str] = []

        def do_GET(self):
            body = json.dumps({"restart": self.asked}).encode()
            self.send_response(503 if self.asked else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", Page
    server.shutdown()
    server.server_close()


def test_what_keeps_dying_is_restarted_ever_more_slowly_and_again_at_once_when_steady(keep):
    said = []
    one = keep("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    one.start()

    for _ in range(3):
        one.process.wait()
        one.look_after(said.append)
        assert one.start_again_at is not None
        one.start_again_at = 0.0
        one.look_after(said.append)

    assert [float(line.partition("again in ")[2].split()[0]) for line in said] == [1.0, 2.0, 4.0]
    assert "exit status 3" in said[0]
    one.process.wait()
    one.started_at -= 60
    one.look_after(said.append)
    assert one.pause == FIRST_PAUSE


def test_a_pause_does_not_delay_stopping(keep, health):
    one = keep("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    one.start()
    one.process.wait()
    one.pause = 30.0
    supervisor = Supervisor([one], health=health[0], say=lambda line: None)
    threading.Timer(0.3, lambda: setattr(supervisor, "is_stopping", True)).start()

    began = time.monotonic()
    supervisor.watch()
    supervisor.stop()

    assert time.monotonic() - began < 2


def test_a_deaf_process_is_restarted_and_others_are_not(keep, health):
    address, page = health
    said = []
    deaf, other = keep("worker", SLEEP), keep("web", SLEEP)
    deaf.grace, deaf.deaf_for = 0.0, 0.2
    supervisor = Supervisor([deaf, other], health=address, say=said.append, ask_every=0.1)
    supervisor.start()
    before = deaf.process.pid, other.process.pid
    page.asked = ["worker"]

    def hears_again(line):
        said.append(line)
        page.asked = []
        supervisor.is_stopping = True

    supervisor.say = hears_again
    supervisor.watch()

    assert deaf.process.pid != before[0]
    assert deaf.process.poll() is None
    assert other.process.pid == before[1]
    assert said == ["worker runs but does not hear: restarting it."]
    supervisor.stop()


def test_being_asked_once_or_just_after_a_start_is_not_enough(keep):
    one = keep("worker", SLEEP)
    one.start()

    assert not one.is_asked_to_restart(True)
    assert one.asked_since is None
    one.grace = 0.0
    assert not one.is_asked_to_restart(True)
    assert one.asked_since is not None
    assert not one.is_asked_to_restart(False)
    assert one.asked_since is None


@pytest.fixture
def once(tmp_path):
    made = []

    def make(code):
        one = Once("step", [sys.executable, "-c", code], env=dict(os.environ), cwd=tmp_path, log=tmp_path / "step.log")
        made.append(one)
        return one

    yield make
    for one in made:
        if one.process and one.process.poll() is None:
            processes.stop(one.process)


class Sleeper:
    """What the others rest on, in small."""

    name = "sleeper"

    def __init__(self, log):
        self.log = log
        self.process = None

    def launch(self):
        self.process = processes.start(SLEEP, log=self.log)
        return self.process


def test_a_service_is_started_again_and_not_stopped_with_what_rests_on_it(keep, health, tmp_path):
    said = []
    sleeper = Sleeper(tmp_path / "sleeper.log")
    first = sleeper.launch()
    web = keep("web", SLEEP)
    supervisor = Supervisor([web], health=health[0], say=said.append, services=[KeptService(sleeper)])
    supervisor.start()

    def stop_when_it_runs_again():
        eventually(lambda: sleeper.process is not first, within=10)
        supervisor.is_stopping = True

    first.kill()
    threading.Thread(target=stop_when_it_runs_again).start()
    try:
        supervisor.watch()
        supervisor.stop()

        assert said == [f"sleeper ended (SIGKILL): again in 1 s. See {sleeper.log}."]
        assert web.process.poll() is not None
        assert sleeper.process.poll() is None
    finally:
        processes.stop(sleeper.process)


def test_a_step_beside_is_run_once(once, capfd):
    said = []
    step = once("print('signed in as …')")

    assert step.look_after(said.append)
    step.process.wait()

    assert not step.look_after(said.append)
    assert not step.look_after(said.append)
    assert step.has_ended
    assert said == []
    assert capfd.readouterr().out == "signed in as …\n"


def test_a_step_that_was_killed_is_run_again_and_one_that_failed_says_why(once):
    said = []
    step = once("import time; time.sleep(600)")
    step.look_after(said.append)
    killed = step.process

    killed.kill()
    killed.wait()

    assert step.look_after(said.append)
    assert step.process is not killed
    assert said == [f"step ended (SIGKILL): again. See {step.log}."]
    failing = once("raise SystemExit('nothing to greet')")
    failing.look_after(said.append)
    failing.process.wait()
    assert not failing.look_after(said.append)
    assert failing.has_ended
    assert "failed (nothing to greet)" in said[-1]


def test_stopping_ends_a_step_that_is_not_done(once, health):
    step = once("import time; time.sleep(600)")
    supervisor = Supervisor([], health=health[0], say=lambda line: None, beside=step)
    step.look_after(supervisor.say)

    supervisor.stop()

    assert step.process.returncode == -signal.SIGTERM


def test_a_health_page_that_does_not_answer_asks_for_nothing():
    assert ask_what_to_restart("http://127.0.0.1:1/readyz") == []


def test_stopping_ends_also_what_does_not_listen(keep, health, monkeypatch):
    monkeypatch.setattr("devstack.supervisor.STOP_WITHIN", 0.5)
    one = keep("worker", STUBBORN)
    supervisor = Supervisor([one], health=health[0], say=lambda line: None)
    supervisor.start()
    assert eventually(lambda: "up" in one.log.read_text(), within=10)

    supervisor.stop()

    assert one.process.returncode == -signal.SIGKILL


def test_a_long_log_is_kept_short_while_its_process_goes_on_writing(keep, monkeypatch):
    monkeypatch.setattr("devstack.supervisor.LONGEST_LOG", 10)
    one = keep("web", ["sh", "-c", "echo 0123456789; read line; sleep 0.2; echo after; sleep 600"])
    one.start()
    assert eventually(lambda: one.log.exists() and "0123456789" in one.log.read_text(), within=5)

    one.trim_log()

    assert one.log.with_suffix(".log.1").read_text() == "0123456789\n"
    assert eventually(lambda: one.log.read_text() == "after\n", within=5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system's tie between parent and child is Linux'")
def test_a_child_dies_with_a_parent_that_is_killed(tmp_path):
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from devstack import processes\n"
            "child = processes.start(['sleep', '600'], log=Path(sys.argv[1])); print(child.pid, flush=True); time.sleep(600)",
            tmp_path / "log",
        ],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()

    assert eventually(lambda: not is_alive(child), within=5)


def test_what_an_earlier_run_left_behind_is_ended_and_a_stranger_with_its_number_is_not(tmp_path):
    ours = processes.start(["sleep", "611"], log=tmp_path / "log", death_signal=signal.SIGKILL)
    stranger = processes.start(["sleep", "612"], log=tmp_path / "log", death_signal=signal.SIGKILL)
    processes.note(tmp_path / "processes", [ours, stranger])
    told = (tmp_path / "processes").read_text()
    (tmp_path / "processes").write_text(told.replace("612", "600 -m gunicorn"))

    processes.end_leftovers(tmp_path / "processes")

    assert ours.wait(5) == -signal.SIGKILL
    assert stranger.poll() is None
    assert not (tmp_path / "processes").exists()
    processes.stop(stranger)


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_procfile_names_what_is_kept_and_what_runs_first():
    commands = read_procfile(ROOT / "Procfile")

    assert list(commands) == ["release", "greeting", "web", "worker", "beat"]
    assert commands["worker"][:4] == ["python", "-m", "celery", "--quiet"]


def test_a_child_hears_its_signal_though_we_were_started_deaf_to_it(tmp_path):
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)  # as a script starts `./run &`
    try:
        child = processes.start(["sleep", "613"], log=tmp_path / "log", death_signal=signal.SIGQUIT)
    finally:
        signal.signal(signal.SIGQUIT, before)

    child.send_signal(signal.SIGQUIT)

    assert child.wait(timeout=30) == -signal.SIGQUIT
