"""Object stores (s3, gs, az): with whose keys they are asked, what lies there, what they refuse.

One library, obstore, asks all three. Settings are those of the environment by the names that GDAL,
the stores' own tools and obstore have for them, so that GDAL and obstore ask the same server with
the same keys.
"""

from __future__ import annotations

import configparser
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from obstore.store import ObjectStore

_SCHEMES = ("s3://", "gs://", "az://")
_YES = {"YES", "TRUE", "1", "ON"}
RETRY_TIMEOUT, REQUEST_TIMEOUT = timedelta(seconds=120), timedelta(seconds=40)
"""Of a store that fails, all tries of one request together; one try, which must be less or there
is no second: of what falls silent on the way the rest is asked for again."""
_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"non-2xx status code: (\d{3})")
_NO_NAME = re.compile(r"[@:?#%\\\s]")
"""What is in no bucket's name, and would mean something else before a path."""
_NO_BUCKET = {"NoSuchBucket", "ContainerNotFound", "InvalidBucketName"}
_NO_KEYS = re.compile(
    r"/latest/api/token|computeMetadata|token request|Account must be|Missing \w*Key|credential",
    re.IGNORECASE,
)
"""Where obstore looks for keys if none are set: only machines of the provider get some there."""
_LATE = {
    "RequestTimeTooSkewed": "the clock of this machine is wrong; set it",
    "ExpiredToken": "the keys have expired; get new ones",
}
"""What stores say of time, and what to do."""
_KEYS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; AWS_NO_SIGN_REQUEST=YES "
    "asks for public data without",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS; GS_NO_SIGN_REQUEST=YES asks for public data without",
    "az": "AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_ACCESS_KEY; AZURE_NO_SIGN_REQUEST=YES asks for "
    "public data without",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in an object store."""

    address: str
    """Where it lies."""
    size_bytes: int
    """Its length."""
    tag: str
    """What the store calls this content, or when it was put there."""


def is_stored(path: str) -> bool:
    """Whether a path is the address of something in an object store: s3, gs or az."""
    return path.lower().startswith(_SCHEMES)


def split_address(address: str) -> tuple[str, str, str]:
    """Scheme, bucket and key of an address.

    Raises:
        StoreError: if it names no bucket.
    """
    scheme, rest = address.split("://", 1)
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise StoreError(f"{address} names no bucket; write {scheme.lower()}://bucket/path")
    return scheme.lower(), bucket, key


def server_of(scheme: str) -> str:
    """What tells one store from another of the same scheme: its server, or the account."""
    if scheme == "s3":
        return str(_s3().get("endpoint", ""))
    if scheme == "gs":
        return str(_google().get("base_url", ""))
    return str(_azure().get("account_name", ""))


def open_store(address: str) -> tuple[ObjectStore, str]:
    """A bucket to be asked by obstore, and the key in it.

    Args:
        address: of anything in it.

    Raises:
        StoreError: if it names no bucket or no place in it, settings contradict, or obstore is not
            installed.
    """
    scheme, bucket, key = split_address(address)
    if _NO_NAME.search(bucket):
        shown = bucket.rpartition("@")[2]  # before it are keys, perhaps
        raise StoreError(
            f"{scheme}://{shown}/{key} has more than a bucket's name behind {scheme}://; write "
            f"{scheme}://bucket/path"
        )
    if {".", ".."} & {*key.split("/")} or not key.isprintable():
        raise StoreError(
            f"{address} has parts that no name in a store has (., .., line breaks); leave them out"
        )
    settings = {"s3": _s3, "gs": _google, "az": _azure}[scheme]()
    with asking(address):
        return _opened(f"{scheme}://{bucket}", tuple(sorted(settings.items()))), key


@lru_cache(maxsize=8)
def _opened(bucket: str, settings: tuple[tuple[str, str | bool], ...]) -> ObjectStore:
    """The same for all that ask: it keeps its connections."""
    from obstore.store import from_url  # noqa: PLC0415 - who has files only need not wait for it

    config: Any = dict(settings)
    client: Any = {"allow_http": True, "connect_timeout": "5s", "timeout": REQUEST_TIMEOUT}
    retries: Any = {"max_retries": 4, "retry_timeout": RETRY_TIMEOUT}
    return from_url(bucket, config=config, client_options=client, retry_config=retries)


@contextmanager
def asking(address: str, *, writing: bool = False) -> Iterator[None]:
    """While a store is asked: what it and the network refuse becomes words.

    Args:
        address: what is asked for.
        writing: whether something is put or deleted there.

    Raises:
        StoreError: in place of obstore's errors, which are its causes.
        FileNotFoundError: if the store is there, and nothing under this address.
        FileExistsError: if something is, and it was asked to put only where nothing is.
    """
    try:
        from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError  # noqa: PLC0415
    except ImportError as error:
        raise StoreError(
            f"{address} needs obstore, which is not in this environment; pip install obstore"
        ) from error
    try:
        yield
    except AlreadyExistsError as error:
        raise FileExistsError(address) from error
    except (BaseError, OSError, ValueError) as error:  # it has builtin errors, too
        text = str(error)
        if isinstance(error, NotFoundError | FileNotFoundError) and not _no_bucket(text):
            raise FileNotFoundError(address) from error
        reason = _reason(address, text, writing=writing)
        raise StoreError(f"{address} {reason}") from error


def _no_bucket(text: str) -> bool:
    return bool({*_CODE.findall(text)} & _NO_BUCKET)


def _reason(address: str, text: str, *, writing: bool = False) -> str:
    """What is wrong and what to do; of the store's words no more than a code, for keys are secret.

    Args:
        address: what was asked for.
        text: obstore's error.
        writing: whether something was to be put or deleted there.
    """
    scheme, bucket, _ = split_address(address)
    code, found = _CODE.search(text), _STATUS.search(text)
    status = found[1] if found else ""
    said = code[1] if code else f"status {status}" if status else "no answer"
    first = text.partition("\n\n")[0]
    if _no_bucket(text):
        return f"leads nowhere: there is no bucket {bucket}; check its name"
    if _NO_KEYS.search(first) and not code:
        return f"cannot be asked for: no credentials were found; set {_KEYS[scheme]}"
    if "redirect" in first or status in {"301", "307"}:
        return "lies in another region than the one asked; set AWS_REGION to the bucket's"
    if said in _LATE:
        return f"is refused by the store ({said}): {_LATE[said]}"
    reason, next_step = f"cannot be reached ({said})", "check the connection"
    if status in {"401", "403"} and writing:
        reason = f"may not be written to with these keys ({said})"
        next_step = f"set such that may: {_KEYS[scheme].partition(';')[0]}"
    elif status in {"401", "403"}:
        reason = f"is refused by the store ({said})"
        next_step = f"check its name, your rights and {_KEYS[scheme]}"
    elif scheme == "s3":
        next_step += " and AWS_ENDPOINT_URL"
    return f"{reason}; {next_step}"


def about(address: str) -> StoredFile:
    """What a store says of a file.

    Args:
        address: of the file.

    Raises:
        StoreError: if the store cannot be asked.
        FileNotFoundError: if there is no such file.
    """
    store, key = open_store(address)
    with asking(address):
        import obstore  # noqa: PLC0415 - as above

        return _file(address, obstore.head(store, key))


def below(address: str) -> list[StoredFile]:
    """All files whose address begins with another one, by address.

    Args:
        address: of a folder, with a slash at its end, or of a bucket.

    Raises:
        StoreError: if the store cannot be asked.
    """
    scheme, bucket, _ = split_address(address)
    store, key = open_store(address)
    found = []
    with asking(address):
        import obstore  # noqa: PLC0415 - as above

        for page in obstore.list(store, prefix=key.rstrip("/") or None):
            found += [_file(f"{scheme}://{bucket}/{one['path']}", one) for one in page]
    return sorted(found, key=lambda one: one.address)


def _file(address: str, meta: Any) -> StoredFile:  # noqa: ANN401 - obstore has no types here
    changed = meta["last_modified"].isoformat()
    return StoredFile(address, int(meta["size"]), str(meta["e_tag"] or changed))


def matching(pattern: str) -> list[str]:
    """The files that a pattern in an object store means, by address.

    Args:
        pattern: such as ``s3://bucket/scenes/*.tif``; ``**`` stands for folders of any number.

    Raises:
        StoreError: if the store cannot be asked, or the bucket's name holds a star.
    """
    scheme, bucket, key = split_address(pattern)
    if has_magic(bucket):
        raise StoreError(f"{pattern} has a pattern for a bucket; name one, a pattern may follow")
    parts = key.split("/")
    fixed = next((n for n, part in enumerate(parts) if has_magic(part)), len(parts))
    folder = "/".join([f"{scheme}://{bucket}", *parts[:fixed], ""])
    found = (one.address for one in below(folder))
    return [one for one in found if fits_pattern(split_address(one)[2].split("/"), parts)]


def fits_pattern(names: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path fits a pattern, both in parts; ``**`` stands for folders of any number."""
    if not pattern or not names:
        return not pattern and not names
    if pattern[0] == "**":
        return fits_pattern(names, pattern[1:]) or fits_pattern(names[1:], pattern)
    return fnmatchcase(names[0], pattern[0]) and fits_pattern(names[1:], pattern[1:])


