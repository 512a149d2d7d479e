"""The tower task: what is frozen, what is learnt, and that its tricks change no figure."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from cmpagl_model.captions import load_pictures
from cmpagl_model.errors import ConfigError, DatasetError
from cmpagl_model.model_folder import TOKENIZER
from cmpagl_model.network import create_model, from_pretrained
from cmpagl_model.training.data.batches import make_batch
from cmpagl_model.training.data.forward import TrainingTowers
from cmpagl_model.training.data.sentences import positive_pairs
from cmpagl_model.training.distributed import ProcessGroup
from cmpagl_model.training.finish import write_model
from cmpagl_model.training.settings import Batch, Freezing, Losses
from cmpagl_model.training.tasks.losses import contrastive_loss, triplet_loss
from cmpagl_model.training.tasks.towers import TowerTask

ROWS = [0, 5, 10, 15]


@pytest.fixture
def make_task(tokenizer, make_context, tmp_path, painted, heard):
    """A prepared task of a model that does no dropping out."""

    def make(model, items=painted, **changes):
        task = TowerTask(model, tokenizer, make_context(tmp_path / "run", **changes))
        (tmp_path / "run").mkdir(exist_ok=True)
        task.prepare(items, painted[:4], heard)
        task.model.eval()
        return task

    return make


def twins(config):
    """Two models with the same weights."""
    first, second = create_model(config), create_model(config)
    second.load_state_dict(first.state_dict())
    return first, second


def learning(model):
    return {name for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}


def test_caches_and_memory_change_no_figure(config, make_task):
    """Cached frozen layers and held pictures against both made anew in the step."""
    first, second = twins(config)
    cached, plain = make_task(first), make_task(second, memory_gb=0.0)
    plain.prefetch(ROWS)
    for step in (0, 1):
        losses = [task.loss(ROWS, step) for task in (cached, plain)]
        assert losses[0].item() == pytest.approx(losses[1].item(), abs=2e-4)
        for loss in losses:
            loss.backward()
    assert learning(first) == learning(second)
    gradients = [m.text.layers[3].output.dense.weight.grad for m in (first, second)]
    torch.testing.assert_close(*gradients, atol=2e-5, rtol=2e-2)


def test_the_loss_is_that_of_the_plain_model(config, make_task, tokenizer):
    model = create_model(config)
    task = make_task(model, losses=Losses(triplet=0.5, beta=0.3, margin=0.4))
    data = task.data
    batch = make_batch(data, ROWS, 3, 64, task.context)
    image = model.encode_image(batch.views)
    texts = [data.sentences.texts[n] for n in batch.whole.numbers]
    ids, mask = (torch.tensor(part) for part in encoded(tokenizer, texts))
    positive = positive_pairs(ROWS, batch.whole.numbers, data.sentences)
    wanted = []
    for similarity in of_heads(image, model.encode_text(ids, mask)):
        wanted.append(contrastive_loss(similarity, positive, model.temperature()).item())
        wanted[-1] += 0.5 * triplet_loss(similarity, positive, 0.4, 0.3).item()
    assert len(wanted) == config.heads
    assert task.loss(ROWS, 3).item() == pytest.approx(sum(wanted) / len(wanted), abs=2e-4)


def of_heads(image, words):
    """Cosines of pictures and sentences by each projection head."""
    return torch.einsum("bkd,tkd->kbt", image.heads, words.heads)


def encoded(tokenizer, texts):
    rows = tokenizer.encode_batch(texts)
    return [row.ids for row in rows], [row.attention_mask for row in rows]


def test_freezing_is_what_the_settings_say(config, make_task):
    model = create_model(config)
    task = make_task(model, freezing=Freezing(frozen_stages=0, frozen_text_layers=1))
    task.loss(ROWS, 0).backward()
    found = learning(model)
    assert "image.stem.conv_stem.weight" in found
    assert "text.layers.1.output.dense.weight" in found
    assert not any(name.startswith(("text.layers.0.", "text.embed", "fusion.")) for name in found)
    whole = create_model(config)
    make_task(whole, freezing=Freezing(0, 0)).loss(ROWS, 0).backward()
    assert "text.embeddings.word_embeddings.weight" in learning(whole)


def test_train_mode_leaves_frozen_layers_and_statistics_alone(config, make_task):
    task = make_task(create_model(config))
    task.train_mode()
    model = task.model
    assert not model.image.stem.blocks[1].training
    assert not model.text.layers[2].training
    assert model.text.layers[3].training
    assert model.image.stage.training
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms
    assert not any(norm.training for norm in norms)


def test_rates_go_to_the_right_layers(config, base_config, tokenizer, make_context, tmp_path):
    def groups(model, **changes):
        task = TowerTask(model, tokenizer, make_context(tmp_path, **changes))
        names = {id(p): name for name, p in model.named_parameters()}
        return [{names[id(p)] for p in group.parameters} for group in task.parameter_groups()]

    image, text, new = groups(create_model(config))
    assert "image.stem.conv_head.weight" in image
    assert all(name.startswith("text.") for name in text)
    assert {"image.stem.fine.weight", "image_projection.weight", "log_temperature"} <= new
    assert "image_projection.norms.0.weight" in new
    assert not any("compression" in name for name in image | text | new)  # fitted, not learnt
    image, text, new = groups(create_model(base_config), stage="joint", freezing=Freezing(0, 0))
    assert {"image.patch_embed.proj.weight", "image.merges.0.reduction.weight"} <= image
    assert "image.stages.0.blocks.0.attn.qkv.weight" in image
    assert "fusion.layers.0.attention.self.query.weight" in text
    assert "image.stages.0.blocks.0.gamma" in new
    assert any("cross" in name for name in new)
    assert {"fusion.head.weight", "text_projection.weight"} <= new


def test_base_learns_everywhere(base_config, make_task):
    model = create_model(base_config)
    with torch.no_grad():  # at its start gamma is 0, and only it moves in the cross-attention
        for stage in model.image.stages:
            stage.blocks[0].gamma += 0.1
    task = make_task(model, stage="joint", freezing=Freezing(0, 0), picture_px=40)
    task.loss(ROWS, 0).backward()
    still = {n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()}
    # A shift of all keys changes no softmax; unused words have no gradient; map of one window.
    assert not {n for n in still if not n.endswith("key.bias")} - {
        n for n in still if "place" in n or "bias" in n
    }
    assert task.measure(model).mean_recall >= 0


def test_joint_adds_the_matching_loss(config, make_task):
    first, second = twins(config)
    towers = make_task(first)
    joint = make_task(second, stage="joint", losses=Losses(matching=2.0))
    plain, more = towers.loss(ROWS, 0), joint.loss(ROWS, 0)
    assert more.item() - plain.item() == pytest.approx(2 * 0.69, abs=0.5)  # ln 2: knows nothing
    more.backward()
    found = learning(second)
    assert {"fusion.head.weight", "fusion.adapter.weight"} <= found
    assert joint.loss(ROWS, 0).item() == more.item()  # negatives follow from seed and step
    assert joint.loss(ROWS, 1).item() != more.item()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stage": "joint"}, 'stage: found "joint" and a model without fusion encoder'),
        ({"freezing": Freezing(frozen_stages=9)}, "frozen_stages: found 9, wanted 0 to 7"),
        ({"freezing": Freezing(frozen_text_layers=5)}, "text_layers: found 5, wanted 0 to 4"),
        ({"losses": Losses(contrastive=0, triplet=0)}, 'both 0 at stage "towers"'),
        ({"group": ProcessGroup(0, 3)}, "found 4 for 3 processes, wanted a multiple"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    config, tokenizer, make_context, tmp_path, changes, said
):
    model = create_model(replace(config, fusion_layers=0))
    with pytest.raises(ConfigError, match=said):
        TowerTask(model, tokenizer, make_context(tmp_path, **changes))


def test_stages_of_a_stem_cannot_be_frozen_where_there_is_none(
    base_config, tokenizer, make_context, tmp_path
):
    with pytest.raises(ConfigError, match="found 2 for cmpagl_base, which has no convolutional"):
        TowerTask(create_model(base_config), tokenizer, make_context(tmp_path))


def test_pictures_damaged_in_an_epoch_are_left_out_of_the_loss(config, make_task, copied, heard):
    """The others' loss is what it would be without them."""
    task = make_task(create_model(config), copied, memory_gb=0.0, stage="joint")
    assert task.loss(ROWS, 0).isfinite()
    copied[5].path.write_text("no picture any more")
    task.loss(ROWS, 1).backward()
    assert all(p.grad.isfinite().all() for p in task.model.parameters() if p.grad is not None)
    assert len(heard.lines) == 1
    assert copied[5].path.name in heard.lines[0]
    assert "(1 of 16 pictures so far)" in heard.lines[0]
    batch = make_batch(task.data, ROWS, 1, 64, task.context)
    assert batch.whole.rows == (0, 10, 15)
    assert len(batch.whole.numbers) == 6
    image = task.model.encode_image(batch.views[[0, 2, 3]]).embedding
    kept = torch.tensor([0, 1, 4, 5, 6, 7])
    words = towers_of(task).words(task.model, batch.words).embedding
    found = batch.usable(task.model.encode_image(batch.views).embedding, words)
    torch.testing.assert_close(found[0], image)
    assert torch.equal(found[1], words[kept])


