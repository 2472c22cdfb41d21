// The parameters of a model, as encdec_lib/web/export.py packed them.

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */

/**
 * Half-precision bits to a number: 1 sign bit, 5 exponent bits, 10 bits of fraction.
 * @param {number} bits
 */
export function fromFloat16(bits) {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24; // subnormal
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * The parameters {path: {data, shape}} of what export.py wrote; data is a DataView or a buffer.
 * @param {Record<string, Entry>} manifest
 * @param {ArrayBuffer | ArrayBufferView} data
 */
export function readParameters(manifest, data) {
  // A copy that starts at 0: a live kernel hands over views at odd offsets.
  const bytes = ArrayBuffer.isView(data)
    ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
    : data.slice(0);
  /** @type {ParameterMap} */
  const parameters = {};
  for (const [path, entry] of Object.entries(manifest)) {
    parameters[path] = { data: numbersOf(path, entry, bytes), shape: entry.shape };
  }
  return parameters;
}

/**
 * @param {string} path
 * @param {Entry} entry
 * @param {ArrayBufferLike} bytes
 */
function numbersOf(path, { offset, shape, dtype, scale }, bytes) {
  const size = shape.reduce((a, b) => a * b, 1),
    columns = shape[shape.length - 1];
  const values = new Float32Array(size);
  if (dtype === "float32") {
    values.set(new Float32Array(bytes, offset, size));
  } else if (dtype === "float16") {
    const halves = new Uint16Array(bytes, offset, size);
    for (let k = 0; k < size; k++) values[k] = fromFloat16(halves[k]);
  } else if (dtype === "int8") {
    // whole numbers -127..127, one scale a column
    const whole = new Int8Array(bytes, offset, size);
    const scales = new Float32Array(bytes, scale, columns);
    for (let k = 0; k < size; k++) values[k] = whole[k] * scales[k % columns];
  } else {
    throw new Error(
      `parameter ${path} has dtype ${dtype}; this page reads float16, int8 and float32`,
    );
  }
  return values;
}

/**
 * The parameters whose path begins with `start`, such as "decoder.", without that beginning.
 * @param {ParameterMap} P
 * @param {string} start
 * @returns {ParameterMap}
 */
export function partOf(P, start) {
  const own = Object.entries(P).filter(([path]) => path.startsWith(start));
  return Object.fromEntries(own.map(([path, value]) => [path.slice(start.length), value]));
}
