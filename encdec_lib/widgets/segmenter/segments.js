// What a network that gives every pixel a class says of an image: the class of each pixel, where
// the regions of a class lie, and that in words.

const SMALLEST = 6; // pixels that a region needs to be named, as in encdec_lib/plots/images.py
const MOST = 6; // regions that are named in words

/** The likeliest class of every pixel, from logits {data, height, width, channels}. */
export function classesOf({ data, height, width, channels }) {
  return Uint8Array.from({ length: height * width }, (_, p) => {
    let best = 0;
    for (let k = 1; k < channels; k++) {
      if (data[p * channels + k] > data[p * channels + best]) best = k;
    }
    return best;
  });
}

/** The connected regions of digits, corners count as contact: [{digit, size, row, column, top,
 *  right}], largest first; row and column are of the middle of its pixels. */
export function regionsOf(classes, side) {
  const seen = new Uint8Array(classes.length),
    regions = [];
  classes.forEach((label, start) => {
    if (!label || seen[start]) return;
    const waiting = [start],
      members = [];
    seen[start] = 1;
    while (waiting.length) {
      const at = waiting.pop(),
        row = Math.floor(at / side),
        column = at % side;
      members.push({ row, column });
      for (let r = Math.max(0, row - 1); r <= Math.min(side - 1, row + 1); r++) {
        for (let c = Math.max(0, column - 1); c <= Math.min(side - 1, column + 1); c++) {
          const next = r * side + c;
          if (classes[next] === label && !seen[next]) {
            seen[next] = 1;
            waiting.push(next);
          }
        }
      }
    }
    if (members.length < SMALLEST) return;
    const mean = (name) => members.reduce((sum, member) => sum + member[name], 0) / members.length;
    regions.push({
      digit: label - 1,
      size: members.length,
      row: mean("row"),
      column: mean("column"),
      top: Math.min(...members.map(({ row }) => row)),
      right: Math.max(...members.map(({ column }) => column)),
    });
  });
  return regions.sort((a, b) => b.size - a.size);
}

/** "at top left", "at left", "in the middle": the ninth of the image where a region's middle is. */
export function whereabouts({ row, column }, side) {
  const third = (at, names) => names[Math.min(2, Math.floor((3 * (at + 0.5)) / side))];
  const words = [third(row, ["top", "", "bottom"]), third(column, ["left", "", "right"])];
  const place = words.filter(Boolean).join(" ");
  return place ? `at ${place}` : "in the middle";
}

/** "found: 3 at left, 7 at bottom right", or that nothing was found. */
export function inWords(regions, side) {
  if (!regions.length) return "found: no digit";
  const named = regions
    .slice(0, MOST)
    .map((region) => `${region.digit} ${whereabouts(region, side)}`);
  if (regions.length > MOST) named.push(`and ${regions.length - MOST} smaller`);
  return `found: ${named.join(", ")}`;
}
