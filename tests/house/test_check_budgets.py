"""The size check counts as it says, and names what is too large."""

from pathlib import Path

import pytest

from tools import check_budgets


@pytest.fixture
def write(tmp_path):
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def function(lines: int, parameters: str = "") -> str:
    return f"def f({parameters}):\n" + "    x = 1\n" * (lines - 1)


def broken(*paths: Path) -> list[str]:
    return check_budgets.problems(check_budgets.measure(paths))


def test_small_files_pass(write, capsys):
    path = write("small.py", function(3))
    assert check_budgets.main([str(path.parent)]) == 0
    assert "1 functions, median 3" in capsys.readouterr().out


def test_long_function_is_named_with_found_wanted_and_next_step(write, capsys):
    files = [write("long.py", function(71)), write("b.py", function(2)), write("c.py", function(2))]
    assert check_budgets.main([str(path) for path in files]) == 1
    line = capsys.readouterr().err.strip()
    assert line.endswith("long.py:1 f: found 71 lines, wanted at most 70; split it")


def test_long_file(write):
    files = [write("long.py", "x = 1\n" * 451), write("b.py", ""), write("c.py", "")]
    assert [line.partition(": ")[2] for line in broken(*files)] == [
        "found 451 lines, wanted at most 450; split it"
    ]


def test_medians(write):
    found = broken(write("a.py", function(13) + "x = 1\n" * 138))
    assert [line.partition(",")[0] for line in found] == [
        "median lines a file: found 151",
        "median lines a function: found 13",
    ]


@pytest.mark.parametrize(
    "parameters", ["a, b, c, d, e, f, g, h, i", "a, /, b, *c, d, e, f, g, h, **i"]
)
def test_ninth_parameter_of_any_kind(write, parameters):
    (line,) = broken(write("a.py", function(2, parameters)))
    assert "found 9 parameters, wanted at most 8" in line


def test_self_does_not_count(write):
    text = "class C:\n    def f(self, a, b, c, d, e, f, g, h): ...\n"
    assert broken(write("a.py", text)) == []


def test_docstring_does_not_count(write):
    docstring = '    """Say.\n' + "    much\n" * 80 + '    """\n'
    sizes = check_budgets.measure([write("a.py", f"def f():\n{docstring}    return 1\n")])
    assert sizes.functions[0].size == 2


def test_missing_folder_is_a_usage_error(capsys, tmp_path):
    with pytest.raises(SystemExit) as exit_info:
        check_budgets.main([str(tmp_path / "none")])
    assert exit_info.value.code == 2
    assert "not found" in capsys.readouterr().err
