"""What packages show at their front, and what is found there still."""

import pytest

import cmpagl_model
import tiling
from cmpagl_model import evaluation, index, network, search

FORMERLY = {
    tiling: """BandError ChipPlan ChipRead ChipSpecError DamagedChip InputProblem
        NoGeoreferenceError OutsideAreaError PlannedChip SceneList SceneRecordError SkippedChip
        UnreadableSceneError check_unchanged crs_text footprint glance_at_scene is_there is_url
        same_file same_ground scene_checksum shell_word span_of text_of when_taken
        when_taken_by_names""",
    search: """Composed Feedback Followed Picture Watched Weighted keep read_area read_feedback
        read_parts read_query write_query""",
}


@pytest.mark.parametrize("package", [tiling, cmpagl_model, search, index, evaluation, network])
def test_ten_sorted_names_at_most(package):
    assert len(package.__all__) <= 10
    assert package.__all__ == sorted(package.__all__)
    assert all(getattr(package, name) is not None for name in package.__all__)


@pytest.mark.parametrize("package", FORMERLY)
def test_what_scripts_imported_from_there_is_found_still(package):
    for name in FORMERLY[package].split():
        assert name not in package.__all__
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018 - asked for in vain
