"""The same models in plain PyTorch, written as its users write them."""

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


class Luong(nn.Module):
    """Luong's recipe without input feeding: fused GRUs, then all target steps score at once."""

    def __init__(self, vocab: int, embed_dim: int, encoder_dim: int, score: str, align_dim: int):
        super().__init__()
        self.score, self.encoder_dim, width = score, encoder_dim, 2 * encoder_dim
        self.source_embedding = nn.Embedding(vocab, embed_dim)
        self.target_embedding = nn.Embedding(vocab, embed_dim)
        self.encoder = nn.GRU(embed_dim, encoder_dim, batch_first=True, bidirectional=True)
        self.initial = nn.Linear(encoder_dim, width)
        self.decoder = nn.GRU(embed_dim, width, batch_first=True)
        if score == "general":
            self.W = nn.Linear(width, width, bias=False)
        if score == "additive":
            self.query = nn.Linear(width, align_dim, bias=False)
            self.key = nn.Linear(width, align_dim, bias=False)
            self.v = nn.Linear(align_dim, 1, bias=False)
        self.combine = nn.Linear(2 * width, width)
        self.output = nn.Linear(width, vocab)

    def start(self, source):
        vectors, _ = self.encoder(self.source_embedding(source))
        state = torch.tanh(self.initial(vectors[:, 0, self.encoder_dim :]))
        keys = {"general": "W", "additive": "key"}.get(self.score)
        return state[None], vectors, getattr(self, keys)(vectors) if keys else vectors

    def answer(self, states, vectors, keys, mask=None):
        if self.score == "additive":
            hidden = torch.tanh(self.query(states)[:, :, None] + keys[:, None])
            scores = self.v(hidden)[..., 0]
        else:
            scores = torch.bmm(states, keys.mT)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None], float("-inf"))
        contexts = torch.bmm(torch.softmax(scores, -1), vectors)
        return self.output(torch.tanh(self.combine(torch.cat([contexts, states], -1))))

    def forward(self, source, target_in, mask=None):
        state, vectors, keys = self.start(source)
        states, _ = self.decoder(self.target_embedding(target_in), state)
        return self.answer(states, vectors, keys, mask)

    @torch.no_grad()
    def greedy(self, source, length: int):
        state, vectors, keys = self.start(source)
        token = torch.ones(len(source), 1, dtype=torch.long)
        tokens = []
        for _ in range(length):
            states, state = self.decoder(self.target_embedding(token), state)
            token = self.answer(states, vectors, keys).argmax(-1)
            tokens.append(token)
        return torch.cat(tokens, 1)


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
