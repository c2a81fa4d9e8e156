// A person who has no mouse signs up, signs out and signs in again: every step by Tab, typing, Enter and
// Space, and wherever the focus stands it can be seen (G16, R16).

import assert from 'node:assert/strict';

import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Mailbox, codeIn } from '../support/mailbox.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp } from '../support/totp.mjs';

const STOPS_MAX = 60;
const CODE_DIGITS = 8;
const PASSWORD = 'violet kettles in april';

afterAll(closeBrowser);

class Keyboard {
  constructor({ server, person }) {
    Object.assign(this, { server, page: person.page, mailbox: new Mailbox(server) });
  }

  at(path) {
    assert.equal(new URL(this.page.url()).pathname, path);
  }

  /** Presses Tab until `selector` has the focus; each stop on the way is visible. */
  async reach(selector) {
    for (let stop = 0; stop <= STOPS_MAX; stop += 1) {
      const focus = await this.page.evaluate((wanted) => {
        const element = document.activeElement;
        if (!element || element === document.body) return { there: false, seen: true };
        const style = getComputedStyle(element);
        const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        const box = element.getBoundingClientRect();
        return {
          there: element.matches(wanted),
          seen: (ring && box.width > 0) || element.matches('h1, main'),
          what: element.outerHTML.slice(0, 120),
        };
      }, selector);
      assert.ok(focus.seen, `the focus cannot be seen on ${focus.what}`);
      if (focus.there) return;
      await this.page.keyboard.press('Tab');
    }
    assert.fail(`${STOPS_MAX} stops, and none is ${selector} on ${this.page.url()}`);
  }

  async type(selector, text) {
    await this.reach(selector);
    await this.page.keyboard.type(text);
  }

  /** Presses `key`, and waits for the next page. */
  async go(key = 'Enter') {
    const loaded = this.page.waitForEvent('load');
    await this.page.keyboard.press(key);
    await loaded;
  }

  /** A complete code sends itself: the last digit leads on. */
  async code(digits) {
    await this.reach('#code');
    await this.page.keyboard.type(digits.slice(0, -1));
    await this.go(digits.at(-1));
  }
}

async function signUp(way, email) {
  await way.page.goto(`${way.server.url}/`);
  await way.reach('main a[href="/signup"]');
  await way.go();
  await way.type('#email', email);
  const mail = await way.mailbox.after(email, () => way.go());
  way.at('/signup/confirm');
  await way.code(codeIn(mail, CODE_DIGITS));
  way.at('/signup/secure');
  await way.type('#password', PASSWORD);
  await way.go();
  way.at('/signup/second');
  const key = (await way.page.locator('#app_key').innerText()).replace(/\s/g, '');
  await way.code(totp(key, way.server.now()));
  way.at('/signup/kit');
  const codes = await way.page.locator('.kit li').allInnerTexts();
  await way.reach('form[action="/signup/kit"] button');
  await way.go('Space');
  way.at('/signup/kit/proof');
  const label = await way.page.locator('label[for="part"]').innerText(); // "Last 4 characters of code 7"
  const number = Number(label.match(/\d+/g).at(-1));
  await way.type('#part', codes[number - 1].trim().slice(-4));
  await way.go();
  way.at('/signup/done');
  return key;
}

test('a sign-up, a sign-out and a sign-in by keyboard alone', async (t) => {
  const server = await Server.start({ t });
  const person = await newPerson({ t });
  const way = new Keyboard({ server, person });
  const email = 'keys@mail.example';
  const key = await signUp(way, email);

  await way.page.goto(`${server.url}/signout`);
  await way.reach('form[action="/signout"] button');
  await way.go('Space');
  way.at('/signed-out');
  await way.reach('main a[href="/signin"]');
  await way.go();
  await way.type('#email', email);
  await way.type('#password', PASSWORD);
  await way.go();
  way.at('/signin/code');
  server.moveClock({ minutes: 1 }); // the step that the set-up used is spent
  await way.code(totp(key, server.now()));
  way.at('/account');
  assert.deepEqual(person.seen.all(), []);
});
