"""What a run learns from: captioned pictures, their views and sentences, and teachers' targets.

Start at :func:`.gather.gather_data`, and at :mod:`.batches` for what a step reads.
"""
