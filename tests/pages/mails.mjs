// Every mail of the catalogue as a reader meets it (ux.md section 7.1, M1, M2, M3, M7, M13): in a browser, at
// the widths of a phone and of a desk, light and dark, in both languages and both pseudo-locales. Nothing is
// too wide, the words stand first, and text and HTML say the same.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { axe, closeBrowser, newPerson } from '../support/chromium.mjs';
import { ROOT, temporaryFolder } from '../support/places.mjs';
import { afterAll, test } from '../support/test.mjs';

afterAll(closeBrowser);

const PROGRAM = join(ROOT, 'build/release/tests/test_slices_messages');
const WORDS = 'amber lantern 4821'; // of mails_test.cpp
const WIDTHS = [320, 600];
const HTML_BYTES_MAX = 20 * 1024; // M7
const PREHEADER_CHARACTERS_MIN = 150; // M1
const MAILS_MIN = 300;
// A mail is a part of the page of the program that shows it: it has no landmarks of its own.
const OF_PAGES_ONLY = /^(?:region|landmark-one-main) /;

let written;
/** Every mail: {name, language, words (it has them), html, subject, text}. */
function mails() {
  if (written) return written;
  const folder = temporaryFolder('mails');
  const env = { ...process.env, SALLYPORT_MAIL_PREVIEW: folder, GTEST_OUTPUT: '' };
  execFileSync(PROGRAM, ['--gtest_filter=*Mails*'], { env, stdio: 'pipe' });
  written = readdirSync(folder)
    .filter((file) => file.endsWith('.html'))
    .map((file) => {
      const name = file.replace(/\.html$/, '');
      const [subject, text] = readFileSync(join(folder, `${name}.txt`), 'utf8').split('\n====\n');
      const html = readFileSync(join(folder, file), 'utf8');
      const language = name.match(/-(en-XA|ar-XB|en|ar)(?=-|$)/)[1];
      return { name, language, words: !name.endsWith('-no-words'), html, subject, text };
    });
  return written;
}

/** What it says, as words and numbers; what parts them differs between text and HTML. */
function said(text) {
  return (text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(' ');
}

/** What a reader sees of the mail, and how it stands: `first` is the line of the words, after which only HTML
 *  has the name of the exchange, in place of a picture; `rest` is all that follows. */
function shown() {
  const root = document.documentElement;
  const wide = [...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.right > root.clientWidth + 1 || box.left < -1;
  });
  return {
    wider: root.scrollWidth - root.clientWidth,
    outside: wide.map((element) => element.outerHTML.slice(0, 120)),
    first: document.querySelector('[role="article"] > p').innerText,
    rest: [...document.querySelectorAll('[role="article"] > :not(p:nth-child(1), p:nth-child(2))')]
      .map((element) => element.innerText)
      .join('\n'),
    hidden: document.querySelector('body > div[style*="display:none"]')?.textContent ?? '',
    small: [...document.querySelectorAll('p, td, th')].some(
      (element) => parseFloat(getComputedStyle(element).fontSize) < 16,
    ),
    outsideThings: document.querySelectorAll('img, link, script, iframe, form, [src]').length,
  };
}

test('every mail has room, says its words first, and the same in both parts', async (t) => {
  const { page } = await newPerson({ t });
  const found = [];
  assert.ok(mails().length >= MAILS_MIN, `${mails().length} mails`);
  for (const { name, language, words, html, subject, text } of mails()) {
    const tell = (what) => found.push(`${name}: ${what}`);
    if (Buffer.byteLength(html) > HTML_BYTES_MAX) tell(`${Buffer.byteLength(html)} bytes`);
    await page.setContent(html);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const { wider, outside, ...mail } = await page.evaluate(shown);
      if (wider > 0) tell(`${wider} px too wide at ${width} px`);
      outside.forEach((markup) => tell(`outside at ${width} px: ${markup}`));
      if (width !== WIDTHS[0]) continue;
      const [first, ...rest] = text.split('\n\n');
      for (const line of [first, mail.first]) if (line.includes(WORDS) !== words) tell(`first line: ${line}`);
      if (said(mail.rest) !== said(rest.join('\n'))) tell(`text: ${rest.join(' ')}\n    HTML: ${mail.rest}`);
      if (mail.hidden.length < PREHEADER_CHARACTERS_MIN) tell('a list of mails previews it');
      if (mail.hidden.includes(WORDS) || subject.includes(WORDS)) tell('the words can be read in a list');
      if (mail.small) tell('letters of less than 16 px');
      if (mail.outsideThings) tell('something that is fetched or sent');
    }
    const direction = language.startsWith('ar') ? 'rtl' : 'ltr';
    assert.equal(await page.locator('html').getAttribute('dir'), direction, name);
    assert.equal(await page.locator('html').getAttribute('lang'), language, name);
  }
  assert.deepEqual(found, []);
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing in any mail, ${scheme}`, async (t) => {
    const { page } = await newPerson({ t, scheme, width: WIDTHS[0] });
    const found = [];
    for (const { name, html } of mails().filter((mail) => /^(?:en|ar)$/.test(mail.language) && mail.words)) {
      await page.setContent(html);
      const all = await axe(page);
      found.push(...all.filter((text) => !OF_PAGES_ONLY.test(text)).map((text) => `${name}: ${text}`));
    }
    assert.deepEqual(found, []);
  });
}

test('the measure finds what is too wide', async (t) => {
  const { page } = await newPerson({ t });
  await page.setViewportSize({ width: WIDTHS[0], height: 800 });
  const wide = '<p style="width: 900px; font-size: 12px">wide</p><img src="data:,">';
  await page.setContent(`<div role="article">${wide}</div>`);
  const { wider, outside, small, outsideThings } = await page.evaluate(shown);
  assert.ok(wider > 0 && outside.length > 0 && small && outsideThings === 1);
  assert.notEqual(said('until 7:26 PM'), said('until 7:27 PM'));
});
