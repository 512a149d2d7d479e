"""Lines in and lines out, without a process: whatever comes, it is read or refused by name."""

from __future__ import annotations

import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmpagl_model.server.channel import read_lines
from cmpagl_model.server.messages import (
    MAX_LINE_BYTES,
    Message,
    MessageError,
    ParameterError,
    error_line,
    page_of,
    progress_line,
    read_message,
    result_line,
)
from cmpagl_model.server.methods import METHODS
from cmpagl_model.server.parameters import parameters
from cmpagl_model.server.results import Nothing, Pictures
from cmpagl_model.server.translate import places_of
from cmpagl_model.server.wire_hits import WireHit

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def request(**changes):
    page = {"jsonrpc": "2.0", "id": 7, "method": "open", "params": {"index": "/x"}, **changes}
    return json.dumps({key: value for key, value in page.items() if value is not ...}).encode()


def test_requests_and_notifications():
    assert read_message(request()) == Message(7, "open", {"index": "/x"})
    assert read_message(request(params=...)) == Message(7, "open", {})
    assert read_message(request(id=...)) == Message(None, "open", {"index": "/x"})


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (b"", -32700, "no JSON"),
        (b"GDAL: warning", -32700, "no JSON"),
        (b'{"jsonrpc": "2.0", "id": 7', -32700, "no JSON"),
        (b"\xff\xfe", -32700, "no JSON"),
        (b"[" * 100_000, -32700, "no JSON"),
        (b'{"id": NaN}', -32700, "NaN is no number"),
        (b'{"id": 1e999}', -32600, "id: found 1e999, wanted a whole number"),
        (b'{"id": ' + b"9" * 5000 + b"}", -32600, r"id: found 9{20}\.\.\., wanted"),
        (b"[]", -32600, "batch"),
        (b"3", -32600, "JSON object"),
        (request(jsonrpc="1.0"), -32600, 'wanted "2.0"'),
        (request(id="7"), -32600, "wanted a whole number"),
        (request(id=True), -32600, "wanted a whole number"),
        (request(id=None), -32600, "wanted a whole number"),
        (request(method=5), -32600, "method"),
        (request(params=["/x"]), -32602, "named parameters"),
        (request(extra=1), -32600, "extra"),
    ],
)
def test_what_is_no_request_is_refused_by_name(line, code, said):
    with pytest.raises(MessageError, match=said) as refusal:
        read_message(line)
    assert refusal.value.code == code


@given(st.binary(max_size=200) | JSON.map(lambda page: json.dumps(page).encode()))
def test_any_bytes_are_a_message_or_a_refusal(line):
    refusal = None
    try:
        message = read_message(line)
    except MessageError as error:
        refusal = json.loads(error_line(error.number, error.code, str(error)))
    assert refusal["error"]["message"] if refusal else isinstance(message.method, str)


@given(st.sampled_from(sorted(METHODS)), st.dictionaries(st.text() | st.just("index"), JSON))
def test_any_parameters_are_a_record_or_a_refusal(method, values):
    kind, record, refusal = METHODS[method].params, None, ""
    try:
        record = parameters(kind, values, method)
    except ParameterError as error:
        refusal = str(error)
    assert refusal or isinstance(record, kind)


@given(JSON.filter(lambda page: isinstance(page, dict)))
def test_any_place_is_a_place_or_a_refusal(page):
    with pytest.raises(ParameterError):
        places_of([page], "like")


@given(
    st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=12),
    st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")),
    st.integers(1, 40),
)
def test_lines_come_whole_however_they_are_cut(lines, rest, piece):
    stream = io.BytesIO(b"".join(line + b"\n" for line in lines) + rest)
    read = list(read_lines(lambda _: stream.read(piece), limit=20))
    assert read == [line if len(line) <= 20 else None for line in lines]


def test_long_lines_are_never_kept():
    pieces = iter([b"x" * 1000] * 500 + [b"\n{}\n"])
    assert list(read_lines(lambda _: next(pieces, b""), limit=4096)) == [None, b"{}"]


def test_lines_out_are_one_line_of_ascii():
    hit = WireHit(
        1, 0.5, "/ü/\udcff\n\u2028.tif", (0, 0, 1, 1), 1.0, 100.0, "EPSG:1", {"a": (1, 2)}
    )
    line = result_line(7, hit)
    assert line.isascii()
    assert line.count(b"\n") == 1
    page = json.loads(line)["result"]
    assert page["scene"] == hit.scene
    assert page["window"] == [0, 0, 1, 1]
    assert "probability" not in page
    assert json.loads(progress_line(7, 1, 0, "a\nb"))["params"]["total"] == 0
    assert json.loads(error_line(None, -32700, "two\nlines"))["error"]["message"] == "two lines"
    assert json.loads(error_line(None, -32700, "x"))["id"] is None


def test_answers_that_fit_no_line_are_refused():
    page = json.loads(result_line(7, Pictures(("x" * (MAX_LINE_BYTES + 1),))))
    assert page["error"]["code"] == -32000
    assert "fewer hits" in page["error"]["message"]


@pytest.mark.parametrize("digits", [b"1" * 19, b"-" + b"9" * 19, b"7" * 5000])
def test_an_id_of_any_length_comes_back_as_it_was(digits):
    with pytest.raises(MessageError) as refusal:
        read_message(b'{"jsonrpc": "2.0", "id": ' + digits + b', "method": "open"}')
    line = error_line(refusal.value.number, refusal.value.code, str(refusal.value))
    assert line.startswith(b'{"jsonrpc":"2.0","id":' + digits + b',"error"')


def test_nulls_inside_lists_stay():
    assert page_of(Pictures((None, "a"))) == {"files": [None, "a"]}
    assert page_of(Nothing()) == {}


def test_numbers_that_are_none_are_never_sent():
    with pytest.raises(ValueError, match="not JSON compliant"):
        result_line(7, Pictures((math.nan,)))
