"""Times, sizes and lengths for a person, as rough as they are known."""

from __future__ import annotations

from cmpagl_qgis.texts import numeral, tr


def duration(seconds: float) -> str:
    """A time for a person, as rough as it is known.

    Args:
        seconds: 0 or more.

    Example:
        >>> duration(40), duration(330), duration(46800)
        ('under 1 min', 'about 6 min', 'about 13 h')
    """
    minutes = seconds / 60
    if minutes < 1:
        return tr("under 1 min")
    if minutes < 99.5:
        return tr("about {0} min").format(f"{minutes:.0f}")
    hours = minutes / 60
    if hours < 48:
        return tr("about {0} h").format(f"{hours:.0f}")
    return tr("about {0} days").format(f"{hours / 24:.0f}")


def megabytes(size_bytes: float) -> str:
    """A size on disk for a person; empty for nothing.

    Args:
        size_bytes: bytes.

    Example:
        >>> megabytes(0), megabytes(300_000), megabytes(9_400_000), megabytes(1_120_000_000)
        ('', '0.3 MB', '9 MB', '1.1 GB')
    """
    if not size_bytes:
        return ""
    megas = size_bytes / 1e6
    if megas >= 1000:
        return tr("{0} GB").format(numeral(f"{megas / 1000:,.1f}"))
    return tr("{0} MB").format(numeral(f"{max(megas, 0.1):.1f}") if megas < 2 else f"{megas:.0f}")


def rough_percent(share: float) -> str:
    """A limit in percent; a tenth tells a small one from none.

    Args:
        share: 0 to 1.

    Example:
        >>> rough_percent(0.304), rough_percent(0.004), rough_percent(0.00001)
        ('30 %', '0.4 %', '0.1 %')
    """
    if share < 0.01:
        return f"{numeral(f'{max(100 * share, 0.1):.1f}')} %"
    return f"{100 * share:.0f} %"


def length(metres: float) -> str:
    """A length on the ground for a person.

    Args:
        metres: above 0.

    Example:
        >>> length(0.0714), length(0.5), length(0.998), length(30.0), length(999.8), length(2880.0)
        ('7.1 cm', '50 cm', '1 m', '30 m', '1 km', '2.88 km')
    """
    if metres < 0.995:
        return tr("{0} cm").format(numeral(f"{metres * 100:.2g}"))
    metres = max(metres, 1.0)
    if metres < 999.5:
        return tr("{0} m").format(numeral(f"{metres:.3g}"))
    return tr("{0} km").format(numeral(f"{float(f'{metres / 1000:.3g}'):g}"))
