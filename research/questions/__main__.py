"""``python -m research.questions change|objects|where --scenes FOLDER --data FOLDER``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Measure one question and print its figures; 0 when done."""
    parser = argparse.ArgumentParser(prog="python -m research.questions", description=__doc__)
    parser.add_argument("question", choices=["change", "objects", "where"])
    parser.add_argument("--scenes", type=Path, required=True, help="folder with real scenes")
    parser.add_argument("--data", type=Path, required=True, help="folder with captioned pictures")
    parser.add_argument("--model", default="cmpagl_lite", help="name or folder; of where alone")
    found = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        if found.question == "change":
            from .change import measure_copies, measure_masks  # noqa: PLC0415 - one of three

            measure_copies(found.scenes, Path(place))
            measure_masks(found.data / "sensors" / "change", Path(place))
        elif found.question == "where":
            from .where import measure_where  # noqa: PLC0415 - one of three

            measure_where(found.data / "rsicd", Path(place), found.model)
        else:
            from .objects import measure_composites  # noqa: PLC0415 - one of three

            measure_composites(found.data / "vhr10", Path(place))
    return 0


if __name__ == "__main__":
    sys.exit(main())
