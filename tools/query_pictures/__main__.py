"""``python -m tools.query_pictures --scenes FOLDER [NAME ...]``."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path

from . import __name__ as package
from . import __path__ as places

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "images"


def main(arguments: list[str] | None = None) -> int:
    """Draw the named pictures, or all of them; 0 when all were drawn."""
    names = sorted(one.name for one in pkgutil.iter_modules(places) if one.name != "__main__")
    parser = argparse.ArgumentParser(prog="make query-pictures", description=__doc__)
    parser.add_argument("--scenes", type=Path, required=True, help="folder with GeoTIFFs")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(names)}")
    found = parser.parse_args(arguments)
    for name in found.names or names:
        if name not in names:
            parser.error(f"{name}: found no such picture, wanted one of {', '.join(names)}")
        importlib.import_module(f"{package}.{name}").draw(found.scenes, PICTURES)
        print(f"query-{name}: drawn into {PICTURES.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
