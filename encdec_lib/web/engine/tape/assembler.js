// The few instructions of WebAssembly that the matrix product is made of, as functions that give
// bytes: no compiler and no file are needed. The specification of WebAssembly has the numbers, in its
// chapter on the binary format.

/** @typedef {number[]} Code */

/**
 * A whole number ≥ 0, seven bits a byte, the lowest first.
 * @param {number} number
 * @returns {Code}
 */
export function unsigned(number) {
  const bytes = [];
  let rest = number;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest ? low | 128 : low);
  } while (rest);
  return bytes;
}

/**
 * A whole number with a sign: the last byte's second bit says which.
 * @param {number} number
 * @returns {Code}
 */
export function signed(number) {
  const bytes = [];
  for (let rest = number; ; ) {
    const low = rest & 127;
    rest >>= 7;
    const last = (rest === 0 && !(low & 64)) || (rest === -1 && low & 64);
    bytes.push(last ? low : low | 128);
    if (last) return bytes;
  }
}

/**
 * What a part of a module begins with: what it is, and how long.
 * @param {number} kind
 * @param {Code} body
 * @returns {Code}
 */
export const section = (kind, body) => [kind, ...unsigned(body.length), ...body];

/**
 * @param {string} text of ASCII letters
 * @returns {Code}
 */
export const named = (text) => [text.length, ...[...text].map((c) => c.charCodeAt(0))];

export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b; // four float32 side by side

/** @param {number} local */
export const get = (local) => [0x20, ...unsigned(local)];
/** @param {number} local */
export const set = (local) => [0x21, ...unsigned(local)];

/** @param {number} code */
const simd = (code) => [0xfd, ...unsigned(code)];
const ANYWHERE = 0; // an address need not be a multiple of anything
const BY_FOUR = 2; // an address is a multiple of 2²

export const i32 = {
  /** @param {number} number */
  of: (number) => [0x41, ...signed(number)],
  add: [0x6a],
  subtract: [0x6b],
  multiply: [0x6c],
  notLess: [0x4e],
};
export const f32 = {
  zero: [0x43, 0, 0, 0, 0],
  load: [0x2a, BY_FOUR, 0],
  store: [0x38, BY_FOUR, 0],
  add: [0x92],
  multiply: [0x94],
};
export const v128 = {
  zero: [...simd(12), ...new Array(16).fill(0)],
  /** @param {number} offset in bytes */
  load: (offset) => [...simd(0), ANYWHERE, ...unsigned(offset)],
  /** @param {number} offset in bytes */
  store: (offset) => [...simd(11), ANYWHERE, ...unsigned(offset)],
  /** One number from memory, four times. */
  spread: [...simd(9), BY_FOUR, 0],
  add: simd(0xe4),
  multiply: simd(0xe6),
  /** a b + c of the three on the stack, rounded once or twice, as the processor does it. */
  multiplyAdd: simd(0x105),
};

/**
 * @param {Code} condition
 * @param {Code} yes
 * @param {Code} no
 */
export const ifElse = (condition, yes, no) => [...condition, 0x04, 0x40, ...yes, 0x05, ...no, 0x0b];

/**
 * while (counter < end) body; a block around a loop, so that one branch leaves and one goes on.
 * @param {number} counter
 * @param {number} end
 * @param {Code} body
 */
export function whileLess(counter, end, body) {
  const leave = [...get(counter), ...get(end), ...i32.notLess, 0x0d, 1];
  return [0x02, 0x40, 0x03, 0x40, ...leave, ...body, 0x0c, 0, 0x0b, 0x0b];
}

/**
 * local += what `by` leaves on the stack.
 * @param {number} local
 * @param {Code} by
 */
export const increase = (local, by) => [...get(local), ...by, ...i32.add, ...set(local)];

/**
 * A module that takes a memory and gives one function of whole numbers.
 * @param {string} name
 * @param {number} parameters how many the function has
 * @param {[number, number][]} locals how many of which type come after them
 * @param {Code} code
 */
export function moduleOf(name, parameters, locals, code) {
  const kinds = locals.flatMap(([count, type]) => [...unsigned(count), type]);
  const body = [...unsigned(locals.length), ...kinds, ...code, 0x0b];
  const MAGIC = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return new Uint8Array([
    ...MAGIC,
    ...section(1, [1, 0x60, parameters, ...new Array(parameters).fill(I32), 0]), // its type
    ...section(2, [1, ...named("tape"), ...named("memory"), 2, 0, 1]), // what it imports
    ...section(3, [1, 0]),
    ...section(7, [1, ...named(name), 0, 0]), // what it exports
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}
