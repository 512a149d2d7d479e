"""Pin the fingerprints of the shipped models: ``python -m tools.pin_weights``, after new weights.

What is pinned is checked whenever a shipped model is opened, so that a damaged file is told of and
never searched with. ``--check`` says whether it is up to date; exit code 1 if not.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from cmpagl_model import model_folder
from cmpagl_model.atomic import write_bytes
from cmpagl_model.model_folder import fingerprinted, pinned_fingerprints, shipped_models

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the list, or check it.

    Args:
        arguments: the words after the module; ``None``: those of the process.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description="Pin the fingerprints of the shipped models.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if outdated")
    asked = parser.parse_args(arguments)
    found = {
        name: fingerprinted(model_folder.SHIPPED / name).fingerprint for name in shipped_models()
    }
    for name, fingerprint in found.items():
        print(f"{name} {fingerprint}")
    if asked.check:
        return int(found != pinned_fingerprints())
    page = json.dumps(found, indent=1, sort_keys=True) + "\n"
    write_bytes(model_folder.SHIPPED / model_folder.PINNED, page.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
