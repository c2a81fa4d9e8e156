let pressed = false;
const waiting: Array<() => void> = [];

/** Nothing moves under a pressed finger: a button that jumps between press and release was not pressed. */
export function when_still(change: () => void): void {
  if (pressed) waiting.push(change);
  else change();
}

export function start_still(): void {
  const release = (): void => {
    pressed = false;
    // After the click that the release makes.
    setTimeout(() => waiting.splice(0).forEach((change) => change()));
  };
  addEventListener("pointerdown", () => (pressed = true), true);
  addEventListener("pointerup", release, true);
  addEventListener("pointercancel", release, true);
}
