// A logarithmic axis for what is left of a gradient.

const LOWEST = -8; // powers of ten; what is smaller stands on the floor

/** @param {number} power */
const raised = (power) =>
  [...String(power)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");

/** 0.3, or 2·10⁻⁵, or 60%. @param {number} value */
export function share(value) {
  if (value >= 0.01) return `${Number((100 * value).toPrecision(value >= 0.095 ? 2 : 1))}%`;
  if (value < 10 ** LOWEST) return `less than 10${raised(LOWEST)}`;
  const [digits, exponent] = value.toExponential(0).split("e");
  return `${digits}·10${raised(Number(exponent))}`;
}

/** @type {import("../parts/trainer/series_chart.js").Scale} */
export const REACH = {
  place: (value) => Math.min(Math.max(1 - Math.log10(Math.max(value, 1e-30)) / LOWEST, 0), 1.12),
  levels: [0, -2, -4, -6, -8].map((power) => [10 ** power, power ? `10${raised(power)}` : "all"]),
  words: share,
};