def test_a_batch_without_pictures_is_refused(config, make_task, copied):
    task = make_task(create_model(config), copied, memory_gb=0.0)
    for row in ROWS[:3]:
        copied[row].path.unlink()
    with pytest.raises(DatasetError, match="found 1 of 4 pictures of a batch readable, wanted 2"):
        task.loss(ROWS, 0)


@pytest.fixture
def copied(painted, tmp_path):
    """The painted pictures where they can be damaged."""
    found = []
    for item in painted:
        path = tmp_path / item.path.name
        path.write_bytes(item.path.read_bytes())
        found.append(replace(item, path=path))
    return found


def towers_of(task):
    """What runs the towers as the task does."""
    return TrainingTowers(task.context.config.freezing, task.context.compute)


@pytest.fixture(scope="module")
def teacher(config, tokenizer, tmp_path_factory):
    """A model folder of another model of the same kind."""
    folder = tmp_path_factory.mktemp("teacher")
    tokenizer.save(str(folder / TOKENIZER))
    torch.manual_seed(3)
    return str(write_model(create_model(config), folder / TOKENIZER, folder, fusion=False))


@torch.no_grad()
def test_a_teacher_shares_its_view_of_both_turns(
    config, make_task, tokenizer, teacher, painted, heard
):
    """Against its vectors by the torch model, mixed as docs/method.md has it."""
    model = create_model(config)
    losses = Losses(triplet=0.0, distillation=0.4)
    task = make_task(model, teachers=(teacher,), losses=losses)
    other = from_pretrained(teacher)
    batch = make_batch(task.data, ROWS, 2, 64, task.context)
    pixels = torch.from_numpy(load_pictures([painted[row].path for row in ROWS], 64))
    turned = torch.rot90(pixels, dims=(1, 2))
    seen = F.normalize(
        other.encode_image(pixels).embedding + other.encode_image(turned).embedding, dim=1
    )
    known = task.data.sentences
    said = []
    for number in batch.whole.numbers:
        ids, mask = (torch.tensor(part) for part in encoded(tokenizer, [known.texts[number]]))
        said.append(other.encode_text(ids, mask).embedding[0])
    soft = seen @ torch.stack(said).T / other.temperature()
    found = task.data.teacher.logits(batch.whole.rows, batch.whole.numbers)
    torch.testing.assert_close(found, soft, atol=2e-2, rtol=0)
    words = towers_of(task).words(model, batch.words)
    y = positive_pairs(ROWS, batch.whole.numbers, known).float()
    wanted = []
    for cosines in of_heads(model.encode_image(batch.views), words):
        similarity = cosines / model.temperature()
        for scores, own, taught in ((similarity, y, soft), (similarity.T, y.T, soft.T)):
            target = 0.6 * own / own.sum(1, keepdim=True) + 0.4 * taught.softmax(1)
            wanted.append(F.cross_entropy(scores, target).item())
    assert task.loss(ROWS, 2).item() == pytest.approx(sum(wanted) / len(wanted), abs=2e-3)
    assert [what for what, _ in heard.phases if "teacher" in what] == [
        "teacher 1 of 1: pictures", "teacher 1 of 1: sentences",
    ]  # fmt: skip


