"""``python -m cmpagl_model.cli`` is ``cmpagl``."""

from .app import main

if __name__ == "__main__":
    main()
