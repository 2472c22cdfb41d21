"""Drives any figure that trains: its states, and a training by keyboard alone."""

STATE = "document.querySelector('[data-trains]').dataset"


def told(page) -> dict:
    """The figure's data: state, steps, loss and score."""
    return page.evaluate(f"() => ({{...{STATE}}})")


def press(page, action: str):
    """Presses a button of the figure as a keyboard does."""
    page.locator(f"[data-trains] [data-action={action}]").focus()
    page.keyboard.press("Enter")


def wait_for(page, condition: str, seconds: float = 60):
    """Waits until a condition on ``data`` holds, such as ``"data.state === 'solved'"``."""
    page.wait_for_function(
        f"() => {{ const data = {STATE}; return {condition}; }}", timeout=1000 * seconds
    )


def train(page, steps: int):
    """Trains by keyboard until it is solved, or for so many steps, however slow the machine is."""
    press(page, "train")
    while True:
        wait_for(page, "data.state !== 'running'")
        data = told(page)
        if data["state"] != "stopped" or int(data["steps"]) >= steps:
            return data
        press(page, "more")
