"""Sentences go to the encoder shortest first, and their vectors come back in the order given."""

import numpy as np

from cmpagl_model.encoders.by_length import encode_by_length

TEXTS = ["a lake beside a road", "x" * 30, "forest", "a b c d e f g h"]


class Letters:
    """Says how many letters and words each sentence has, and notes the batches."""

    def __init__(self):
        self.batches = []

    def encode_texts(self, texts):
        self.batches.append(list(texts))
        return np.array([[len(text), len(text.split())] for text in texts], np.float32)


def test_vectors_are_in_the_order_given_and_batches_of_like_length():
    encoder, told = Letters(), []
    found = encode_by_length(encoder, TEXTS, 2, told.append)
    assert found.tolist() == [[len(text), len(text.split())] for text in TEXTS]
    assert encoder.batches == [["forest", "a b c d e f g h"], ["a lake beside a road", "x" * 30]]
    assert told == [2, 2]


def test_another_length_sorts_otherwise():
    encoder = Letters()
    found = encode_by_length(encoder, TEXTS, 3, length=lambda text: len(text.split()))
    assert encoder.batches == [["x" * 30, "forest", "a lake beside a road"], ["a b c d e f g h"]]
    assert found[1].tolist() == [30, 1]
