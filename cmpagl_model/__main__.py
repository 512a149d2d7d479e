"""``python -m cmpagl_model`` is ``cmpagl``."""

from cmpagl_model.cli import main

if __name__ == "__main__":
    main()
