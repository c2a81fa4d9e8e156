/** A page of Chromium, spoken to as the other engines are (engines.mjs). */
export function engineOf(page) {
  return {
    page,
    go: (url) => page.goto(url),
    url: async () => page.url(),
    fill: (selector, value) => page.locator(selector).first().fill(value),
    text: async (selector) => (await page.locator(selector).first().innerText()).trim(),
    has: async (selector) => (await page.locator(selector).count()) > 0,
  };
}
