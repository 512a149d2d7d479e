"""``cmpagl verify``: is every byte of an index what it was, and what mends it."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Literal

import click

from . import options
from .app import PARTLY
from .stored import bring, name_of
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.index.format import IndexInfo


@click.command(name="verify", short_help="Find any changed byte of an index, and mend it.")
@options.index_argument
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Read N chips from their scenes, encode them, and compare.  [default: none]",
)
@click.option("--repair", is_flag=True, help="Delete and make anew what is damaged, nothing else.")
@options.model("The model that made the index.  [default: the known one of its name]")
@options.device()
@options.as_json
def command(
    index: Path,
    *,
    sample: int,
    repair: bool,
    model: str | None,
    device: Literal["auto", "cpu", "cuda"],
    as_json: bool,
) -> int:
    """Read every byte of an INDEX and of its scenes, and compare them with their checksums.

    Exit code 3 if anything is not whole, or was not and could not be repaired.

    \b
    cmpagl verify town.cmpagl --sample 200
    cmpagl verify town.cmpagl --repair
    """
    from cmpagl_model.index.verify import verify_index  # noqa: PLC0415 - help must not wait

    def encoders(info: IndexInfo) -> Encoder:
        """The encoder that made an index.

        Raises:
            IndexMismatchError: if the model at hand is another one.
        """
        from cmpagl_model.encoders import open_encoder  # noqa: PLC0415 - only for --sample, --repair
        from cmpagl_model.index.format import check_model  # noqa: PLC0415
        from cmpagl_model.model_folder import find_model, known_as  # noqa: PLC0415

        folder = find_model(model or known_as(info.model))
        check_model(index, info, folder.id)
        return open_encoder(folder, device)

    bring(index, quiet=as_json, anew=True)
    report = verify_index(index, sample=sample, repair=repair, encoders=encoders)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report)))
        return PARTLY if report.problems else 0
    for one in report.repaired:
        say(f"repaired {one}")
    code = options.report_problems(report.problems)
    what = f"{count(report.chips, 'chip')} of {count(report.scenes, 'scene')}"
    if report.compared:
        what += f", {report.compared:,} encoded again and compared"
    wrong = count(len(report.problems), "problem") if report.problems else "whole"
    say(f"{name_of(index)}: {wrong}; {what}")
    return code
