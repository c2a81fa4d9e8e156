// Through every public page and each state of it that a person can bring about, in any of the languages:
//
//   await tour(server, page, { language: 'en-XA', look: async (name) => … });
//
// `look` is called with the page in the state of that name.

import { Mailbox, codeIn } from './mailbox.mjs';
import { freshAddress, freshPassword } from './person.mjs';
import { STEP_SECONDS, totp, wrongCode } from './totp.mjs';

const MAILED_DIGITS = 8;
const GUESSES = 11; // more than a stranger has

/** Puts the page into a language, also into one that is not offered. */
export async function speak(server, page, language) {
  await page.goto(`${server.url}/language`);
  await page
    .locator('button[name="lang"]')
    .first()
    .evaluate((button, tag) => {
      button.value = tag;
    }, language);
  await leave(page, () => page.locator('button[name="lang"]').first().click());
}

/** Does `act`, which leaves the page, and waits for the next document. */
export async function leave(page, act) {
  await page.evaluate(() => {
    window.sallyportLeft = true;
  });
  await act();
  await page.waitForFunction(() => !window.sallyportLeft && document.readyState === 'complete');
}

/** Fills the form that posts to `action` and sends it; a complete code sends itself. */
export async function send(page, action, fields = {}) {
  const form = page.locator(`form[action="${action}"]`).first();
  await leave(page, async () => {
    let sent = false;
    for (const [name, value] of Object.entries(fields)) {
      const input = form.locator(`:is(input, textarea)[name="${name}"]`);
      const digits = await input.getAttribute('data-digits');
      sent ||= digits !== null && value.length === Number(digits);
      await input.fill(value);
    }
    if (!sent) await form.locator('button[type="submit"]').click();
  });
}

/** Which code of the new kit the sign-up asks for, counted from 1. */
export const askedCode = (page) =>
  page.evaluate(async () => {
    const answer = await fetch('/signup/kit/proof', { headers: { Accept: 'application/json' } });
    return (await answer.json()).number;
  });

class Tour {
  constructor(server, page, look) {
    Object.assign(this, { server, page, look, usedStep: 0 });
    this.mailbox = new Mailbox(server);
    this.email = freshAddress();
    this.password = freshPassword();
  }
  async see(path, name) {
    await this.page.goto(this.server.url + path);
    await this.look(name);
  }
  code() {
    const step = Math.floor(this.server.now() / 1000 / STEP_SECONDS);
    const ahead = Math.max(0, this.usedStep + 1 - step);
    if (ahead) this.server.moveClock({ seconds: ahead * STEP_SECONDS });
    this.usedStep = step + ahead;
    return totp(this.secret, this.usedStep * STEP_SECONDS * 1000);
  }
  async sent(action, fields, name) {
    await send(this.page, action, fields);
    await this.look(name);
  }

  async around() {
    await this.see('/', 'home');
    await this.see('/about', 'about');
    await this.see('/language', 'language');
    await this.see('/trouble', 'trouble');
    await this.see('/verify', 'verify');
    await this.sent('/verify', { number: 'V-1', recipient: 'nobody at home' }, 'verify-problem');
    const asked = { number: 'V-0000-0000-0000-0000', recipient: 'ada@mail.example' };
    await this.sent('/verify', asked, 'verify-not-ours');
    await this.sent('/verify/name', { name: 'exchange.example' }, 'verify-name');
    await this.see('/lock', 'lock');
    const wrong = { email: 'ada@mail.example', code: '7K2MB-XQ4TR', step_number: '' };
    await this.sent('/lock', wrong, 'lock-problem');
    await this.see('/unlock', 'unlock');
    await this.sent('/unlock', { email: 'nobody at home' }, 'unlock-problem');
    await this.sent('/unlock', { email: 'ada@mail.example' }, 'unlock-show');
    for (const what of ['app', 'password', 'kit'])
      await this.see(`/unlock/check?with=${what}`, `unlock-show-${what}`);
    await this.page.goto(`${this.server.url}/unlock`);
    await this.sent('/unlock', { email: 'ada@mail.example' }, 'unlock-show-no-mail');
    await this.see('/verify/mail', 'verify-mail');
    await this.sent('/verify/mail', { recipient: 'nobody at home' }, 'verify-mail-problem');
    const pasted = { recipient: 'ada@mail.example', source: 'Subject: Pay now' };
    await this.sent('/verify/mail', pasted, 'verify-mail-not-ours');
    await this.see('/report', 'report');
    await this.sent('/report', { where: 'evil.com' }, 'report-problem');
    await this.sent('/report', { text: 'https://evil.com/' }, 'report-done');
    await this.see('/no-such-page', 'error-404');
    await this.see('/signed-out', 'signed-out');
    await this.see('/dev/mailbox', 'dev-token');
  }

