"""``cmpagl info``: what an index holds, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cmpagl_model.records import metres

from . import options
from .app import PARTLY
from .stored import bring, name_of
from .text import count, listed, say, size

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="info", short_help="Say what an index holds and what is wrong with it.")
@options.index_argument
@options.as_json
@click.option(
    "--damage", is_flag=True, help="Write where chips could not be decoded, and why, to -o FILE."
)
@options.output(
    "With --damage: a .geojson, .gpkg, .fgb, .parquet or .csv file; replaced if it exists.",
    required=False,
)
def command(index: Path, output: Path | None, *, as_json: bool, damage: bool) -> int:
    """Say what an INDEX holds: scenes, chips, model, size and damage.

    Every part is read and its checksums are verified; exit code 3 if something is wrong.

    "content" is a hash of scenes, chips and model: the same for the same scenes on any machine.
    "embeddings" is one of all embeddings, bit for bit: processors of another kind round otherwise.
    """  # noqa: DOC501 - shown as help
    bring(index, quiet=as_json, compare=True)
    if damage != (output is not None):
        raise click.UsageError("--damage and -o FILE belong together: give both or none")
    if output is not None:
        from cmpagl_model.index.export import export_damage  # noqa: PLC0415 - help must not wait

        chips, problems = export_damage(index, output)
        click.echo(f"{output}: {count(chips, 'chip')} that could not be decoded")
        return options.report_problems(problems, "written")
    from cmpagl_model.index.summary import summarise  # noqa: PLC0415 - help must not wait

    summary = summarise(index)
    if as_json:
        click.echo(summary.to_json())
        return PARTLY if summary.problems else 0
    info = summary.info
    name = name_of(index)
    say(f"{name}: {count(summary.chips, 'chip')} of {count(len(summary.scenes), 'scene')}, "
               f"{size(summary.size_bytes)}")  # fmt: skip
    say(f"model {info.model.name}, fingerprint {info.model.fingerprint[:16]}, "
               f"{info.embedding_size} numbers a chip")  # fmt: skip
    if summary.content:
        click.echo(f"content {summary.content}")
    if summary.embeddings:
        click.echo(f"embeddings {summary.embeddings}")
    for scene in summary.scenes:
        sides = listed(metres(ground) for ground in scene.ground_sizes_m)
        say(
            f"  {scene.name}: {count(scene.chips, 'chip')}"
            + (f" of {sides}" if sides else "")
            + (f"; {scene.left_out:,} left out" if scene.left_out else "")
            + (f"; {scene.damaged:,} could not be decoded" if scene.damaged else "")
        )
    return options.report_problems(summary.problems)
