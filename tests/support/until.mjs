// Waiting for a condition: the only place of the tests where time passes by itself.

const STEP_MS = 20;

/** What waiting cannot mend. */
export class Hopeless extends Error {}

/** Calls `condition` until it gives something true, and returns that; throws after `seconds` with `what`
 *  was awaited, or at once when the condition throws Hopeless. */
export async function until(condition, what, seconds = 20) {
  const end = performance.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    if (performance.now() > end)
      throw new Error(`not within ${seconds} s: ${what} (last: ${last?.stack ?? last})`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/** The promise, or an error after `seconds`. */
export async function within(promise, what, seconds = 20) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${seconds} s: ${what}`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