  async signUpAddress() {
    await this.see('/signup', 'sign-up');
    await this.sent('/signup', { email: 'nobody at home' }, 'sign-up-problem');
    const mail = await this.mailbox.after(this.email, () =>
      send(this.page, '/signup', { email: this.email }),
    );
    await this.look('sign-up-confirm');
    await this.sent('/signup/confirm', { code: '123' }, 'sign-up-confirm-problem');
    await this.see('/signup/confirm', 'sign-up-confirm-again');
    await this.sent('/signup/confirm', { code: codeIn(mail, MAILED_DIGITS) }, 'sign-up-password');
    await this.sent('/signup/secure', { password: 'passwordpassword' }, 'sign-up-password-problem');
    await this.sent('/signup/secure', { password: this.password }, 'sign-up-app');
  }
  async signUpKit() {
    this.secret = (await this.page.locator('#app_key').innerText()).replace(/\s/g, '');
    const wrong = wrongCode(this.secret, this.server.now());
    await this.sent('/signup/second', { code: wrong }, 'sign-up-app-problem');
    const late = totp(this.secret, this.server.now(), -4);
    await this.sent('/signup/second', { code: late }, 'sign-up-app-clock');
    await this.sent('/signup/second', { code: this.code() }, 'sign-up-kit');
    this.codes = (await this.page.locator('.kit li').allInnerTexts()).map((text) => text.trim());
    await this.sent('/signup/kit', {}, 'sign-up-proof');
    await this.sent('/signup/kit/proof', { part: 'ZZZZ' }, 'sign-up-proof-problem');
    const number = await askedCode(this.page);
    await this.sent('/signup/kit/proof', { part: this.codes[number - 1].slice(-4) }, 'sign-up-done');
  }
  async noticeAddress() {
    const other = freshAddress('other.example');
    await this.see('/signup/notice', 'notice');
    await this.sent('/signup/notice', { email: `x${this.email}` }, 'notice-problem');
    await this.mailbox.after(other, () => send(this.page, '/signup/notice', { email: other }));
    await this.look('notice-confirm');
    await this.see('/', 'home-signed-in');
    await this.see('/signout', 'sign-out');
    await this.sent('/signout', {}, 'signed-out-now');
  }

  async signIn() {
    await this.see('/signin', 'sign-in');
    await this.sent('/signin', {}, 'sign-in-empty');
    await this.sent('/signin', { email: this.email, password: 'not this one' }, 'sign-in-problem');
    await this.see('/signin/code', 'sign-in-started-again');
    await this.sent('/signin', { email: this.email, password: this.password }, 'sign-in-code');
    const wrong = () => ({ code: wrongCode(this.secret, this.server.now()) });
    await this.sent('/signin/code', wrong(), 'sign-in-code-problem');
    await this.sent('/signin/code', wrong(), 'sign-in-code-clock');
    await this.see('/signin/methods', 'sign-in-methods');
    await this.see('/signin/recovery-code', 'recovery-code');
    await this.sent('/signin/recovery-code', { code: 'ABCD' }, 'recovery-code-problem');
    this.server.moveClock({ minutes: 8 });
    await this.sent('/signin/recovery-code', { code: this.codes[0] }, 'recovery-code-used');
    await this.page.goto(`${this.server.url}/signout`);
    await send(this.page, '/signout');
  }
  async forgotten() {
    await this.see('/recover', 'recover');
    for (const haves of ['mailbox=yes&app=yes', 'mailbox=yes&kit=yes', 'password=yes&app=yes', 'session=yes'])
      await this.see(`/recover/way?${haves}`, `recover-way-${haves}`);
    await this.see('/reset', 'reset');
    await this.sent('/reset', { email: 'nobody at home' }, 'reset-problem');
    const enter = () => send(this.page, '/reset', { email: this.email });
    const matches = (one) => /(?<!\d)\d{8}(?!\d)/.test(one.text);
    const mail = await this.mailbox.after(this.email, enter, { matches });
    await this.look('reset-check');
    await this.sent('/reset/check', { code: '123' }, 'reset-check-problem');
    await this.sent('/reset/check', { code: codeIn(mail, MAILED_DIGITS) }, 'reset-factor');
    const wrong = wrongCode(this.secret, this.server.now());
    await this.sent('/reset/factor', { code: wrong }, 'reset-factor-problem');
    await this.sent('/reset/factor', { code: this.code() }, 'reset-new');
    await this.sent('/reset/new', { new_password: 'passwordpassword' }, 'reset-new-problem');
    this.password = freshPassword();
    await this.sent('/reset/new', { new_password: this.password }, 'reset-done');
    await this.page.context().clearCookies({ name: '__Host-reset' });
    await this.see('/reset/new', 'reset-started-again');
  }
  async tooMany() {
    const stranger = freshAddress();
    for (let guess = 0; guess < GUESSES; guess++) {
      await this.page.goto(`${this.server.url}/signin`);
      await send(this.page, '/signin', { email: stranger, password: `wrong ${guess}` });
    }
    await this.look('wait');
    await this.sent('/signin/pass', { email: stranger }, 'pass-code');
    await this.sent('/signin/pass/code', { code: '12345678' }, 'pass-code-problem');
    await this.see('/signin/wait', 'wait-again');
  }
  async devMailbox() {
    const token = `token=${this.server.devToken}`;
    await this.see(`/dev/mailbox?${token}`, 'dev-mailbox');
    await this.see(`/dev/mailbox/1?${token}`, 'dev-mail');
  }
}

export async function tour(server, page, { language = 'en', look }) {
  await speak(server, page, language);
  const way = new Tour(server, page, look);
  await way.around();
  await way.signUpAddress();
  await way.signUpKit();
  await way.noticeAddress();
  await way.signIn();
  await way.forgotten();
  await way.tooMany();
  await way.devMailbox();
}
