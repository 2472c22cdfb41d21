// What is said at each step, out of the numbers that are shown.

import { decoder, encoder } from "../parts/stepper/marks.js";
import { signed } from "./grids.js";

/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */
/** @typedef {{image: number[][], kernel: number[][], convolved: number[][], pooled: number[][],
 *   stamped: number[][][]}} Numbers */

/** Where the kernel stands in steps 1, 2 and 3 of the convolution: row and column of its middle. */
export const WINDOWS = [
  [1, 1],
  [1, 2],
  [0, 0],
];

/** How many steps each case has. */
export const STEPS = [5, 4, 5];

/** @param {number} r @param {number} c */
const place = (r, c) => `row ${r + 1}, column ${c + 1}`;

/** A factor that may be negative. @param {number} value */
const factor = (value) => (value < 0 ? `(${signed(value)})` : String(value));

/**
 * "6 · 1 + 8 · (−1) = −2": the products whose weight is not 0 and whose pixel lies inside.
 * @param {Numbers} numbers
 * @param {number} i
 * @param {number} j
 */
export function products({ image, kernel, convolved }, i, j) {
  const terms = kernel.flatMap((row, a) =>
    row.flatMap((weight, b) => {
      const pixel = image[i + a - 1]?.[j + b - 1];
      return pixel === undefined || !weight ? [] : [`${factor(pixel)} · ${factor(weight)}`];
    }),
  );
  return `${terms.join(" + ") || "0"} = ${signed(convolved[i][j])}`;
}

/** @param {number[][]} values */
function largest(values) {
  const most = Math.max(...values.flat());
  const r = values.findIndex((row) => row.includes(most));
  return { most, where: place(r, values[r].indexOf(most)) };
}

/** @type {((numbers: Numbers) => Sentence)[]} */
const CONVOLUTION = [
  () => [
    "A convolution has an image and a ",
    encoder("kernel"),
    ": nine weights, the same ones at every place. The outer ring is not in the image: it is " +
      "padding, all zeros.",
  ],
  (numbers) => [
    `The kernel lies on ${place(1, 1)}. Each weight is multiplied by the pixel under it, and the `,
    "products are added; where a weight is 0 there is nothing to add: ",
    encoder(products(numbers, 1, 1)),
    ".",
  ],
  (numbers) => [
    "One pixel further to the right, the same nine weights: ",
    encoder(products(numbers, 1, 2)),
    ".",
  ],
  (numbers) => [
    "In the corner five pixels of the window lie outside and count as 0. What is left: ",
    encoder(products(numbers, 0, 0)),
    ".",
  ],
  ({ convolved }) => {
    const { most, where } = largest(convolved);
    return [
      "All 16 places have their number, from nine weights. The largest, ",
      encoder(signed(most)),
      `, stands at ${where}: there the pixels match the kernel best.`,
    ];
  },
];

/** The numbers of a 2×2 square. @param {number[][]} values @param {number} r @param {number} c */
const four = (values, r, c) =>
  [0, 1].flatMap((a) => [0, 1].map((b) => signed(values[2 * r + a][2 * c + b]))).join(", ");

/** @type {((numbers: Numbers) => Sentence)[]} */
const POOLING = [
  () => ["Max pooling cuts what the convolution has written into squares of 2×2 numbers."],
  ({ convolved, pooled }) => [
    `Of the first square, ${four(convolved, 0, 0)}, it keeps the largest: `,
    encoder(signed(pooled[0][0])),
    ".",
  ],
  ({ convolved, pooled }) => [
    `Of the square below it, ${four(convolved, 1, 0)}, it keeps `,
    encoder(signed(pooled[1][0])),
    ".",
  ],
  ({ pooled }) => [
    `Four numbers are left of 16. The ${signed(pooled[0][0])} says that something was found in this `,
    "corner, and no longer at which of its four places.",
  ],
];

/** @type {((numbers: Numbers) => Sentence)[]} */
const TRANSPOSED = [
  () => [
    "A transposed convolution makes four numbers into ",
    decoder("25"),
    ": each stamps the kernel, times its own value, two places apart.",
  ],
  ({ pooled }) => [
    `The first number, ${signed(pooled[0][0])}, times each weight, is put into the upper left corner.`,
  ],
  ({ pooled, stamped }) => [
    `The second, ${signed(pooled[0][1])}, stamps two columns further. In the column that both reach the `,
    "stamps are added: the first number of it is now ",
    decoder(signed(stamped[1][0][2])),
    ".",
  ],
  ({ pooled }) => [
    `Then the two of the lower row, ${signed(pooled[1][0])} and ${signed(pooled[1][1])}, stamp two rows `,
    "further down.",
  ],
  ({ stamped }) => [
    "The number in the middle, ",
    decoder(signed(stamped[3][2][2])),
    ", got four stamps, the rest of its row and column two, all others one. In a larger picture that " +
      "makes a checkerboard, which a kernel of 2×2 does not leave.",
  ],
];

const CASES = [CONVOLUTION, POOLING, TRANSPOSED];

/** @param {Numbers} numbers @param {number} step @param {number} chosen */
export const says = (numbers, step, chosen) => CASES[chosen][step](numbers);
