"""A disk that fails at any moment: nothing is lost or there twice, the next call goes on."""

from __future__ import annotations

import pytest

from tests.cmpagl_model.index.campaign import CHANGES, Campaign
from tests.cmpagl_model.index.faults import CUTS, ERRORS, KILL, SHORT


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """Parts of 4 chips, so that a scene has two."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cmpagl_model.index.format.CHIPS_PER_PART", 4)
        yield Campaign(tmp_path_factory.mktemp("faults"))


def test_there_is_something_to_fail(campaign):
    for name in CHANGES:
        _, before, after, calls = campaign.prepared(name)
        assert calls > 10, name
        assert (before != after) == (name != "cache made")


@pytest.mark.parametrize("kind", [KILL, SHORT, *ERRORS, *CUTS])
def test_nothing_is_lost(campaign, kind):
    for fault in campaign.some(100 if kind == KILL else 25, 1, kind):
        campaign.run(fault)


def test_nothing_is_lost_where_the_next_try_is_killed_too(campaign):
    for fault in campaign.twice(20, 1, KILL, *CUTS):
        campaign.run(fault)
