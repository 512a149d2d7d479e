"""The text tower is BERT's lower part; the fusion encoder its upper part, looking at the image."""

from dataclasses import replace

import pytest
import torch
from transformers.models.bert.modeling_bert import BertModel

from cmpagl_model.network import create_model
from cmpagl_model.network.pretrained import load_text_weights
from cmpagl_model.network.text import FusionEncoder, TextEncoder, bert_config

IDS = torch.tensor([[2, 17, 30, 5, 9, 3], [2, 44, 3, 0, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]])


@pytest.fixture
def bert(base_config, shake):
    """transformers' own BERT with three layers in the sizes of ``small_base``."""
    settings = bert_config(base_config.text, crossing=False)
    settings.num_hidden_layers = 3
    return shake(BertModel(settings, add_pooling_layer=False)).eval()


@torch.no_grad()
def test_text_tower_is_the_lower_part_of_bert(base_config, bert):
    model = create_model(base_config)
    load_text_weights(model, bert.state_dict())
    wanted = bert(IDS, MASK, output_hidden_states=True).hidden_states[base_config.text.layers]
    found = model.encode_text(IDS, MASK).tokens
    real = MASK.bool()
    torch.testing.assert_close(found[real], wanted[real], atol=1e-5, rtol=1e-5)


def test_fusion_encoder_starts_as_the_upper_part_of_bert(base_config, bert):
    model = create_model(base_config)
    load_text_weights(model, bert.state_dict())
    own, stock = model.fusion.layers[0].state_dict(), bert.encoder.layer[2].state_dict()
    assert {name for name in own if "crossattention" not in name} == set(stock)
    assert all(torch.equal(own[name], stock[name]) for name in stock)


@torch.no_grad()
@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_padding_does_not_change_a_sentence(base_config, shake, pooling):
    config = replace(base_config, text=replace(base_config.text, pooling=pooling))
    model = shake(create_model(config))
    alone = model.encode_text(IDS[1:, :3], MASK[1:, :3]).embedding
    padded = model.encode_text(IDS, MASK).embedding[1:]
    torch.testing.assert_close(padded, alone, atol=1e-5, rtol=0)
    other_words_in_the_padding = IDS.clone()
    other_words_in_the_padding[1, 3:] = 21
    again = model.encode_text(other_words_in_the_padding, MASK).embedding[1:]
    torch.testing.assert_close(again, alone, atol=1e-5, rtol=0)


@torch.no_grad()
def test_every_word_counts(small_model):
    whole = small_model.encode_text(IDS, MASK).embedding
    changed = IDS.clone()
    changed[0, 4] += 1
    assert (small_model.encode_text(changed, MASK).embedding - whole)[0].abs().max() > 1e-4


def test_pooling_takes_the_first_word_or_the_mean_of_the_real_ones(base_config):
    tokens = torch.tensor([[[2.0], [4.0], [9.0]], [[1.0], [5.0], [5.0]]])
    mask = torch.tensor([[1, 1, 0], [0, 0, 0]])
    pooled = {
        kind: TextEncoder(replace(base_config.text, pooling=kind)).pool(tokens, mask).tolist()
        for kind in ("cls", "mean")
    }
    assert pooled == {"cls": [[2.0], [1.0]], "mean": [[3.0], [0.0]]}


@torch.no_grad()
def test_layers_run_in_parts_give_the_same(base_config):
    text = TextEncoder(base_config.text).eval()
    tokens = text.run_layers(text.run_layers(text.embeddings(IDS), MASK, 0, 1), MASK, 1, 2)
    assert torch.equal(tokens, text(IDS, MASK))


@pytest.fixture
def fusion(base_config, shake):
    """A fusion encoder of two layers over images of another width than the words."""
    return shake(FusionEncoder(base_config.text, 2, image_dim=10)).eval()


@torch.no_grad()
def test_matching_sees_all_words_all_regions_and_no_padding(fusion):
    words, regions = torch.randn(2, 6, 24), torch.randn(2, 7, 10)
    logits = fusion(words, MASK, regions)
    assert logits.shape == (2, 2)

    def moved(place, what):
        changed = what.clone()
        changed[:, place] += 1.0
        found = fusion(*((changed, MASK, regions) if what is words else (words, MASK, changed)))
        return ((found - logits).abs().amax(dim=1) > 1e-5).tolist()

    assert moved(5, words) == [True, False]  # the last word, which is padding in sentence 1
    assert moved(2, words) == [True, True]
    assert all(moved(place, regions) == [True, True] for place in (0, 6))


def test_words_of_the_image_width_need_no_adapter(base_config):
    same = FusionEncoder(base_config.text, 1, image_dim=24)
    assert list(same.adapter.parameters()) == []
