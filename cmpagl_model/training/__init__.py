"""Training on captioned pictures. Start at :func:`~cmpagl_model.training.run.train`.

``cmpagl train`` calls it with settings from a TOML file
(:func:`~cmpagl_model.training.config_file.read_run_config`). What is trained is a
:class:`~cmpagl_model.training.tasks.task.Task`, driven by
:class:`~cmpagl_model.training.loop.Trainer`.
"""
