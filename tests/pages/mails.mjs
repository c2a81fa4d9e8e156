// Every mail of the catalogue as a reader meets it (ux.md section 7.1, M1, M2, M3, M7, M13): in a browser, at
// the widths of a phone and of a desk, light and dark, in both languages and both pseudo-locales. Nothing is
// too wide or fetched, axe finds nothing, the words stand first, and text and HTML say the same.

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
const MAILS_MIN = 800;
const SCHEMES = ['light', 'dark'];
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
    direction: root.dir,
    language: root.lang,
    hidden: document.querySelector('body > div[style*="display:none"]')?.textContent ?? '',
    small: [...document.querySelectorAll('p, td, th')].some(
      (element) => parseFloat(getComputedStyle(element).fontSize) < 16,
    ),
    outsideThings: document.querySelectorAll('img, link, script, iframe, form, [src]').length,
  };
}

/** What is wrong with one mail as it stands in the page, beside its width. */
function* wrongs({ language, words, html, subject, text }, mail) {
  if (Buffer.byteLength(html) > HTML_BYTES_MAX) yield `${Buffer.byteLength(html)} bytes`;
  const [first, ...rest] = text.split('\n\n');
  for (const line of [first, mail.first]) if (line.includes(WORDS) !== words) yield `first line: ${line}`;
  if (said(mail.rest) !== said(rest.join('\n'))) yield `text: ${rest.join(' ')}\n    HTML: ${mail.rest}`;
  if (mail.hidden.length < PREHEADER_CHARACTERS_MIN) yield 'a list of mails previews it';
  if (mail.hidden.includes(WORDS) || subject.includes(WORDS)) yield 'the words can be read in a list';
  if (mail.small) yield 'letters of less than 16 px';
  if (mail.outsideThings) yield 'something that is fetched or sent';
  if (mail.direction !== (language.startsWith('ar') ? 'rtl' : 'ltr')) yield `direction ${mail.direction}`;
  if (mail.language !== language) yield `language ${mail.language}`;
}

/** A page in which each mail is shown after the other; whatever it asks of others is in `asked`. */
async function reader(t, options) {
  const { page } = await newPerson({ t, ...options });
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const show = (html) =>
    page.evaluate((markup) => {
      document.open();
      document.write(markup);
      document.close();
    }, html);
  return { page, asked, show };
}

test('every mail says its words first, and the same in both parts', async (t) => {
  const { page, asked, show } = await reader(t, { width: WIDTHS[0] });
  const found = [];
  assert.ok(mails().length >= MAILS_MIN, `${mails().length} mails`);
  for (const mail of mails()) {
    await show(mail.html);
    for (const what of wrongs(mail, await page.evaluate(shown))) found.push(`${mail.name}: ${what}`);
  }
  assert.deepEqual(found, []);
  assert.deepEqual(asked, []);
});

// Without its words a mail differs in one line, which is no wider.
const withWords = () => mails().filter((mail) => mail.words);

for (const scheme of SCHEMES)
  for (const width of WIDTHS) {
    test(`every mail has room and is read by everybody, ${scheme}, ${width} px`, async (t) => {
      const { page, asked, show } = await reader(t, { scheme, width });
      const found = [];
      for (const { name, html } of withWords()) {
        await show(html);
        const { wider, outside } = await page.evaluate(shown);
        if (wider > 0) found.push(`${name}: ${wider} px too wide`);
        found.push(...outside.map((markup) => `${name}: outside: ${markup}`));
        // Once in full; a scheme changes nothing but colours, and the width nothing that axe asks about.
        if (width !== WIDTHS[0]) continue;
        const all = await axe(page, scheme === SCHEMES[0] ? undefined : ['color-contrast']);
        found.push(...all.filter((text) => !OF_PAGES_ONLY.test(text)).map((text) => `${name}: ${text}`));
      }
      assert.deepEqual(found, []);
      assert.deepEqual(asked, []);
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

test('the measures find a missing sentence, a request and a pale letter', async (t) => {
  const { page, asked, show } = await reader(t, { width: WIDTHS[0] });
  const mail = mails().find(({ name }) => name === 'E11-en');
  const seen = async (changed) => {
    await show(changed.html);
    return [...wrongs(changed, await page.evaluate(shown))];
  };
  assert.deepEqual(await seen(mail), []);
  const lines = mail.text.split('\n\n');
  const without = (at) => ({ ...mail, text: lines.filter((_, line) => line !== at).join('\n\n') });
  for (let at = 0; at < lines.length; at++) assert.notDeepEqual(await seen(without(at)), [], lines[at]);
  for (const [, paragraph] of mail.html.matchAll(/(<p[ >].*?<\/p>|<tr>.*?<\/tr>)/gs)) {
    if (paragraph.includes('>Exchange<')) continue; // the name stands for a picture, and is no sentence
    assert.notDeepEqual(await seen({ ...mail, html: mail.html.replace(paragraph, '') }), [], paragraph);
  }
  assert.notDeepEqual(await seen({ ...mail, subject: `${mail.subject} ${WORDS}` }), []);
  assert.notDeepEqual(await seen({ ...mail, language: 'ar' }), []);
  assert.notDeepEqual(await seen({ ...mail, html: mail.html + ' '.repeat(HTML_BYTES_MAX) }), []);
  await show(mail.html.replace('</body>', '<p style="color:#ccc;background:#fff">pale</p></body>'));
  assert.match((await axe(page, ['color-contrast'])).join(), /color-contrast/);
  assert.deepEqual(asked, []);
  await page.route('https://evil.example/**', (route) => route.abort());
  const asking = page.waitForRequest('https://evil.example/seen.gif');
  await show(mail.html.replace('</body>', '<img src="https://evil.example/seen.gif" alt=""></body>'));
  await asking;
  assert.deepEqual(asked, ['https://evil.example/seen.gif']);
});
