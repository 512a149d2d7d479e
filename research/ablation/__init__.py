"""What each part of the method is worth: ``python -m research.ablation``."""
