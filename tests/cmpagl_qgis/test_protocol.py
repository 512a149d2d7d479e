import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmpagl_qgis.engine.protocol import (
    LINE_LIMIT,
    Failure,
    LineBuffer,
    Progress,
    Result,
    decode,
    encode,
)
from cmpagl_qgis.errors import ProtocolError


def test_request_is_one_line_of_the_protocol():
    line = encode("search", {"query": "Gärten\nund Höfe"}, 7)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "jsonrpc": "2.0", "id": 7, "method": "search", "params": {"query": "Gärten\nund Höfe"},
    }  # fmt: skip
    assert "id" not in json.loads(encode("cancel", {"id": 7})).keys() - {"params"}


@pytest.mark.parametrize("params", [{"x": float("nan")}, {"x": object()}, {"x": "\ud800"}])
def test_what_is_no_json_is_not_sent(params):
    with pytest.raises(ProtocolError, match="cannot be written"):
        encode("search", params, 1)


def test_a_request_too_long_for_a_line_is_not_sent():
    with pytest.raises(ProtocolError, match=str(LINE_LIMIT)):
        encode("export", {"hits": "x" * LINE_LIMIT}, 1)


def test_messages():
    assert decode(b'{"jsonrpc":"2.0","id":1,"result":null}') == Result(1, None)
    assert decode(
        b'{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no","data":{"kind":"K"}}}'
    ) == Failure(1, -32000, "no", "K")
    assert decode(
        b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"bad"}}'
    ) == Failure(None, -32700, "bad", "")
    assert decode(
        b'{"jsonrpc":"2.0","method":"progress","params":{"id":4,"done":1,"total":0,"what":"x"}}'
    ) == Progress(4, 1, 0, "x")


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"[]",
        b"{}",
        b'{"jsonrpc":"2.0"}',
        b'{"jsonrpc":"2.0","id":1}',
        b'{"jsonrpc":"2.0","id":"1","result":1}',
        b'{"jsonrpc":"2.0","id":true,"result":1}',
        b'{"jsonrpc":"1.0","id":1,"result":1}',
        b'{"jsonrpc":"2.0","id":1,"result":NaN}',
        b'{"jsonrpc":"2.0","id":1,"error":"no"}',
        b'{"jsonrpc":"2.0","id":1,"error":{"message":"no"}}',
        b'{"jsonrpc":"2.0","method":"progress","params":{"id":1,"done":0.5,"total":2}}',
        b'{"jsonrpc":"2.0","method":"shout","params":{}}',
        b'{"jsonrpc":"2.0","id":1,"result":"\xff"}',
        b'{"jsonrpc":"2.0","id":1,"result":1} trailing',
        b"[" * 100_000,
    ],
)
def test_what_is_no_message_is_refused(line):
    with pytest.raises(ProtocolError):
        decode(line)


@given(st.lists(st.binary(min_size=1).filter(lambda b: not {10, 13} & set(b))), st.data())
def test_lines_come_whole_however_they_are_cut(lines, data):
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    buffer = LineBuffer(pytest.fail)
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += buffer.feed(stream[start:end])
    assert found == lines
    assert buffer.unfinished() == 0


def test_a_line_too_long_is_dropped_to_its_newline_and_reported_once():
    reports = []
    buffer = LineBuffer(reports.append, limit=10)
    assert buffer.feed(b"short\n" + b"x" * 11) == [b"short"]
    assert buffer.feed(b"x" * 50) == []
    assert buffer.feed(b"xx\nnext\r\nexact-len.\n") == [b"next", b"exact-len."]
    assert len(reports) == 1
    assert "10 bytes" in reports[0]
    assert buffer.feed(b"half") == []
    assert buffer.unfinished() == 4


def test_a_line_too_long_within_one_piece_is_no_line():
    reports = []
    assert LineBuffer(reports.append, limit=10).feed(b"x" * 11 + b"\nnext\n") == [b"next"]
    assert len(reports) == 1
