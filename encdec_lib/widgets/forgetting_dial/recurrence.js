// Recurrent layers in the page, with their gradient: the equations of
// encdec_lib/layers/recurrent.py for one sequence at a time, in double precision. Shape letters:
// S steps, E input width, D state width, G columns of a layer's matrices (D, 3D or 4D).
// tests/browser/test_forgetting_dial.py holds it to the Flax layers.

const GATES = { rnn: 1, linear: 1, gru: 3, lstm: 4 };
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Reads float32 numbers one after another: next(5) gives the next five. */
function reader(data) {
  let offset = 0;
  return (count) =>
    Float64Array.from({ length: count }, () => {
      const value = data.getFloat32(offset, true);
      offset += 4;
      return value;
    });
}

/** What forgetting_dial.py packed: layers with their projected inputs, and the last gradient. */
export function unpack(data, sizes, layers) {
  const next = reader(data),
    { steps, inputs: E, states: D } = sizes;
  const sequence = next(steps * E),
    other = next(E),
    gradient = next(D);
  return {
    gradient,
    layers: layers.map(({ name, kind }) => {
      const G = GATES[kind] * D;
      const W_in = next(E * G),
        W_rec = next(D * G),
        b_in = next(G);
      const b_rec = kind === "gru" ? next(G) : new Float64Array(G);
      const project = (u) => {
        const a = b_in.slice();
        for (let e = 0; e < E; e++) for (let g = 0; g < G; g++) a[g] += u[e] * W_in[e * G + g];
        return a;
      };
      const projected = Array.from({ length: steps }, (_, t) =>
        project(sequence.subarray(t * E, (t + 1) * E)),
      );
      const changed = [project(other), ...projected.slice(1)]; // another first input
      return { name, kind, D, G, W_rec, b_rec, projected, changed };
    }),
  };
}

/** The states after every step, h and, of an LSTM, c; and what the way back needs. */
export function forward(layer, projected, radius) {
  const { kind, D, G, W_rec, b_rec } = layer;
  let h = new Float64Array(D),
    c = new Float64Array(kind === "lstm" ? D : 0);
  return projected.map((a) => {
    const q = b_rec.slice(),
      step = { before: h, cBefore: c, q };
    for (let i = 0; i < D; i++) {
      const value = radius * h[i];
      if (value) for (let g = 0, w = i * G; g < G; g++, w++) q[g] += value * W_rec[w];
    }
    if (kind === "lstm") {
      const [i, f, g, o] = [0, 1, 2, 3].map((k) =>
        Float64Array.from({ length: D }, (_, d) =>
          (k === 2 ? Math.tanh : sigmoid)(a[k * D + d] + q[k * D + d]),
        ),
      );
      c = c.map((old, d) => f[d] * old + i[d] * g[d]);
      h = c.map((value, d) => o[d] * Math.tanh(value));
      Object.assign(step, { i, f, g, o });
    } else if (kind === "gru") {
      const r = h.map((_, d) => sigmoid(a[d] + q[d]));
      const z = h.map((_, d) => sigmoid(a[D + d] + q[D + d]));
      const n = h.map((_, d) => Math.tanh(a[2 * D + d] + r[d] * q[2 * D + d]));
      h = h.map((old, d) => (1 - z[d]) * n[d] + z[d] * old);
      Object.assign(step, { r, z, n });
    } else {
      h = h.map((_, d) => (kind === "rnn" ? Math.tanh(a[d] + q[d]) : a[d] + q[d]));
    }
    return Object.assign(step, { h, c });
  });
}

/** The gradient one step back, from that with respect to a step's h and c. */
function back({ kind, D, G, W_rec }, step, dh, dc, radius) {
  const dq = new Float64Array(G);
  const dBefore = new Float64Array(D),
    dcBefore = new Float64Array(dc.length);
  for (let d = 0; d < D; d++) {
    if (kind === "lstm") {
      const [i, f, g, o] = [step.i[d], step.f[d], step.g[d], step.o[d]];
      const out = Math.tanh(step.c[d]),
        total = dc[d] + dh[d] * o * (1 - out * out);
      dq[d] = total * g * i * (1 - i);
      dq[D + d] = total * step.cBefore[d] * f * (1 - f);
      dq[2 * D + d] = total * i * (1 - g * g);
      dq[3 * D + d] = dh[d] * out * o * (1 - o);
      dcBefore[d] = total * f;
    } else if (kind === "gru") {
      const [r, z, n] = [step.r[d], step.z[d], step.n[d]];
      const inner = dh[d] * (1 - z) * (1 - n * n);
      dq[d] = inner * step.q[2 * D + d] * r * (1 - r);
      dq[D + d] = dh[d] * (step.before[d] - n) * z * (1 - z);
      dq[2 * D + d] = inner * r;
      dBefore[d] = dh[d] * z; // what the gate lets pass unchanged
    } else {
      dq[d] = kind === "rnn" ? dh[d] * (1 - step.h[d] * step.h[d]) : dh[d];
    }
  }
  for (let i = 0; i < D; i++) {
    let sum = 0;
    for (let g = 0, w = i * G; g < G; g++, w++) sum += W_rec[w] * dq[g];
    dBefore[i] += radius * sum;
  }
  return [dBefore, dcBefore];
}

const norm = (...parts) =>
  Math.sqrt(
    parts.reduce((sum, part) => part.reduce((inner, value) => inner + value * value, sum), 0),
  );

/** The share of the gradient that is left n steps back, n = 0 to S. */
export function gradientReach(layer, steps, gradient, radius) {
  let dh = gradient,
    dc = new Float64Array(steps[0].c.length);
  const start = norm(gradient),
    shares = [1];
  for (let t = steps.length - 1; t >= 0; t--) {
    [dh, dc] = back(layer, steps[t], dh, dc, radius);
    shares.push(norm(dh, dc) / start);
  }
  return shares;
}

/** How far apart two runs are n steps after their first input, as a share of the distance then. */
export function distances(one, two) {
  const apart = one.map((step, t) =>
    norm(
      step.h.map((value, d) => value - two[t].h[d]),
      step.c.map((value, d) => value - two[t].c[d]),
    ),
  );
  return apart.map((distance) => distance / apart[0]);
}
