"""What is learnt: both towers, or the fusion encoder on finished ones. Start at :mod:`.task`."""