def gdal_options() -> dict[str, str]:
    """What GDAL is told beyond the environment, so that it asks the same server as obstore."""
    found, said = {}, os.environ
    s3 = _s3()
    endpoint = urlsplit(str(s3.get("endpoint", "")))
    if endpoint.netloc and "AWS_S3_ENDPOINT" not in said:
        found["AWS_S3_ENDPOINT"] = endpoint.netloc + endpoint.path.rstrip("/")
        found["AWS_HTTPS"] = "NO" if endpoint.scheme == "http" else "YES"
        found["AWS_VIRTUAL_HOSTING"] = "FALSE"
    # Not what it reads there itself: rasterio would leave that with GDAL for good.
    if s3.get("skip_signature") and "AWS_NO_SIGN_REQUEST" not in said:
        found["AWS_NO_SIGN_REQUEST"] = "YES"
    azure = _azure()
    for ours, theirs in (
        ("account_name", "AZURE_STORAGE_ACCOUNT"),
        ("account_key", "AZURE_STORAGE_ACCESS_KEY"),
    ):
        if ours in azure and theirs not in said:
            found[theirs] = str(azure[ours])
    return found


def _first(*names: str) -> str:
    """The first of some variables of the environment that says something; else ""."""
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _is_yes(*names: str) -> bool:
    return _first(*names).upper() in _YES


