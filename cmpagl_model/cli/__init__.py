"""The ``cmpagl`` command line. Start at :func:`main`; each subcommand has its own file.

Exit codes: 0 done; 1 refused, one line says why; 2 wrong usage; 3 done, but some inputs were
unreadable (listed); 130 stopped by hand.
"""

from .app import main

__all__ = ["main"]
