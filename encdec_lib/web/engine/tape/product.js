// The matrix product of a tape, C (+)= A B over one memory: by WebAssembly's SIMD where the browser
// has it, else in plain JavaScript, which takes seven to ten times as long.

import { EngineError } from "./memory.js";
import { productModule } from "./wasm.js";

/** @typedef {import("./types.js").Floats} Floats */
/** @typedef {import("./types.js").MatrixProduct} MatrixProduct */

/**
 * The product over a WebAssembly memory; null where the browser cannot.
 * @param {WebAssembly.Memory} memory
 * @returns {MatrixProduct | null}
 */
export function simdProduct(memory) {
  for (const fused of [true, false]) {
    const bytes = productModule(fused);
    try {
      if (!WebAssembly.validate(bytes)) continue;
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
        tape: { memory },
      });
      return /** @type {MatrixProduct} */ (exports.product);
    } catch {
      return null; // a policy of the page forbids to compile
    }
  }
  return null;
}

/**
 * The same product in JavaScript. Four rows of B at a time: C is read and written a quarter as
 * often.
 * @param {Floats} heap
 * @returns {MatrixProduct}
 */
export function plainProduct(heap) {
  const bytes = heap.BYTES_PER_ELEMENT;
  return (m, n, k, a, rowOfA, columnOfA, b, rowOfB, c, rowOfC, add) => {
    const downA = rowOfA / bytes,
      acrossA = columnOfA / bytes,
      downB = rowOfB / bytes;
    for (let i = 0; i < m; i++) {
      const start = (c + i * rowOfC) / bytes,
        end = start + n;
      let atA = a / bytes + i * downA,
        atB = b / bytes,
        step = 0;
      if (!add) heap.fill(0, start, end);
      for (; step + 4 <= k; step += 4) {
        fourRows(heap, start, end, atA, acrossA, atB, downB);
        atA += 4 * acrossA;
        atB += 4 * downB;
      }
      for (; step < k; step++) {
        const factor = heap[atA];
        for (let to = start, from = atB; to < end; to++, from++) heap[to] += factor * heap[from];
        atA += acrossA;
        atB += downB;
      }
    }
  };
}

/**
 * Adds four rows of B, each times its number of A, to a row of C.
 * @param {Floats} heap
 * @param {number} start where the row of C begins
 * @param {number} end
 * @param {number} atA
 * @param {number} acrossA
 * @param {number} atB
 * @param {number} downB
 */
function fourRows(heap, start, end, atA, acrossA, atB, downB) {
  const first = heap[atA],
    second = heap[atA + acrossA],
    third = heap[atA + 2 * acrossA],
    fourth = heap[atA + 3 * acrossA];
  let b0 = atB,
    b1 = b0 + downB,
    b2 = b1 + downB,
    b3 = b2 + downB;
  for (let to = start; to < end; to++) {
    heap[to] +=
      first * heap[b0++] + second * heap[b1++] + (third * heap[b2++] + fourth * heap[b3++]);
  }
}

/**
 * @param {{heap: Floats, memory: WebAssembly.Memory | null}} place
 * @param {"simd" | "js" | undefined} wanted
 * @returns {{multiply: MatrixProduct, kind: "simd" | "js"}}
 */
export function productOver({ heap, memory }, wanted) {
  const fast = memory && wanted !== "js" ? simdProduct(memory) : null;
  if (fast) return { multiply: fast, kind: "simd" };
  if (wanted === "simd") {
    throw new EngineError(
      "This browser has no WebAssembly with SIMD: leave the product out, and it computes in plain " +
        "JavaScript.",
    );
  }
  return { multiply: plainProduct(heap), kind: "js" };
}

/**
 * Rows and columns exchanged.
 * @param {Floats} to
 * @param {Floats} from rows × cols
 * @param {number} rows
 * @param {number} cols
 */
export function transpose(to, from, rows, cols) {
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0, out = i; j < cols; j++, at++, out += rows) to[out] = from[at];
  }
}
