"""The network: a small transformer, read at its candidate's names, a head for each decision."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import AutoModel

from stancewatch.nlp.reader.slots import LEVELS, SLOTS


class Network(nn.Module):
    """ids, attention, own (1 at the candidate's names): int64 [batch, length] ->
    levels [batch, slots, 6], conditional [batch, slots], cue start and end [batch, length]."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(base, attn_implementation="eager")
        width = self.encoder.config.hidden_size
        self.ask = nn.Linear(width, width)
        self.mix = nn.Sequential(nn.Linear(3 * width, width), nn.GELU(), nn.Dropout(0.2))
        self.levels = nn.Linear(width, len(SLOTS) * len(LEVELS))
        self.conditional = nn.Linear(width, len(SLOTS))
        self.cue = nn.Linear(2 * width, 2)

    def forward(self, ids: Tensor, attention: Tensor, own: Tensor) -> tuple[Tensor, ...]:
        hidden = self.encoder(input_ids=ids, attention_mask=attention).last_hidden_state
        weight = own.unsqueeze(-1).to(hidden.dtype)
        width = hidden.shape[-1]
        names = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1.0)
        hidden_from = (attention.unsqueeze(-1).to(hidden.dtype) - 1.0) * 1e4
        asked = (hidden * self.ask(names).unsqueeze(1)).sum(-1, keepdim=True) / width**0.5
        told = (torch.softmax(asked + hidden_from, dim=1) * hidden).sum(1)
        mixed = self.mix(torch.cat([hidden[:, 0], names, told], dim=-1))
        levels = self.levels(mixed).view(-1, len(SLOTS), len(LEVELS))
        each = torch.cat([hidden, names.unsqueeze(1).expand_as(hidden)], dim=-1)
        cue = self.cue(each) + hidden_from
        return levels, self.conditional(mixed), cue[..., 0], cue[..., 1]
