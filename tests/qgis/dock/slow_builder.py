"""A build that goes on when it is told to: run by the engine's Python, a scene a line of input."""

import sys
from pathlib import Path

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.index.underway import Heartbeat
from tiling import ChipSpec

folder = Path(sys.argv[1])
encoder = open_encoder()
spec = ChipSpec(size_px=192, ground_sizes_m=(128.0,))
build_index([sys.argv[2]], folder, encoder, spec)
with Heartbeat(folder) as beacon:
    beacon.set_scenes(int(sys.argv[3]))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    for line in sys.stdin:
        build_index([line.strip()], folder, encoder, spec)
        beacon.finished()
        sys.stdout.write("done\n")
        sys.stdout.flush()
