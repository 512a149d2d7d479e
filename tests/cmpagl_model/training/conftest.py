"""A tiny lite model, its tokenizer, and painted pictures with sentences about their colour."""

import resource
import signal
from dataclasses import replace

import pytest
import torch

from cmpagl_model.config import variant
from cmpagl_model.network import create_model
from cmpagl_model.training.context import RunContext
from cmpagl_model.training.distributed import ProcessGroup
from cmpagl_model.training.precision import Compute
from cmpagl_model.training.settings import (
    Batch,
    DataSource,
    Rates,
    RunConfig,
    Schedule,
)
from tests.cmpagl_model.training.tiny import (
    WORDS,
    Heard,
    paint,
    tiny_config,
    tiny_tokenizer,
)


@pytest.fixture(autouse=True)
def _one_seeded_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture(scope="package")
def tokenizer():
    """Words to numbers between [CLS] and [SEP], as BERT's does it."""
    return tiny_tokenizer()


@pytest.fixture(scope="package")
def config():
    """cmpagl_lite with its stem, four narrow text layers and a 4 x 4 map."""
    return tiny_config()


@pytest.fixture
def model(config):
    """The tiny model with random weights."""
    return create_model(config)


@pytest.fixture(scope="package")
def painted(tmp_path_factory):
    """Sixteen noisy pictures of four colours, two sentences each."""
    return paint(tmp_path_factory.mktemp("painted"))


@pytest.fixture
def heard():
    """A listener that remembers."""
    return Heard()


@pytest.fixture(scope="package")
def make_context():
    """A context on the CPU in float32: four pictures a step, quick rates; fields may be changed."""

    def make(folder, group=None, dtype=torch.float32, **changes):
        settings = {
            "data": (DataSource("none.json"),),
            "folder": str(folder),
            "schedule": Schedule(epochs=2, decay_epochs=1, warmup_steps=2),
            "batch": Batch(pictures=4),
            "rates": Rates(image=3e-4, text=1e-3, new=1e-3),
            "picture_px": 72,
            **changes,
        }
        compute = Compute(torch.device("cpu"), dtype)
        return RunContext(RunConfig(**settings), compute, group or ProcessGroup())

    return make


@pytest.fixture(scope="package")
def base_config():
    """cmpagl_base with two narrow stages, two text layers and one fusion layer."""
    base = variant("cmpagl_base", fusion_layers=1, embedding_size=16)
    gswin = replace(base.image.gswin, dims=(16, 32), depths=(1, 1), heads=(2, 4), window=4)
    text = replace(
        base.text, layers=2, dim=24, heads=4, intermediate=40, vocabulary=len(WORDS), max_tokens=8
    )
    return replace(base, image=replace(base.image, input_px=32, gswin=gswin), text=text)


@pytest.fixture
def full_disk():
    """No file may grow beyond a limit, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def limit(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)
