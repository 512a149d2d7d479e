"""Take the pictures of docs/user-guide.md anew: those of the desktop test, made smaller."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "images" / "guide"
PICTURES = ("no-engine", "build", "results", "tiles", "like")
WIDEST_PX = 1170
QUALITY = 85


def shrink(source: Path, target: Path) -> None:
    """Save a picture for a page.

    Args:
        source: a screenshot.
        target: a ``.jpg``; replaced if it exists.
    """
    picture = Image.open(source).convert("RGB")
    picture.thumbnail((WIDEST_PX, WIDEST_PX), Image.Resampling.LANCZOS)
    picture.save(target, quality=QUALITY, subsampling=0, optimize=True)


def main() -> int:
    """Run the desktop test on the demo scenes and keep its pictures; 1 if it fails."""
    with tempfile.TemporaryDirectory(prefix="tour-") as place:
        kept = Path(place) / "kept"
        command = [sys.executable, "-m", "pytest", "-q", "tests/desktop/test_desktop.py"]
        environment = {
            **os.environ, "CMPAGL_DESKTOP_FOLDER": str(kept), "CMPAGL_DESKTOP_DEMO": "1",
        }  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        taken = kept / "desktop" / "pictures"
        missing = [name for name in PICTURES if not (taken / f"{name}.png").is_file()]
        if done.returncode or missing:
            lacking = f"; missing: {', '.join(missing)}" if missing else ""
            print(f"the desktop test failed, no picture was changed{lacking}", file=sys.stderr)
            return 1
        PAGES.mkdir(parents=True, exist_ok=True)
        for name in PICTURES:
            shrink(taken / f"{name}.png", PAGES / f"{name}.jpg")
    print(f"{PAGES.relative_to(ROOT)}: {len(PICTURES)} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
