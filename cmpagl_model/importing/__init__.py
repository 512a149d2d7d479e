"""Indexes from embeddings that others made. Start at :func:`.importer.import_files`."""
