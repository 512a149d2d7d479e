"""``cmpagl index``: scenes in, an index out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import click

from tiling import ChipSpec
from tiling.errors import shell_word

from . import options
from .app import REFUSED
from .stored import name_of
from .text import count, listed, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.index import BuildReport


@dataclass(frozen=True, slots=True)
class Division:
    """How the work is divided, in at most one way."""

    rebuild: bool
    """Whether all scenes of the index are encoded again, by this process."""
    shard: str | None
    """The share of this process, such as ``3/8``; ``None``: all of it."""
    engine: Literal["dask", "ray"] | None
    """Whose workers share it; ``None``: there is no cluster."""
    address: str | None
    """Of the cluster's scheduler; ``None``: workers are started on this machine."""

    def __post_init__(self) -> None:
        """See that the options go together.

        Raises:
            UsageError: if there are two ways, or an address of no cluster.
        """
        if bool(self.shard) + bool(self.engine) + self.rebuild > 1:
            raise click.UsageError("--shard, --engine and --rebuild: give one of them")
        if self.address and not self.engine:
            raise click.UsageError(
                "found --address alone, wanted --engine dask or --engine ray, too"
            )


@click.command(name="index", short_help="Index scenes: GeoTIFF files, folders, globs, addresses.")
@click.argument("inputs", nargs=-1)
@options.index_output(
    "The index, a folder such as town.cmpagl, or an address such as s3://bucket/town.cmpagl; "
    "extended if it exists."
)
@click.option(
    "--chip-size",
    type=click.IntRange(16, 4096),
    metavar="PX",
    help="Side of a chip in px.  [default: what the model reads]",
)
@click.option(
    "--gsd",
    metavar="M|native",
    help="One scale: metres a chip pixel, or 'native' for the scene's own pixels.",
)
@click.option(
    "--scales",
    type=options.Numbers(float, "metres between commas such as 150,300,600"),
    metavar="M,M,...",
    help="Ground sides of chips in metres, such as 150,300,600.  [default: two or three "
    "sizes chosen for each scene]",
)
@click.option(
    "--overlap",
    type=click.FloatRange(0, 0.95),
    metavar="SHARE",
    help="How much of a chip its neighbour repeats, 0 to 0.95.  [default: 0.5]",
)
@click.option(
    "--bands",
    type=options.Numbers(int, "numbers between commas such as 3,2,1"),
    metavar="R,G,B",
    help="Bands for red, green, blue, from 1; one number for grey.  [default: chosen]",
)
@click.option(
    "--stretch",
    metavar="HOW",
    help="auto, none, percentile, or LOW,HIGH: the values that become black and white.  "
    "[default: auto]",
)
@click.option(
    "--min-valid",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Chips with less valid pixels are left out, 0 to 1.  [default: 0.25]",
)
@click.option(
    "--bbox",
    type=options.Numbers(float, "degrees such as 4.2,51.8,4.6,52.0", count=4),
    metavar="W,S,E,N",
    help="Only chips that touch this box, degrees.  [default: whole scenes]",
)
@click.option(
    "--crs",
    metavar="CRS",
    help="The CRS of the scenes given, such as EPSG:28992, where their files name none or a wrong "
    "one; kept with them.  [default: the file's]",
)
@click.option(
    "--batch-size",
    type=click.IntRange(1, 4096),
    default=64,
    show_default=True,
    metavar="N",
    help="Chips encoded at a time.",
)
@options.device()
@options.model("The model that embeds the chips.", default="cmpagl_lite")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Encode all scenes of the index anew, with this model and these options.",
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Make share I of N only, such as 3/8; the others are made by other processes. Once all "
    "are made, the same command without it finishes.",
)
@click.option(
    "--engine",
    type=click.Choice(["dask", "ray"]),
    help="Share the work out among the workers of a Dask or Ray cluster.",
)
@click.option(
    "--address",
    metavar="ADDRESS",
    help="Of the cluster's scheduler, such as tcp://10.0.0.5:8786.  [default: workers on this "
    "machine]",
)
@options.quiet
@options.collect("divided", lambda: Division)
def command(  # noqa: PLR0913 - an argument for each option
    *, inputs: tuple[str, ...], output: Path, model: str, crs: str | None, batch_size: int,
    device: Literal["auto", "cpu", "cuda"], divided: Division, quiet: bool, **chips: Any,
) -> int:  # fmt: skip
    """Index scenes: files, folders, globs or addresses (https, s3, gs, az) of rasters.

    GeoTIFF, COG, JPEG 2000, Erdas Imagine, GeoPackage, MBTiles, VRT; Landsat and Sentinel-2 folders
    are put together from their bands. Running it again does only what is new or changed; a stopped
    run goes on where it was.

    \b
    cmpagl index scenes/ more/*.tif -o town.cmpagl
    cmpagl index s2/*.tif -o farms.cmpagl --bands 3,2,1 --scales 1000,3000
    """  # noqa: DOC501 - shown as help
    from cmpagl_model.encoders import open_encoder  # noqa: PLC0415 - after usage is checked
    from cmpagl_model.index import build_index, rebuild_index  # noqa: PLC0415
    from cmpagl_model.index.cluster import Cluster, Encoding, index_on_cluster  # noqa: PLC0415
    from cmpagl_model.index.shard import Shard  # noqa: PLC0415
    from cmpagl_model.model_folder import find_model, known_models  # noqa: PLC0415

    from .models_command import convert_once  # noqa: PLC0415
    from .progress import BuildBar  # noqa: PLC0415

    if not inputs and not divided.rebuild:
        raise click.UsageError("give a scene: a file, a folder, a glob or an address")
    share = Shard.of(divided.shard) if divided.shard else None
    convert_once(model)
    found = find_model(model)
    spec = _spec(found.config.image.input_px, **chips)
    encoder = open_encoder(found, device)
    with BuildBar(quiet=quiet) as bar:
        if divided.engine:
            report = index_on_cluster(
                inputs, output, Encoding(model, device, batch_size), spec,
                cluster=Cluster(divided.engine, divided.address), crs=crs, progress=bar,
            )  # fmt: skip
        else:
            build = rebuild_index if divided.rebuild else partial(build_index, shard=share)
            report = build(
                inputs, output, encoder, spec, batch_size=batch_size, progress=bar,
                crs_of=lambda _path: crs,
            )  # fmt: skip
    if report.scenes and not quiet:
        known = model == found.name and model in known_models()
        _summarise(report, output, encoder.device, "" if known else f" --model {shell_word(model)}")
    for note in report.notes:
        click.echo(f"cmpagl: note: {note}", err=True)
    code = options.report_problems((*report.problems, *report.damaged))
    return code if report.scenes or share else REFUSED


