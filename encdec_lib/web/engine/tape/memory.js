// The memory of a tape: set aside once, at a fixed size. One that grows would detach every array
// that looks into it.

/** An error whose message is a sentence for the reader, and not a fault of the page. */
export class EngineError extends Error {
  /** @param {string} sentence */
  constructor(sentence) {
    super(sentence);
    this.name = "EngineError";
  }
}

/** Thrown where a tape is full: a larger one would do. */
export class OutOfMemory extends EngineError {}

const PAGES_A_MEGABYTE = 16; // WebAssembly counts in pages of 64 kB

/**
 * A buffer of so many megabytes, in a WebAssembly memory where the browser has one and `wanted`.
 * @param {number} megabytes
 * @param {boolean} wanted
 * @returns {{buffer: ArrayBuffer, memory: WebAssembly.Memory | null}}
 */
export function reserve(megabytes, wanted) {
  try {
    if (wanted && typeof WebAssembly !== "undefined") {
      const pages = megabytes * PAGES_A_MEGABYTE;
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
      return { buffer: memory.buffer, memory };
    }
  } catch {
    // refused, by a policy of the page or for want of room: a plain buffer may still be had
  }
  try {
    return { buffer: new ArrayBuffer(megabytes * 2 ** 20), memory: null };
  } catch {
    throw new EngineError(
      `This device has no ${megabytes} MB of memory to spare for training: close other pages, or ` +
        `choose a smaller model.`,
    );
  }
}
