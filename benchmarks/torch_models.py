"""The same two models in plain PyTorch, written as its users write them."""

import torch
from torch import nn


class Seq2Seq(nn.Module):
    """Fixed vector: one GRU reads, one GRU writes; both are ``nn.GRU``, which is fused."""

    def __init__(self, vocab: int, embed_dim: int, state_dim: int):
        super().__init__()
        self.source_embedding = nn.Embedding(vocab, embed_dim)
        self.target_embedding = nn.Embedding(vocab, embed_dim)
        self.encoder = nn.GRU(embed_dim, state_dim, batch_first=True)
        self.decoder = nn.GRU(embed_dim, state_dim, batch_first=True)
        self.output = nn.Linear(state_dim, vocab)

    def forward(self, source, target_in):
        _, state = self.encoder(self.source_embedding(source))
        states, _ = self.decoder(self.target_embedding(target_in), state)
        return self.output(states)

    @torch.no_grad()
    def greedy(self, source, length: int):
        _, state = self.encoder(self.source_embedding(source))
        token = torch.ones(len(source), 1, dtype=torch.long)
        tokens = []
        for _ in range(length):
            out, state = self.decoder(self.target_embedding(token), state)
            token = self.output(out).argmax(-1)
            tokens.append(token)
        return torch.cat(tokens, 1)


class Bahdanau(nn.Module):
    """Additive attention: a fused bidirectional encoder and a loop over ``nn.GRUCell``."""

    def __init__(
        self, vocab: int, embed_dim: int, encoder_dim: int, state_dim: int, align_dim: int
    ):
        super().__init__()
        self.source_embedding = nn.Embedding(vocab, embed_dim)
        self.target_embedding = nn.Embedding(vocab, embed_dim)
        self.encoder = nn.GRU(embed_dim, encoder_dim, batch_first=True, bidirectional=True)
        self.encoder_dim = encoder_dim
        self.initial = nn.Linear(encoder_dim, state_dim)
        self.query = nn.Linear(state_dim, align_dim, bias=False)
        self.key = nn.Linear(2 * encoder_dim, align_dim, bias=False)
        self.v = nn.Linear(align_dim, 1, bias=False)
        self.cell = nn.GRUCell(embed_dim + 2 * encoder_dim, state_dim)
        self.output = nn.Linear(state_dim + 2 * encoder_dim + embed_dim, vocab)

    def start(self, source):
        vectors, _ = self.encoder(self.source_embedding(source))
        state = torch.tanh(self.initial(vectors[:, 0, self.encoder_dim :]))
        return state, vectors, self.key(vectors)

    def step(self, state, vectors, keys, embedded):
        scores = self.v(torch.tanh(self.query(state)[:, None] + keys))[..., 0]
        weights = torch.softmax(scores, dim=-1)
        context = torch.bmm(weights[:, None], vectors)[:, 0]
        state = self.cell(torch.cat([embedded, context], -1), state)
        return state, torch.cat([state, context, embedded], -1)

    def forward(self, source, target_in):
        state, vectors, keys = self.start(source)
        read = []
        for embedded in self.target_embedding(target_in).unbind(1):
            state, out = self.step(state, vectors, keys, embedded)
            read.append(out)
        return self.output(torch.stack(read, 1))

    @torch.no_grad()
    def greedy(self, source, length: int):
        state, vectors, keys = self.start(source)
        token = torch.ones(len(source), dtype=torch.long)
        tokens = []
        for _ in range(length):
            state, out = self.step(state, vectors, keys, self.target_embedding(token))
            token = self.output(out).argmax(-1)
            tokens.append(token)
        return torch.stack(tokens, 1)


def train_step(model, optimizer, source, target):
    """One step as in the course: cross-entropy, a limit on the gradient's norm, Adam."""
    target_in = torch.cat([torch.ones_like(target[:, :1]), target[:, :-1]], 1)
    logits = model(source, target_in)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()
