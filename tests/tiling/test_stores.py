"""Scenes in object stores: an S3 server on this machine; Google's and Azure's settings alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tiling import (
    ChipSpec,
    TilingError,
    describe_scene,
    find_scenes,
    plan_chips,
    read_chips,
    stores,
)
from tiling.checksum import fingerprint_of_raster, same_file, scene_checksum
from tiling.errors import StoreError

SPEC = ChipSpec(size_px=64, native=True, overlap=0)


@pytest.fixture
def scenes(s3, make_scene):
    """Two scenes and other files in a bucket."""
    for number, key in enumerate(["in/town a.tif", "in/deep/er/b.TIF", "in/c.png", "in/_d.tif"]):
        local = make_scene(size=(128, 128 + number), name=f"{number}.tif")
        s3.put(key, Path(local).read_bytes())
    s3.put("in/notes.txt", b"none")
    s3.put("inner/e.tif", b"of another folder")
    return f"s3://{s3.bucket}"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("in/", ["in/deep/er/b.TIF", "in/town a.tif"]),
        ("in", ["in/deep/er/b.TIF", "in/town a.tif"]),
        ("in/*.tif", ["in/town a.tif"]),
        ("in/**/*.[tT]*", ["in/deep/er/b.TIF", "in/notes.txt", "in/town a.tif"]),
        ("i*/d?ep/**/b.*", ["in/deep/er/b.TIF"]),
        ("in/not-asked-for.tif", ["in/not-asked-for.tif"]),
    ],
)
def test_folders_and_patterns_of_a_bucket_are_listed(scenes, given, found):
    listed = find_scenes([f"{scenes}/{given}"])
    assert listed.paths == tuple(f"{scenes}/{key}" for key in found)
    assert not listed.problems


def test_what_leads_to_nothing_is_told_of(scenes):
    given = [f"{scenes}/in/*.jp2", f"{scenes}/none/", "s3://no-such-bucket/x/", "s3://b*/x.tif"]
    listed = find_scenes(given)
    said = [problem.reason for problem in listed.problems]
    assert not listed.paths
    assert [problem.path for problem in listed.problems] == given
    for line, words in zip(
        said, ["matches no file", "holds no raster", "no bucket no-such-bucket", "name one"],
        strict=True,
    ):  # fmt: skip
        assert words in line


def test_a_scene_in_a_bucket_is_read_as_one_on_disk(scenes, make_scene):
    local = make_scene(size=(128, 128))
    address = f"{scenes}/in/town a.tif"
    record = describe_scene(address, SPEC)
    assert record.path == address
    assert record.size_bytes == Path(local).stat().st_size
    far = list(read_chips(record, plan_chips(record, SPEC), SPEC))
    here = describe_scene(str(local), SPEC)
    near = list(read_chips(here, plan_chips(here, SPEC), SPEC))
    assert len(far) == len(near) == 4
    assert all((a.pixels == b.pixels).all() for a, b in zip(far, near, strict=True))


def test_an_unchanged_object_costs_one_question_and_a_changed_one_is_seen(s3, scenes, make_scene):
    address = f"{scenes}/in/town a.tif"
    record = describe_scene(address, SPEC)
    before = len(s3.asked())
    assert same_file(record, address)
    assert [method for method, _, _ in s3.asked()[before:]] == ["HEAD"]
    s3.put("in/town a.tif", Path(make_scene(size=(128, 100))).read_bytes())
    assert not same_file(record, address)
    assert scene_checksum(address) != record.checksum


def test_what_was_indexed_before_objects_had_their_tags_is_still_known(scenes):

    address = f"{scenes}/in/town a.tif"
    record = describe_scene(address, SPEC)
    old = replace(record, checksum=f"sha256:{fingerprint_of_raster(address)}")
    assert old.checksum != record.checksum
    assert same_file(old, address)


def test_what_a_store_refuses_is_said_in_words(scenes, monkeypatch):
    with pytest.raises(TilingError, match="does not exist"):
        scene_checksum(f"{scenes}/in/gone.tif")
    for odd, shown in (
        ("s3://me:secret@box/x", "s3://box/x has more than a bucket's name"),
        ("gs://my box/x", "gs://my box/x has more than"),
        ("s3://box?versions=1/x", "has more than"),
        ("s3://box/a/../x", r"has parts that no name in a store has"),
        ("az://box/./x", r"has parts that no name"),
        ("s3://box/a\nb", r"has parts that no name"),
    ):
        with pytest.raises(StoreError, match=shown) as told:
            stores.open_store(odd)
        assert "secret" not in str(told.value)
    with pytest.raises(StoreError, match="names no bucket"):
        stores.about("s3:///x.tif")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match=r"cannot be reached.*AWS_ENDPOINT_URL"):
        stores.about(f"{scenes}/in/c.png")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StoreError, match="no credentials were found; set AWS_ACCESS_KEY_ID"):
        stores.about(f"{scenes}/in/c.png")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(StoreError, match="no credentials were found; set AWS_ACCESS_KEY_ID"):
        stores.about(f"{scenes}/in/c.png")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "status code: 403 Forbidden: <Code>AccessDenied</Code>",
            r"refused .*\(AccessDenied\)",
        ),
        (
            "status code: 403 Forbidden: <Code>RequestTimeTooSkewed</Code>",
            "the clock of this machine is wrong",
        ),
        ("status code: 400 Bad: <Code>ExpiredToken</Code>", "keys have expired; get new ones"),
        ("status code: 301 Moved", "another region"),
        ("Error: status code: 404: <Code>ContainerNotFound</Code>", "no bucket box"),
        ("Generic GCS error: Error performing token request: x", "GOOGLE_APPLICATION_CREDENTIALS"),
        ("Generic Azure error: Account must be specified", "AZURE_STORAGE_ACCOUNT"),
        ("error sending request for https://x/?X-Amz-Signature=secret", r"reached \(no answer\)"),
    ],
)
def test_errors_of_stores_become_words_without_secrets(text, words):
    scheme = "gs" if "GCS" in text else "az" if "Azure" in text else "s3"
    with pytest.raises(StoreError, match=words) as caught, stores.asking(f"{scheme}://box/a"):
        raise OSError(text.replace("status", "non-2xx status"))
    assert "secret" not in str(caught.value)


def test_settings_are_found_by_the_names_that_gdal_and_others_have(s3, monkeypatch, tmp_path):
    for name in list(s3.environment):
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_S3_ENDPOINT": "minio.example:9000", "AWS_HTTPS": "NO", "AWS_NO_SIGN_REQUEST": "YES",
        "AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "maps",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "keys"),
        "AZURE_STORAGE_CONNECTION_STRING": "AccountName=me;AccountKey=a2V5MQ==;X",
        "GS_NO_SIGN_REQUEST": "yes",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    (tmp_path / "config").write_text("[profile maps]\nregion = eu-central-1\n")
    (tmp_path / "keys").write_text("[maps]\naws_access_key_id = A\naws_secret_access_key = B\n")
    used = [stores.open_store(f"{scheme}://box/a")[0].config for scheme in ("s3", "az", "gs")]
    assert used == [
        {
            "endpoint": "http://minio.example:9000", "region": "eu-central-1",
            "skip_signature": "true", "access_key_id": "A", "secret_access_key": "B",
            "bucket": "box",
        },
        {"account_name": "me", "account_key": "a2V5MQ==", "container_name": "box"},
        {"skip_signature": "true", "bucket": "box"},
    ]  # fmt: skip
    assert stores.server_of("az") == "me"
    options = stores.gdal_options()
    assert "AWS_S3_ENDPOINT" not in options  # GDAL reads it itself
    assert "AWS_NO_SIGN_REQUEST" not in options  # the same
    assert options["AZURE_STORAGE_ACCOUNT"] == "me"
    monkeypatch.delenv("AWS_NO_SIGN_REQUEST")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    assert stores.gdal_options()["AWS_NO_SIGN_REQUEST"] == "YES"
    monkeypatch.delenv("AWS_S3_ENDPOINT")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.example/base")
    options = stores.gdal_options()
    assert (options["AWS_S3_ENDPOINT"], options["AWS_HTTPS"]) == ("s3.example/base", "YES")


@pytest.mark.parametrize("scheme", ["s3", "gs", "az", "GS"])
def test_addresses_are_taken_apart(scheme):
    assert stores.is_stored(f"{scheme}://box/a b/c.tif")
    assert stores.split_address(f"{scheme}://box/a b/c.tif") == (scheme.lower(), "box", "a b/c.tif")
    assert stores.split_address(f"{scheme}://box") == (scheme.lower(), "box", "")


def test_stores_of_all_three_kinds_can_be_opened(monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "me")
    monkeypatch.setenv("GS_NO_SIGN_REQUEST", "YES")
    kinds = {"s3": "S3Store", "gs": "GCSStore", "az": "AzureStore"}
    for scheme, kind in kinds.items():
        store, key = stores.open_store(f"{scheme}://box/a/b.tif")
        assert (type(store).__name__, key) == (kind, "a/b.tif")
