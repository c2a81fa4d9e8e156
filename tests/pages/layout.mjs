// Every public page in every state, in both pseudo-locales and in the real languages: no word that is not in
// the catalogue (G14), nothing too wide and nothing cut at 320 px, which is 1280 px at 400 % zoom, with the
// text spacing of WCAG 1.4.12 (G15).

import assert from 'node:assert/strict';

import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { tour } from '../support/tour.mjs';

afterAll(closeBrowser);

const NARROW = { width: 320, height: 256 }; // 1280 x 1024 at 400 %
const SPACING =
  '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }' +
  ' p { margin-block-end: 2em !important }';

/** What is wider than the window, or shows less than it holds. */
function tooSmall() {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    if (element.matches('.skip, textarea, input, progress, svg, svg *')) continue;
    if (style.display === 'inline' || !element.checkVisibility()) continue;
    const box = element.getBoundingClientRect();
    const outside = box.right > root.clientWidth + 1 || box.left < -1;
    const cut = style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
    const low = style.overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 1;
    const what = outside ? 'outside' : 'cut';
    if (outside || cut || low) found.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  }
  return found;
}

/** Words that a person reads and that no pseudo-locale has touched: en-XA accents every letter, ar-XB turns
 *  each message round by direction marks, and neither can come from anywhere else. Names, codes, addresses
 *  and moments are data. */
function leaks(data) {
  const found = [];
  const say = (text, where) => {
    let rest = text;
    const turned = /\u202e[^\u202e\u202c]*\u202c/;
    while (turned.test(rest)) rest = rest.replace(turned, ' ');
    for (const part of data) rest = rest.replaceAll(part, ' ');
    // Codes, addresses, moments, and names of formats that stand in messages as they are.
    rest = rest.replace(/\p{L}+ \d{1,2}, \d{4}/gu, ' ');
    rest = rest.replace(/\S*[0-9@:/_]\S*|\b(?:AM|PM|UTC|QR)\b|"[^"]*"/g, ' ');
    if (/(?<![\p{L}\p{M}])[a-z]{2,}(?![\p{L}\p{M}])/iu.test(rest)) found.push(`${where}: ${text.trim()}`);
  };
  // <bdi> isolates what people or other machines wrote; <time>, <pre>, the report and codes are data too.
  const dataOnly = 'bdi, time, pre, textarea, output, script, style, svg, template, .host, .brand, .who';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.data.trim() && !node.parentElement.closest(dataOnly))
      say(node.data, node.parentElement.localName);
  for (const name of ['aria-label', 'title', 'placeholder', 'data-wait', 'data-still', 'data-hide', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]`)) say(element.getAttribute(name), name);
  say(document.title, 'title');
  return found;
}

for (const language of ['en-XA', 'ar-XB', 'ar', 'en']) {
  test(
    `every public page has room for its words: ${language}`,
    async (t) => {
      const server = await Server.start({ t });
      const { page, seen } = await newPerson({ t });
      const pseudo = language.includes('-X');
      const found = [];
      const names = new Set();
      const look = async (name) => {
        names.add(name);
        const tell = (kind) => (text) => found.push(`${name}, ${kind}: ${text}`);
        assert.equal(await page.locator('html').getAttribute('lang'), language, name);
        assert.equal(await page.locator('html').getAttribute('dir'), /^ar/.test(language) ? 'rtl' : 'ltr');
        assert.equal(await page.locator('h1').count(), 1, name);
        if (pseudo)
          (await page.evaluate(leaks, ['Exchange', 'Sallyport', 'English', 'العربية'])).forEach(tell('leak'));
        const before = page.viewportSize();
        await page.setViewportSize(NARROW);
        (await page.evaluate(tooSmall)).forEach(tell('320 px'));
        // The page's own policy forbids a style of ours in the document; the browser may add one.
        await page.evaluate((css) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(css);
          document.adoptedStyleSheets = [sheet];
        }, SPACING);
        (await page.evaluate(tooSmall)).forEach(tell('text spacing'));
        await page.evaluate(() => {
          document.adoptedStyleSheets = [];
        });
        await page.setViewportSize(before);
      };
      await tour(server, page, { language, look });
      assert.ok(names.size >= 40, `${names.size} states`);
      assert.deepEqual(found, []);
      assert.deepEqual(seen.all(), []);
    },
    { seconds: 300 },
  );
}

test('the measure finds what is too wide, cut, or not translated', async (t) => {
  const { page } = await newPerson({ t });
  const long = 'x'.repeat(90);
  await page.setContent(
    `<title>Ñäñ</title><p>Ŝîĝñ ĩñ</p><p>Sign in</p><div style="overflow: hidden; width: 50px">${long}</div>`,
  );
  await page.setViewportSize(NARROW);
  assert.deepEqual(await page.evaluate(leaks, [long]), ['p: Sign in']);
  assert.match((await page.evaluate(tooSmall)).join('\n'), /cut/);
  await page.setContent('<title>x</title><p style="width: 900px">wide</p>');
  assert.match((await page.evaluate(tooSmall)).join('\n'), /px wide[^]*outside/);
});
