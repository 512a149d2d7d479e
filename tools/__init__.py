"""Helpers behind make: setting up, the demo, the size check. Never installed, never imported."""
