"""What ten verdicts are worth: ``python -m research.feedback``."""
