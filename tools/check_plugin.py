"""What the plugin site's scan refuses, looked for before it is uploaded, and stricter.

The site runs bandit, detect-secrets and flake8 over the zip; a blocking finding stops the upload.
Here every rule of bandit counts, ``nosec`` comments do not, and flake8 has the rules for QGIS.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = "cmpagl_qgis"

# Rules of flake8 that do not hold here, each with its reason.
IGNORED = (
    "E203",  # blanks in slices, as ruff's formatter sets them
    "E501",  # ruff holds the length, with its own exceptions
    "W503",  # operators at the start of a line, as ruff's formatter sets them
    "QGS105",  # iface is handed over, not imported: so tests can hand over another
    "QGS2",  # experimental: guesses by the method's name, and means addAction and setValue too
)


def bandit_findings(folder: Path) -> list[str]:
    """Findings of bandit with all its rules, a line each.

    Args:
        folder: the plugin's package.
    """
    report = json.loads(_output("bandit", "-r", "-q", "--ignore-nosec", "-f", "json", str(folder)))
    found = [f"{error['filename']}: {error['reason']}" for error in report["errors"]]
    found += [
        f"{each['filename']}:{each['line_number']}: {each['test_id']} {each['issue_text']}"
        for each in report["results"]
    ]
    return found if report["metrics"]["_totals"]["loc"] else [f"bandit read nothing in {folder}"]


def secrets_findings(folder: Path) -> list[str]:
    """Findings of detect-secrets with all its detectors, a line each.

    Args:
        folder: the plugin's package.
    """
    # In the folder's parent: given a path from elsewhere, this version reads nothing.
    options = ("scan", "--all-files", "--force-use-all-plugins")
    report = json.loads(_output("detect_secrets", *options, folder.name, cwd=folder.parent))
    return [
        f"{name}:{each['line_number']}: {each['type']}"
        for name, results in report["results"].items()
        for each in results
    ]


def flake8_findings(folder: Path) -> list[str]:
    """Findings of flake8 with the rules for QGIS, a line each.

    Args:
        folder: the plugin's package.
    """
    ignored = ",".join(IGNORED)
    return _output("flake8", "--isolated", f"--extend-ignore={ignored}", str(folder)).splitlines()


def _output(module: str, *arguments: str, cwd: Path = ROOT) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:  # 1: there are findings
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def main() -> int:
    """Say what was found; 1 if anything was."""
    folder = ROOT / PLUGIN
    failed = False
    for name, findings in (
        ("bandit", bandit_findings(folder)),
        ("detect-secrets", secrets_findings(folder)),
        ("flake8 with flake8-qgis", flake8_findings(folder)),
    ):
        print(f"{name}: {len(findings)} findings in {PLUGIN}")
        for finding in findings:
            print(f"  {finding}")
        failed = failed or bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
