"""What the base install has no libraries for is not collected there, and said at the top."""

from __future__ import annotations

from importlib.util import find_spec

MISSING = [name for name in ("torch", "onnx") if find_spec(name) is None]
collect_ignore = [
    "cli/test_evaluate.py", "cli/test_models.py", "cli/test_train.py", "clips.py",
    "encoders/pairs.py", "encoders/test_cuda.py", "encoders/test_pair.py", "network",
    "server/test_models_at_hand.py", "server/test_other_models.py", "test_conversion.py",
    "test_model_item.py", "test_whole_way.py", "training",
] if MISSING else []  # fmt: skip


def pytest_report_header():
    """Name what is left out."""
    if not MISSING:
        return []
    return f"without {' and '.join(MISSING)}: {', '.join(collect_ignore)} are left out"
