// Every page in every state that a person can bring about, in both pseudo-locales; the public ones also in
// the real languages, in which journeys look at the others: no word that is not in the catalogue (G14),
// nothing too wide and nothing cut at 320 px, which is 1280 px at 400 % zoom, with the text spacing of WCAG
// 1.4.12 (G15). Axe (G6), markup (G7) and weight (G1, G2) of each page. A page that no tour goes to fails the
// last test.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { axe, closeBrowser, invalid, newPerson } from '../support/chromium.mjs';
import { pageAt, pagesOf } from '../support/pages_of.mjs';
import { ROOT } from '../support/places.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { tour } from '../support/tour.mjs';
import { everything, tourAccount } from '../support/tour_account.mjs';

afterAll(closeBrowser);

const NAMES = ['Exchange', 'Sallyport', 'English', 'العربية', 'Chrome · Linux'];
const PAINT_BYTES_MAX = 15 * 1024; // G1's hard limit; tests/pages/site.mjs holds the lighter pages to less
const SCRIPT_BYTES_MAX = 6 * 1024; // G2
// en-XA makes each message longer by itself, so that a button's words are not part of its longer name; the
// journeys look at the real ones.
const OF_FILLERS = /^label-content-name-mismatch /;
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
    rest = rest.replace(/\p{L}+ \d{1,2}, \d{4}(?: at)?/gu, ' ');
    rest = rest.replace(/\S*[0-9@:/_]\S*|\b(?:AM|PM|UTC|QR)\b|"[^"]*"/g, ' ');
    if (/(?<![\p{L}\p{M}])[a-z]{2,}(?![\p{L}\p{M}])/iu.test(rest)) found.push(`${where}: ${text.trim()}`);
  };
  // <bdi> isolates what people or other machines wrote; <time>, <pre>, the report and codes are data too, and
  // countries have the names of ICU.
  const dataOnly =
    'bdi, time, pre, textarea, output, script, style, svg, template, .host, .brand, .who, #region option';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.data.trim() && !node.parentElement.closest(dataOnly))
      say(node.data, node.parentElement.localName);
  for (const name of ['aria-label', 'title', 'placeholder', 'data-wait', 'data-still', 'data-hide', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]`)) say(element.getAttribute(name), name);
  say(document.title, 'title');
  return found;
}

/** Looks at each state of a tour: its room for words; and at each page, where `whole`, for what axe and
 *  html-validate find and what it weighs. */
class Look {
  constructor({ page, seen, language, whole = false }) {
    Object.assign(this, { page, seen, language, whole, found: [], names: new Set(), examined: new Set() });
  }

  async at(name, data = []) {
    const { page, language } = this;
    const path = new URL(page.url()).pathname;
    this.names.add(name);
    visited.add(path);
    const tell = (kind) => (text) => this.found.push(`${name}, ${kind}: ${text}`);
    assert.equal(await page.locator('html').getAttribute('lang'), language, name);
    assert.equal(await page.locator('html').getAttribute('dir'), /^ar/.test(language) ? 'rtl' : 'ltr');
    assert.equal(await page.locator('h1').count(), 1, name);
    if (language.includes('-X')) (await page.evaluate(leaks, [...NAMES, ...data])).forEach(tell('leak'));
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
    if (this.whole && !this.examined.has(path)) await this.#examine(tell);
    this.examined.add(path);
  }

  async #examine(tell) {
    (await axe(this.page)).filter((text) => !OF_FILLERS.test(text)).forEach(tell('axe'));
    const html = await this.seen.documents.at(-1).body;
    (await invalid(html)).forEach(tell('markup'));
    const assets = await this.page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name, encodedBodySize }) => [name, encodedBodySize]),
    );
    const sum = (kind) => assets.filter(([name]) => kind.test(name)).reduce((all, [, size]) => all + size, 0);
    const scripts = sum(/\.js$/);
    const all = gzipSync(html).length + sum(/\.css$/) + scripts;
    if (scripts === 0) tell('weight')('no script was measured');
    if (scripts > SCRIPT_BYTES_MAX) tell('weight')(`${scripts} bytes of scripts`);
    if (all > PAINT_BYTES_MAX) tell('weight')(`${all} bytes`);
  }
}

const visited = new Set();

for (const language of ['en-XA', 'ar-XB', 'ar', 'en']) {
  test(
    `every public page has room for its words: ${language}`,
    async (t) => {
      const server = await Server.start({ t });
      const { page, seen } = await newPerson({ t });
      const look = new Look({ page, seen, language, whole: language === 'en-XA' });
      await tour(server, page, { language, look: (name) => look.at(name) });
      assert.ok(look.names.size >= 40, `${look.names.size} states`);
      assert.deepEqual(look.found, []);
      assert.deepEqual(seen.all(), []);
    },
    { seconds: 300 },
  );
}

for (const [language, scheme] of [
  ['en-XA', 'light'],
  ['ar-XB', 'dark'],
]) {
  test(
    `every page of an account, and of the ways to it, has room for its words: ${language}`,
    async (t) => {
      const server = await Server.start({ t, config: everything });
      const { page, seen } = await newPerson({ t, scheme });
      const look = new Look({ page, seen, language, whole: true });
      await tourAccount(server, page, { language, look: (name, data) => look.at(name, data) });
      assert.ok(look.names.size >= 90, `${look.names.size} states`);
      assert.deepEqual(look.found, []);
      assert.deepEqual(seen.all(), []);
    },
    { seconds: 300 },
  );
}

/** Pages that no tour goes to: the journey that looks at them, and what it calls them. */
const IN_JOURNEYS = {
  '/account/passkeys/offer': ['passkey_prompt', 'prompt_'],
  '/unlock/done': ['lock', 'unlock-waits'],
  '/account/reauth/{id}/password': ['step_up_weak', 'weak_password_wrong_'],
  '/account/reauth/{id}/send': ['step_up_weak', 'weak_sent_'],
};

test('no page is left out', async (t) => {
  if (visited.size === 0) t.skip('the tours have not run');
  const pages = pagesOf(readFileSync(join(ROOT, 'docs/openapi.yaml'), 'utf8'));
  assert.ok(pages.length >= 60, `${pages.length} pages`);
  const seen = new Set([...visited].map((path) => pageAt(pages, path)));
  const missing = pages.filter((page) => !seen.has(page) && !IN_JOURNEYS[page]);
  for (const page of pages.filter((one) => IN_JOURNEYS[one])) {
    const [journey, name] = IN_JOURNEYS[page];
    const text = readFileSync(join(ROOT, 'tests/journeys', `${journey}.mjs`), 'utf8');
    assert.ok(text.includes(`.look(\`${name}`), `${journey} looks at ${page}`);
  }
  assert.deepEqual(missing, [], 'a tour (tests/support/tour*.mjs) goes to each page');
});

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
