"""Files in an S3-compatible store: the same as on a disk, for whoever keeps, opens, cleans, backs up and restores them."""

import datetime as dt
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from moto.server import ThreadedMotoServer

from config.settings.files import file_store
from operations import clock, files, previews
from tests.operations.test_backup import Elsewhere, elsewhere  # noqa: F401 -- a fixture
from tests.processes import python
from tests.world import build

BUCKET = "kept"
KEY, SECRET = "a-key", "a/secret+with=signs"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that speaks S3, on a port of its own."""
    one = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    one.start()
    host, port = one.get_host_and_port()
    yield f"{host}:{port}"
    one.stop()


@pytest.fixture
def url(server: str) -> str:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{server}",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    if any(bucket["Name"] == BUCKET for bucket in client.list_buckets()["Buckets"]):
        for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
            client.delete_object(Bucket=BUCKET, Key=entry["Key"])
    else:
        client.create_bucket(Bucket=BUCKET)
    return f"s3://{KEY}:a%2Fsecret%2Bwith%3Dsigns@{server}/{BUCKET}/way/leave?tls=0"


@pytest.fixture
def store(url, settings, monkeypatch):
    monkeypatch.setenv("FILES_URL", url)
    settings.STORAGES = {**settings.STORAGES, "default": file_store(environ.Env(), Path("/nowhere"))}
    return default_storage


def keys(server: str) -> set[str]:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{server}",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    return {entry["Key"] for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", ())}


def test_what_is_kept_lies_below_the_prefix_once_and_private(store, server):
    first, second = (store.save("org/evidence/ab/abc", ContentFile(content)) for content in (b"one", b"two"))

    assert first != second  # nothing is ever written over
    assert keys(server) == {f"way/leave/{first}", f"way/leave/{second}"}
    assert store.open(first).read() == b"one"
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"http://{server}/{BUCKET}/way/leave/{first}", timeout=10)
    assert refusal.value.code == 403
    with pytest.raises(NotImplementedError):
        store.url(first)


def test_what_is_not_there_is_missed_as_on_a_disk(store):
    assert not store.exists("org/nothing")
    store.delete("org/nothing")
    with pytest.raises(FileNotFoundError):
        store.open("org/nothing")
    with pytest.raises(FileNotFoundError):
        store.get_modified_time("org/nothing")
    assert files.remove_unknown("org/evidence", known=lambda _paths: (), at=clock.now()) == 0


def test_what_no_row_speaks_of_is_removed_after_a_day(store):
    known, left = (store.save(f"org/evidence/{name[:2]}/{name}", ContentFile(b"x")) for name in ("abc", "abd"))
    at = clock.now()

    assert files.remove_unknown("org/evidence", known=lambda _paths: {known}, at=at) == 0
    assert files.remove_unknown("org/evidence", known=lambda _paths: {known}, at=at + dt.timedelta(days=2)) == 1
    assert (store.exists(known), store.exists(left)) == (True, False)


def test_a_preview_is_kept_once_and_shown(store):
    previews.keep_preview("org", "ab12", b"a picture")
    previews.keep_preview("org", "ab12", b"another")

    assert b"".join(previews.as_picture("org", "ab12").streaming_content) == b"a picture"


@pytest.mark.django_db
def test_evidence_opens_through_the_view_that_asks_for_the_right(store, client):
    world = build()
    evidence = world.evidence
    content = evidence.file.open().read()
    client.force_login(world.people["member"].user, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get(f"/o/acme/evidence/{evidence.pk}/")

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db(transaction=True)
def test_a_backup_takes_them_along_and_a_restore_puts_them_back(store, server, tmp_path, elsewhere, url):  # noqa: F811
    world = build()
    path, content = world.evidence.file.name, world.evidence.file.open().read()
    call_command("backup", tmp_path / "b")
    for name in [key.removeprefix("way/leave/") for key in keys(server)]:
        store.delete(name)

    done = elsewhere.manage("restore", str(tmp_path / "b"), FILES_URL=url)

    assert done.returncode == 0, done.stderr + done.stdout
    assert store.open(path).read() == content
    assert not (elsewhere.state / "files").exists()


def test_on_a_disk_nothing_of_it_is_loaded() -> None:
    code = "import sys; from django.core.files.storage import default_storage as s; s.exists('x'); sys.exit('boto3' in sys.modules)"
    with python(code, FILES_URL="") as process:
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    "url",
    [
        "s3://hunter2@host/bucket",
        "s3://key:hunter2@host",
        "s3://key:hunter2@host/",
        "https://key:hunter2@host/bucket",
        "s3://key:hunter2@host:port/bucket",
        "s3://key:hunter2@host/bucket?public=1",
        "hunter2",
    ],
)
def test_an_address_of_no_bucket_is_refused_without_being_quoted(monkeypatch, url):
    monkeypatch.setenv("FILES_URL", url)

    with pytest.raises(ImproperlyConfigured, match="FILES_URL") as refusal:
        file_store(environ.Env(), Path("/nowhere"))
    assert "hunter2" not in str(refusal.value)


def test_an_address_is_read(monkeypatch):
    monkeypatch.setenv("FILES_URL", "s3://k:s@[::1]:9000/bucket/a/b?region=eu-central-1")

    options = file_store(environ.Env(), Path("/nowhere"))["OPTIONS"]

    assert (options["endpoint_url"], options["bucket_name"], options["location"]) == (
        "https://[::1]:9000",
        "bucket",
        "a/b",
    )
    assert options["region_name"] == "eu-central-1"