def _spec(
    size_px: int, *, chip_size: int | None, gsd: str | None, scales: tuple[float, ...] | None,
    **others: Any,
) -> ChipSpec | None:  # fmt: skip
    """The chip specification, or ``None`` if nothing was said about chips.

    Raises:
        UsageError: if a number cannot be read or options exclude each other.
        ChipSpecError: if a value is out of range.
    """
    if gsd and scales:
        raise click.UsageError("--gsd gives one scale and --scales several; give one of both")
    try:
        gsd_m = None if gsd in {None, "native"} else float(gsd or "")
    except ValueError:
        raise click.UsageError(f"--gsd: found {gsd!r}, wanted metres such as 0.5") from None
    return ChipSpec.wished(
        size_px, size_px=chip_size, gsd_m=gsd_m, native=gsd == "native" or None,
        ground_sizes_m=scales, **others,
    )  # fmt: skip


def _summarise(report: BuildReport, output: Path, device: str, model: str) -> None:
    speed = report.encoded / report.seconds if report.seconds else 0.0
    name = name_of(output)
    say(
        f"{name}: {count(report.scenes, 'scene')} ready, {report.unchanged} of them unchanged; "
        f"{count(report.encoded, 'chip')} encoded in {report.seconds:.1f} s "
        f"({speed:,.0f} chips/s, {device})"
    )
    not_encoded = [f"{number:,} {reason}" for reason, number in report.skipped]
    if report.duplicates:
        not_encoded.append(f"{report.duplicates:,} with the pixels of another")
    if report.present:
        not_encoded.append(f"{report.present:,} indexed before")
    if not_encoded:
        say(f"not encoded: {listed(not_encoded)}")
    if report.encoded:
        say(f'next: cmpagl search {shell_word(name)} "boats on a canal beside a factory"{model}')
