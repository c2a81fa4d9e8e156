// A person who has no mouse signs up, signs out and signs in again, and changes what an account has: every
// step by Tab, typing, Enter and Space, and wherever the focus stands it can be seen (G16, R16).

import assert from 'node:assert/strict';

import { deviceOf, withPasskeys } from '../support/authenticator.mjs';
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
  async code(digits, field = '#code') {
    await this.reach(field);
    await this.page.keyboard.type(digits.slice(0, -1));
    await this.go(digits.at(-1));
  }
}

/** A person at home: the app's key, and the ways from page to page. */
class Home extends Keyboard {
  /** From the overview, by its own button. */
  async open(path) {
    await this.reach(`main a[href="${path}"]`);
    await this.go();
    this.at(path);
  }
  async back() {
    await this.reach('a[href="/account"]');
    await this.go();
    this.at('/account');
  }
  async press(selector) {
    await this.reach(selector);
    await this.go('Space');
  }
  /** The proof that a change asks for, with a code that was not used. */
  async prove() {
    assert.match(this.page.url(), /\/account\/reauth\//);
    this.server.moveClock({ minutes: 1 });
    await this.code(totp(this.key, this.server.now()), '#proof');
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

async function signOut(way) {
  await way.page.goto(`${way.server.url}/signout`);
  await way.reach('form[action="/signout"] button');
  await way.go('Space');
  way.at('/signed-out');
}
async function signIn(way, email, password) {
  await way.reach('main a[href="/signin"]');
  await way.go();
  await way.type('#email', email);
  await way.type('#password', password);
  await way.go();
  way.at('/signin/code');
  way.server.moveClock({ minutes: 1 }); // the step that the set-up used is spent
  await way.code(totp(way.key, way.server.now()));
  way.at('/account');
}

test('a sign-up, a sign-out and a sign-in by keyboard alone', async (t) => {
  const server = await Server.start({ t });
  const person = await newPerson({ t });
  const way = new Keyboard({ server, person });
  const email = 'keys@mail.example';
  way.key = await signUp(way, email);
  await signOut(way);
  await signIn(way, email, PASSWORD);
  assert.deepEqual(person.seen.all(), []);
});

/** A second address, from the end of the sign-up. */
async function addNoticeAddress(way) {
  const other = 'keys@other.example';
  await way.reach('main a[href="/signup/notice"]');
  await way.go();
  await way.type('#email', other);
  const mail = await way.mailbox.after(other, () => way.go());
  way.at('/signup/notice/confirm');
  await way.code(codeIn(mail, CODE_DIGITS));
  way.at('/account');
}

async function changeWords(way) {
  await way.open('/account/anti-phishing');
  await way.type('#words', 'quiet otter 77');
  await way.go();
  await way.prove();
  way.at('/account/anti-phishing/changed');
  await way.back();
}

async function addPasskey(way) {
  const device = await deviceOf(way.page);
  await way.open('/account/passkeys');
  await way.press('form[action="/account/passkeys/add"] button');
  await way.prove();
  way.at('/account/passkeys/new');
  await device.touched(true);
  await way.type('#name', 'Blue key');
  await way.reach('form[data-passkey="create"] button');
  await way.page.keyboard.press('Enter');
  await way.page.waitForURL(/done=added$/);
  await device.touched(false);
  await way.back();
}

async function changePassword(way, password) {
  await way.open('/account/password');
  await way.type('#new_password', password);
  await way.go();
  await way.prove();
  way.at('/account/password/changed');
  await way.back();
}

async function changeAddress(way, to) {
  await way.open('/account/email');
  await way.type('#email', to);
  await way.go();
  const mail = await way.mailbox.after(to, () => way.prove());
  way.at('/account/email/code');
  await way.code(codeIn(mail));
  assert.match(way.page.url(), /\/account\/email\?done=asked$/);
  await way.press('form[action="/account/email/keep"] button');
  assert.match(way.page.url(), /done=kept$/);
  await way.back();
}

/** A question that nobody asked leads through everything that opens the account. */
async function lookThrough(way) {
  await way.open('/account/anti-phishing');
  await way.press('form[action="/account/anti-phishing/show"] button');
  await way.press('form[action="/account/review/not-asked"] button');
  way.at('/account/review');
  for (let step = 0; step < STOPS_MAX && new URL(way.page.url()).pathname === '/account/review'; step += 1) {
    const names = await way.page
      .locator('input[value="mine"]')
      .evaluateAll((inputs) => inputs.map((input) => input.name));
    for (const name of names) {
      await way.reach(`input[name="${name}"]`);
      await way.page.keyboard.press('Space');
    }
    await way.press('form[action="/account/review"] button');
  }
  way.at('/account/review/done');
  await way.back();
}

test('what an account has is changed by keyboard alone', async (t) => {
  const server = await Server.start({ t, config: withPasskeys });
  const person = await newPerson({ t });
  const way = new Home({ server, person });
  const email = 'home@mail.example';
  way.key = await signUp(way, email);
  await addNoticeAddress(way);
  await changeWords(way);
  await changePassword(way, 'seven copper kites in may');
  await signOut(way);
  server.moveClock({ days: 4 }); // an older account may change more
  await signIn(way, email, 'seven copper kites in may');
  await changeAddress(way, 'moved@new.example');
  await lookThrough(way);
  await addPasskey(way);
  assert.deepEqual(person.seen.all(), []);
});