def test_a_teachers_vectors_are_kept_until_something_changes(
    config, make_task, teacher, heard, tmp_path
):
    def encoded_again():
        heard.phases.clear()
        task = make_task(create_model(config), teachers=(teacher,))
        return [what for what, _ in heard.phases if "teacher" in what], task.data.teacher

    first, kept = encoded_again()
    assert len(first) == 2
    second, again = encoded_again()
    assert second == []
    assert torch.equal(kept.images, again.images)
    assert torch.equal(kept.sentences, again.sentences)
    for path in (tmp_path / "run").glob("teacher_images_*.npy"):
        path.write_bytes(path.read_bytes()[:100])
    assert encoded_again()[0] == ["teacher 1 of 1: pictures"]
    assert "damaged, made anew" in heard.lines[-1]


def test_several_teachers_share_their_mean(config, make_task, teacher, heard, tmp_path):
    other = tmp_path / "other"
    torch.manual_seed(4)
    second = create_model(config)
    with torch.no_grad():
        second.log_temperature.add_(0.5)  # each is asked at its own temperature
    second = str(write_model(second, Path(teacher) / TOKENIZER, other, fusion=False))
    rows, numbers = [3, 1], [0, 2, 4]

    def logits(*teachers):
        return make_task(create_model(config), teachers=teachers).data.teacher.logits(rows, numbers)

    wanted = (logits(teacher) + logits(second)) / 2
    heard.phases.clear()
    for path in (tmp_path / "run").glob("teacher_*.npy"):
        path.unlink()
    torch.testing.assert_close(logits(teacher, second), wanted)
    told = [what for what, _ in heard.phases if "teacher" in what]
    assert told == [
        f"teacher {n} of 2: {what}" for n in (1, 2) for what in ("pictures", "sentences")
    ]
    assert not torch.allclose(logits(teacher), wanted, atol=1e-3)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_short_formats_learn_the_same_way(config, make_task, dtype):
    models, losses = twins(config), []
    for model, kind in zip(models, (torch.float32, dtype), strict=True):
        loss = make_task(model, dtype=kind).loss(ROWS, 0)
        loss.backward()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(losses[1], rel=0.03)
    gradients = [model.image_projection.weight.grad.flatten() for model in models]
    assert F.cosine_similarity(*gradients, dim=0) > 0.98


def test_one_sentence_a_picture(config, make_task):
    task = make_task(create_model(config), batch=Batch(pictures=4, sentences_per_picture=1))
    batch = make_batch(task.data, ROWS, 0, 64, task.context)
    assert (len(batch.whole.numbers), len(batch.views)) == (4, 4)
    assert task.loss(ROWS, 0).isfinite()
