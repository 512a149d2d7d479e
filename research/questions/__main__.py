"""``python -m research.questions change|objects|siblings|where --scenes FOLDER --data FOLDER``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Measure one question and print its figures; 0 when done."""
    parser = argparse.ArgumentParser(prog="python -m research.questions", description=__doc__)
    parser.add_argument("question", choices=["change", "objects", "siblings", "where"])
    parser.add_argument("--scenes", type=Path, required=True, help="folder with real scenes")
    parser.add_argument(
        "--data", type=Path, help="folder with captioned pictures; siblings need none"
    )
    parser.add_argument("--model", default="cmpagl_lite", help="name or folder; of where alone")
    found = parser.parse_args(arguments)
    if found.data is None and found.question != "siblings":
        parser.error(f"{found.question}: found no --data, wanted the folder of pictures")
    with tempfile.TemporaryDirectory() as place:
        if found.question == "change":
            from .change import measure_copies, measure_masks  # noqa: PLC0415 - one of three

            measure_copies(found.scenes, Path(place))
            measure_masks(found.data / "sensors" / "change", Path(place))
        elif found.question == "where":
            from .where import measure_where  # noqa: PLC0415 - one of three

            measure_where(found.data / "rsicd", Path(place), found.model)
        elif found.question == "siblings":
            from .siblings import measure_places  # noqa: PLC0415 - one of three

            measure_places(found.scenes, Path(place))
        else:
            from .objects import measure_composites  # noqa: PLC0415 - one of three

            measure_composites(found.data / "vhr10", Path(place))
    return 0


if __name__ == "__main__":
    sys.exit(main())