def _known(**values: str | bool) -> dict[str, str | bool]:
    return {name: value for name, value in values.items() if value}


def _s3() -> dict[str, str | bool]:
    """Obstore's settings for S3 and what speaks like it; what is not here it looks for itself."""
    # What the files of Amazon's own tools say of the profile in use, which obstore never reads.
    said, home = os.environ, Path.home() / ".aws"
    profile = _profile_in(
        _first("AWS_PROFILE", "AWS_DEFAULT_PROFILE") or "default",
        said.get("AWS_CONFIG_FILE") or str(home / "config"),
        said.get("AWS_SHARED_CREDENTIALS_FILE") or str(home / "credentials"),
    )
    endpoint = _first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    host = os.environ.get("AWS_S3_ENDPOINT", "")
    if host:  # GDAL's way, which it goes in any case
        secure = os.environ.get("AWS_HTTPS", "").upper() not in {"NO", "FALSE", "0"}
        endpoint = host if "://" in host else f"{'https' if secure else 'http'}://{host}"
    names = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
    told = {name: os.environ.get(name.upper(), "") for name in names}
    keys = told if told["aws_access_key_id"] else profile
    return _known(
        endpoint=endpoint or profile.get("endpoint_url", ""),
        region=_first("AWS_REGION", "AWS_DEFAULT_REGION") or profile.get("region", ""),
        skip_signature=_is_yes("AWS_NO_SIGN_REQUEST", "AWS_SKIP_SIGNATURE"),
        access_key_id=keys.get("aws_access_key_id", ""),
        secret_access_key=keys.get("aws_secret_access_key", ""),
        session_token=keys.get("aws_session_token", ""),
    )


@lru_cache(maxsize=8)
def _profile_in(name: str, config: str, credentials: str) -> dict[str, str]:
    found: dict[str, str] = {}
    section = name if name == "default" else f"profile {name}"
    for file, page in ((config, section), (credentials, name)):
        pages = configparser.RawConfigParser()
        try:
            pages.read(file, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeError):
            continue  # the store will say that keys are missing
        found.update(pages.items(page) if pages.has_section(page) else ())
    return found


def _google() -> dict[str, str | bool]:
    """Obstore's settings for Google's store."""
    return _known(
        base_url=os.environ.get("CPL_GS_ENDPOINT", "").rstrip("/"),
        skip_signature=_is_yes("GS_NO_SIGN_REQUEST", "GOOGLE_SKIP_SIGNATURE"),
    )


def _azure() -> dict[str, str | bool]:
    """Obstore's settings for Azure's store."""
    parts = os.environ.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";")
    line = dict(part.split("=", 1) for part in parts if "=" in part)
    return _known(
        account_name=_first("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT")
        or line.get("AccountName", ""),
        account_key=_first(
            "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY", "AZURE_STORAGE_MASTER_KEY"
        )
        or line.get("AccountKey", ""),
        sas_key=_first("AZURE_STORAGE_SAS_KEY", "AZURE_STORAGE_SAS_TOKEN")
        or line.get("SharedAccessSignature", ""),
        endpoint=line.get("BlobEndpoint", ""),
        skip_signature=_is_yes("AZURE_NO_SIGN_REQUEST", "AZURE_SKIP_SIGNATURE"),
    )
