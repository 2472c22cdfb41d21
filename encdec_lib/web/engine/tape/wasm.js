// The matrix product C (+)= A B as a WebAssembly module that computes with four float32 at once.
//
// Four rows of C by eight columns stay in registers while k runs: each number of A and of B that is
// read serves several sums. What is left at the right and at the bottom goes by narrower blocks.

import {
  F32,
  f32,
  get,
  I32,
  i32,
  ifElse,
  increase,
  moduleOf,
  set,
  V128,
  v128,
  whileLess,
} from "./assembler.js";

/** @typedef {import("./assembler.js").Code} Code */

const ROWS = 4; // of C in one block

// The arguments, as in MatrixProduct of types.d.ts, and the locals after them, by their numbers.
const [M, N, K, A, ROW_OF_A, COLUMN_OF_A, B, ROW_OF_B, C, ROW_OF_C, ADD] = count(0, 11);
const [I, J, STEP, AT_B, AT_C] = count(11, 5);
const AT_A = count(16, ROWS);
const SUMS = count(20, 2 * ROWS),
  OF_B = count(28, 2),
  OF_A = 30;
const SUM = count(31, ROWS),
  ONE_OF_B = 35;
/** @type {[number, number][]} */
const LOCALS = [
  [5 + ROWS, I32],
  [2 * ROWS + 3, V128],
  [ROWS + 1, F32],
];

/**
 * @param {number} first
 * @param {number} length
 */
function count(first, length) {
  return Array.from({ length }, (_, n) => first + n);
}

/** @type {(x: Code, y: Code) => Code} */
const times = (x, y) => [...x, ...y, ...i32.multiply];
/** @type {(x: Code, y: Code) => Code} */
const plus = (x, y) => [...x, ...y, ...i32.add];

/**
 * Whether as many as `enough` are left of `end` from `counter` on.
 * @param {number} end
 * @param {number} counter
 * @param {number} enough
 */
const left = (end, counter, enough) => [
  ...get(end),
  ...get(counter),
  ...i32.subtract,
  ...i32.of(enough),
  ...i32.notLess,
];

/**
 * The bytes of the module, whose one export is product(…) of MatrixProduct. `fused` takes the
 * multiply-add of relaxed SIMD, which not every browser has.
 * @param {boolean} fused
 */
export function productModule(fused) {
  /** @param {number} rows */
  const band = (rows) => [
    ...i32.of(0),
    ...set(J),
    ...whileLess(
      J,
      N,
      ifElse(
        left(N, J, 8),
        block(rows, 2, fused),
        ifElse(left(N, J, 4), block(rows, 1, fused), block(rows, 0, fused)),
      ),
    ),
    ...increase(I, i32.of(rows)),
  ];
  const code = [
    ...i32.of(0),
    ...set(I),
    ...whileLess(I, M, ifElse(left(M, I, ROWS), band(ROWS), band(1))),
  ];
  return moduleOf("product", 11, LOCALS, code);
}

/**
 * `rows` rows of C, `quads` quadruples of columns wide; 0 stands for one column alone.
 * @param {number} rows
 * @param {number} quads
 * @param {boolean} fused
 * @returns {Code}
 */
function block(rows, quads, fused) {
  const rowsOfIt = count(0, rows);
  const cells = rowsOfIt.flatMap((row) => (quads ? count(0, quads) : [0]).map((q) => [row, q]));
  const sum = (/** @type {number} */ row, /** @type {number} */ q) =>
    quads ? SUMS[row * quads + q] : SUM[row];
  const toC = (/** @type {number} */ row) => plus(get(AT_C), times(get(ROW_OF_C), i32.of(row)));
  const load = (/** @type {number} */ q) => (quads ? v128.load(16 * q) : f32.load);
  const store = (/** @type {number} */ q) => (quads ? v128.store(16 * q) : f32.store);
  return [
    ...pointers(rowsOfIt),
    ...ifElse(
      get(ADD),
      cells.flatMap(([row, q]) => [...toC(row), ...load(q), ...set(sum(row, q))]),
      cells.flatMap(([row, q]) => [...(quads ? v128.zero : f32.zero), ...set(sum(row, q))]),
    ),
    ...i32.of(0),
    ...set(STEP),
    ...whileLess(STEP, K, [
      ...(quads ? wideStep(rowsOfIt, quads, fused) : narrowStep(rowsOfIt)),
      ...rowsOfIt.flatMap((row) => increase(AT_A[row], get(COLUMN_OF_A))),
      ...increase(AT_B, get(ROW_OF_B)),
      ...increase(STEP, i32.of(1)),
    ]),
    ...cells.flatMap(([row, q]) => [...toC(row), ...get(sum(row, q)), ...store(q)]),
    ...increase(J, i32.of(4 * quads || 1)),
  ];
}

/**
 * Where the block begins: in C, in B, and in each row of A.
 * @param {number[]} rows
 * @returns {Code}
 */
function pointers(rows) {
  const acrossJ = times(get(J), i32.of(4));
  return [
    ...plus(plus(get(C), times(get(I), get(ROW_OF_C))), acrossJ),
    ...set(AT_C),
    ...plus(get(B), acrossJ),
    ...set(AT_B),
    ...rows.flatMap((row) => [
      ...plus(get(A), times(plus(get(I), i32.of(row)), get(ROW_OF_A))),
      ...set(AT_A[row]),
    ]),
  ];
}

/**
 * One k of a block of quadruples: sum += a · (b b b b) for each row and quadruple.
 * @param {number[]} rows
 * @param {number} quads
 * @param {boolean} fused
 * @returns {Code}
 */
function wideStep(rows, quads, fused) {
  const each = count(0, quads);
  /** @type {(sum: number, q: number) => Code} */
  const added = (sum, q) =>
    fused
      ? [...get(OF_A), ...get(OF_B[q]), ...get(sum), ...v128.multiplyAdd]
      : [...get(sum), ...get(OF_A), ...get(OF_B[q]), ...v128.multiply, ...v128.add];
  return [
    ...each.flatMap((q) => [...get(AT_B), ...v128.load(16 * q), ...set(OF_B[q])]),
    ...rows.flatMap((row) => [
      ...get(AT_A[row]),
      ...v128.spread,
      ...set(OF_A),
      ...each.flatMap((q) => {
        const sum = SUMS[row * quads + q];
        return [...added(sum, q), ...set(sum)];
      }),
    ]),
  ];
}

/**
 * One k of a block of one column.
 * @param {number[]} rows
 * @returns {Code}
 */
function narrowStep(rows) {
  return [
    ...get(AT_B),
    ...f32.load,
    ...set(ONE_OF_B),
    ...rows.flatMap((row) => [
      ...get(SUM[row]),
      ...get(AT_A[row]),
      ...f32.load,
      ...get(ONE_OF_B),
      ...f32.multiply,
      ...f32.add,
      ...set(SUM[row]),
    ]),
  ];
}
