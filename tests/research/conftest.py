"""What tests of research share with those of evaluation."""

from tests.cmpagl_model.evaluation.conftest import paint

__all__ = ["paint"]
