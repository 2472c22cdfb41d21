"""How long a widget works after its slider has moved."""


def fastest_frame(page, values: list, slider: int = 0) -> float:
    """Milliseconds from a slider's input event to the frame in which the work is done.

    The least over ``values``: what the work takes when nothing else runs on the machine.
    """
    return page.evaluate(
        """async ([values, which]) => {
             const slider = document.querySelectorAll(".bw-slider")[which], times = [];
             for (const value of values) {
               slider.value = value;
               slider.dispatchEvent(new Event("input"));
               const before = performance.now();
               await new Promise(requestAnimationFrame);
               times.push(performance.now() - before);
             }
             return Math.min(...times);
           }""",
        [values, slider],
    )
