"""Training the towers. Start at :class:`~cmpagl_model.training.loop.Trainer`."""
