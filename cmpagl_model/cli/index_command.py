"""``cmpagl index``: scenes in, an index out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from tiling import ChipSpec

from .app import PARTLY, REFUSED
from .text import count, listed, say

if TYPE_CHECKING:
    from cmpagl_model.index import BuildReport


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What the user asked for; ``None`` means not said."""

    inputs: tuple[str, ...]
    """Files, folders, globs, addresses."""
    output: Path
    """The index folder."""
    chip_size: int | None
    """Side of a chip, px."""
    gsd: str | None
    """Metres a chip pixel, or ``native``."""
    scales: str | None
    """Ground sides in metres, between commas."""
    overlap: float | None
    """Share that neighbours repeat."""
    bands: str | None
    """Band numbers between commas."""
    stretch: str | None
    """How values become 0 to 255."""
    min_valid: float | None
    """Least share of valid pixels."""
    batch_size: int
    """Chips encoded at a time."""
    device: Literal["auto", "cpu", "cuda"]
    """Where chips are encoded."""
    model: str
    """Name or folder of the model."""
    rebuild: bool
    """Whether to encode all scenes of the index anew."""
    quiet: bool
    """Whether to say nothing when all is well."""

    def check(self) -> None:
        """Refuse a call that names no scene.

        Raises:
            UsageError: if there is nothing to index.
        """
        if not self.inputs and not self.rebuild:
            raise click.UsageError("give a scene: a file, a folder, a glob or an address")

    def spec(self, size_px: int) -> ChipSpec | None:
        """The chip specification, or ``None`` if nothing was said about chips.

        Raises:
            UsageError: if numbers cannot be read or options exclude each other.
            ChipSpecError: if a value is out of range.
        """
        if self.gsd and self.scales:
            raise click.UsageError("--gsd gives one scale and --scales several; give one of both")
        wishes: dict[str, Any] = {
            "size_px": self.chip_size,
            "gsd_m": _number(self.gsd, "--gsd") if self.gsd not in {None, "native"} else None,
            "native": True if self.gsd == "native" else None,
            "ground_sizes_m": _numbers(self.scales, "--scales", float),
            "overlap": self.overlap,
            "bands": _numbers(self.bands, "--bands", int),
            "stretch": self.stretch,
            "min_valid": self.min_valid,
        }
        said = {name: wish for name, wish in wishes.items() if wish is not None}
        return ChipSpec(**{"size_px": size_px, **said}) if said else None


@click.command(name="index", short_help="Index scenes: GeoTIFF files, folders, globs, addresses.")
@click.argument("inputs", nargs=-1)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The index, a folder such as town.cmpagl; extended if it exists.",
)
@click.option(
    "--chip-size",
    type=click.IntRange(16, 4096),
    metavar="PX",
    help="Side of a chip in px.  [default: what the model reads, 160]",
)
@click.option(
    "--gsd",
    metavar="M|native",
    help="One scale: metres a chip pixel, or 'native' for the scene's own pixels.",
)
@click.option(
    "--scales",
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
    "--batch-size",
    type=click.IntRange(1, 4096),
    default=64,
    show_default=True,
    metavar="N",
    help="Chips encoded at a time.",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where chips are encoded.",
)
@click.option(
    "--model",
    default="cmpagl_lite",
    show_default=True,
    metavar="NAME|FOLDER",
    help="The model that embeds the chips.",
)
@click.option(
    "--rebuild",
    is_flag=True,
    help="Encode all scenes of the index anew, with this model and these options.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress bar and no summary.")
def command(**options: Any) -> int:  # fmt: skip
    """Index scenes: files, folders, globs or addresses (https, s3, gs, az) of rasters.

    GeoTIFF, COG, JPEG 2000, Erdas Imagine, GeoPackage, MBTiles, VRT; Landsat and Sentinel-2 folders
    are put together from their bands. Running it again does only what is new or changed; a stopped
    run goes on where it was.

    \b
    cmpagl index scenes/ more/*.tif -o town.cmpagl
    cmpagl index s2/*.tif -o farms.cmpagl --bands 3,2,1 --scales 1000,3000
    """
    from cmpagl_model.encoders import open_encoder  # noqa: PLC0415 - after usage is checked
    from cmpagl_model.index import build_index, rebuild_index  # noqa: PLC0415
    from cmpagl_model.model_folder import find_model  # noqa: PLC0415

    from .progress import BuildBar  # noqa: PLC0415

    asked = IndexOptions(**options)
    asked.check()
    model = find_model(asked.model)
    spec = asked.spec(model.config.image.input_px)
    encoder = open_encoder(model, asked.device)
    work = rebuild_index if asked.rebuild else build_index
    with BuildBar(quiet=asked.quiet) as bar:
        report = work(
            asked.inputs, asked.output, encoder, spec, batch_size=asked.batch_size, progress=bar
        )
    if report.scenes and not asked.quiet:
        _summarise(report, asked.output, encoder.device)
    return _exit_code(report)


def _exit_code(report: BuildReport) -> int:
    for note in report.notes:
        click.echo(f"cmpagl: note: {note}", err=True)
    for problem in (*report.problems, *report.damaged):
        say(f"cmpagl: {problem}", err=True)
    if not report.scenes:
        return REFUSED
    return PARTLY if report.problems or report.damaged else 0


def _summarise(report: BuildReport, output: Path, device: str) -> None:
    speed = report.encoded / report.seconds if report.seconds else 0.0
    say(
        f"{output}: {count(report.scenes, 'scene')} ready, {report.unchanged} of them unchanged; "
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
        say(f'next: cmpagl search {output} "boats on a canal beside a factory"')


def _number(text: str | None, option: str) -> float:
    try:
        return float(text or "")
    except ValueError:
        raise click.UsageError(f"{option}: found {text!r}, wanted metres such as 0.5") from None


def _numbers(text: str | None, option: str, kind: type) -> tuple[Any, ...] | None:
    if text is None:
        return None
    try:
        return tuple(kind(part) for part in text.split(","))
    except ValueError:
        raise click.UsageError(
            f"{option}: found {text!r}, wanted numbers between commas such as 3,2,1"
        ) from None
