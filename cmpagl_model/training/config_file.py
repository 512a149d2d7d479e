"""A run's settings from a TOML file, strictly: what is not known is refused by name."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from cmpagl_model.config import VARIANTS, record_from_dict
from cmpagl_model.errors import ConfigError
from cmpagl_model.model_folder import shipped_models

from .settings import VARIANT_DEFAULTS, RunConfig, StartWeights

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_run_config(path: Path) -> RunConfig:
    """Read a run's settings.

    Args:
        path: a TOML file; its keys are the fields of :class:`~.settings.RunConfig`.

    Returns:
        The settings. Paths in them are absolute: relative ones start at the file's folder.

    Raises:
        ConfigError: if the file cannot be read, a key is unknown or a value is of another kind.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path}: no readable run settings ({error}); wanted a TOML file such as "
            "configs/own_scenes.toml"
        ) from error
    name = values.get("variant", RunConfig.__dataclass_fields__["variant"].default)
    if name not in VARIANTS:
        raise ConfigError(
            f"{path.name}.variant: found {name!r}, wanted one of {', '.join(VARIANTS)}"
        )
    merged = dict(values)
    for table, defaults in VARIANT_DEFAULTS[name].items():
        own = values.get(table, {})
        merged[table] = {**defaults, **own} if isinstance(own, dict) else own
    config = record_from_dict(RunConfig, merged, path.name)

    def absolute(text: str) -> str:
        return str(path.resolve().parent / Path(text).expanduser()) if text else ""

    def model(text: str) -> str:
        return text if text in shipped_models() else absolute(text)

    return replace(
        config,
        data=tuple(
            replace(
                source,
                captions=absolute(source.captions),
                images=absolute(source.images),
                extra=tuple(absolute(name) for name in source.extra),
            )
            for source in config.data
        ),
        start=StartWeights(image=absolute(config.start.image), text=absolute(config.start.text)),
        folder=absolute(config.folder),
        init=model(config.init),
        teachers=tuple(model(name) for name in config.teachers),
    )
