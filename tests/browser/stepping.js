// A figure in steps with numbers of its own, for the tests of the frame.

import { attention, box, encoder, label } from "../../encdec_lib/widgets/parts/stepper/marks.js";
import { stepper } from "../../encdec_lib/widgets/parts/stepper/stepper.js";

function render({ model, el }) {
  const counts = model.get("counts");
  return stepper(
    { model, el, name: "counting" },
    {
      title: "Numbers that are added",
      caption: "A figure of the tests.",
      steps: (chosen) => counts[chosen].length,
      cases: { legend: "Which numbers", names: ["few", "many"], next: "Next numbers", first: 1 },
      says(step, chosen) {
        const sum = counts[chosen].slice(0, step + 1).reduce((a, b) => a + b, 0);
        const long = step ? " It is longer than the first sentence, so that room is needed." : "";
        return ["The ", encoder("encoder"), " adds up to ", attention(sum), `.${long}`];
      },
      label: (step) => `${step + 1} numbers`,
      draw({ width, row, chosen }) {
        const shown = counts[chosen].map((count, k) =>
          row(k, [box(0, 20 * k, Math.min(width, 10 * count), 12, "encoder")]),
        );
        return { height: 160, nodes: [label(0, 155, "names stay"), ...shown] };
      },
    },
  ).stop;
}

export default { render };
