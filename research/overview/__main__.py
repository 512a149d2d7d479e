"""``python -m research.overview choose`` and ``... measure --model MODEL --data FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cmpagl_model.encoders import open_encoder
from cmpagl_model.model_folder import DEFAULT_MODEL, find_model


def main(arguments: list[str] | None = None) -> int:
    """Write the list of sentences, or print figures; 0 when done."""
    parser = argparse.ArgumentParser(prog="python -m research.overview", description=__doc__)
    parser.add_argument("what", choices=["choose", "measure"])
    parser.add_argument("--model", default=DEFAULT_MODEL, help="name or folder")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    said = parser.parse_args(arguments)
    if said.what == "choose":
        from .choose import write_chosen  # noqa: PLC0415 - one of two

        print(write_chosen(open_encoder(find_model(said.model))), "sentences")  # noqa: T201
        return 0
    from .measure import lines  # noqa: PLC0415 - one of two

    for line in lines(said.model, said.data):
        print(line, flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
