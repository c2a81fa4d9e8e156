// Every page of a sign-up and the problems that a person meets there: two languages, scripts on and
// off, narrow and wide; the recovery kit on one sheet of paper; a second address for notices.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { closeBrowser, inspect, newPerson } from '../support/chromium.mjs';
import { Mailbox, codeIn } from '../support/mailbox.mjs';
import { temporaryFolder } from '../support/places.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp, wrongCode } from '../support/totp.mjs';

const CODE_DIGITS = 8;
const PASSWORD = 'violet kettles in april';

afterAll(closeBrowser);

/** One person on the way; each step is looked at before and after its mistake. */
class Way {
  constructor({ server, person, scripts }) {
    Object.assign(this, { server, page: person.page, context: person.context, scripts });
    this.mailbox = new Mailbox(server);
  }

  async look(name) {
    await inspect(this.page, `sign_up_${name}`, { scripts: this.scripts });
  }

  /** Sends the form of `action` and waits for the next page. A complete code may have sent itself. */
  async send(action, fields = {}) {
    const loaded = this.page.waitForEvent('load');
    for (const [name, value] of Object.entries(fields)) await this.page.locator(`#${name}`).fill(value);
    const complete = 'code' in fields && [6, 8].includes(fields.code.length);
    const button = this.page.locator(`form[action="${action}"] button[type=submit]`).last();
    if (!(this.scripts && complete)) await button.click();
    await loaded;
  }

  async problem() {
    return this.page.locator('.summary').innerText();
  }

  at(path) {
    assert.equal(new URL(this.page.url()).pathname, path);
  }
}

async function confirmAddress(way, email) {
  await way.page.goto(`${way.server.url}/signup`);
  await way.look('address');
  await way.send('/signup', { email: 'nobody at home' });
  await way.look('address_problem');
  assert.equal(await way.page.locator('#email').inputValue(), 'nobody at home', 'what was typed stays');
  const mail = await way.mailbox.after(email, () => way.send('/signup', { email }));
  way.at('/signup/confirm');
  assert.ok((await way.page.locator('main').innerText()).includes(email));
  await way.look('confirm');
  await way.send('/signup/confirm', { code: '123' });
  await way.look('confirm_problem');
  await way.send('/signup/confirm', { code: codeIn(mail, CODE_DIGITS) });
  way.at('/signup/secure');
}

async function choosePassword(way) {
  await way.look('password');
  await way.send('/signup/secure', { password: 'passwordpassword' });
  assert.equal(await way.page.locator('#password').inputValue(), '', 'no page holds a password');
  await way.look('password_problem');
  await way.send('/signup/secure', { password: PASSWORD });
  way.at('/signup/second');
}

async function setUpApp(way) {
  await way.look('app');
  const key = (await way.page.locator('#app_key').innerText()).replace(/\s/g, '');
  await way.send('/signup/second', { code: wrongCode(key, Date.now()) });
  await way.look('app_problem');
  await way.send('/signup/second', { code: totp(key, Date.now(), -4) });
  assert.ok((await way.problem()).length > 0);
  way.at('/signup/second');
  await way.look('app_clock');
  await way.send('/signup/second', { code: totp(key, Date.now()) });
  way.at('/signup/kit');
}

async function saveKit(way) {
  await way.look('kit');
  const codes = (await way.page.locator('.kit li').allInnerTexts()).map((text) => text.trim());
  assert.equal(codes.length, 10);
  codes.forEach((code, i) => assert.match(code, new RegExp(`^${i + 1}-([0-9A-Z]{4}-){3}[0-9A-Z]{4}$`)));
  await way.send('/signup/kit');
  way.at('/signup/kit/proof');
  const shown = await way.page.locator('main').innerText();
  for (const code of codes) assert.ok(!shown.includes(code.slice(-4)), 'the codes are out of sight');
  await way.look('proof');
  await way.send('/signup/kit/proof', { part: 'ZZZZ' });
  await way.look('proof_problem');
  const { number } = await (
    await way.context.request.get(`${way.server.url}/signup/kit/proof`, {
      headers: { Accept: 'application/json' },
    })
  ).json();
  await way.send('/signup/kit/proof', { part: codes[number - 1].slice(-4).toLowerCase() });
  way.at('/signup/done');
  await way.look('done');
}

async function addNoticeAddress(way, email, other) {
  await way.page.locator('main a[href="/signup/notice"]').click();
  await way.look('notice');
  await way.send('/signup/notice', { email: `x${email}` });
  await way.look('notice_problem');
  const mail = await way.mailbox.after(other, () => way.send('/signup/notice', { email: other }));
  way.at('/signup/notice/confirm');
  await way.look('notice_confirm');
  await way.send('/signup/notice/confirm', { code: codeIn(mail, CODE_DIGITS) });
  way.at('/account');
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(`every page of a sign-up, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
      const server = await Server.start({ t });
      const person = await newPerson({ t, language, scripts, width: scripts ? 1280 : 360 });
      const way = new Way({ server, person, scripts });
      const email = `maya.${language}@mail.example`;
      await confirmAddress(way, email);
      await choosePassword(way);
      await setUpApp(way);
      await saveKit(way);
      await addNoticeAddress(way, email, `maya.${language}@other.example`);
      assert.deepEqual(person.seen.all(), []);
    });
  }
}

for (const language of ['en', 'ar']) {
  test(`the recovery kit is one sheet of paper, ${language}`, async (t) => {
    const server = await Server.start({ t });
    const person = await newPerson({ t, language });
    const way = new Way({ server, person, scripts: true });
    await confirmAddress(way, `kit.${language}@mail.example`);
    await choosePassword(way);
    await setUpApp(way);
    const folder = temporaryFolder('kit');
    for (const format of ['A4', 'Letter']) {
      const file = join(folder, `${format}.pdf`);
      writeFileSync(file, await way.page.pdf({ format }));
      assert.match(execFileSync('pdfinfo', [file]).toString(), /Pages:\s+1\n/, format);
      const text = execFileSync('pdftotext', ['-layout', file, '-']).toString();
      assert.match(text, /10-[0-9A-Z]{4}-/, 'the last code stands on it');
      assert.ok(!text.includes('kit.'), 'no address of the person');
    }
  });
}
