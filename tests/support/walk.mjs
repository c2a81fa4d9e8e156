// What a person does on the core pages, in any engine (openEngine): signs up, signs in, signs out. Each step
// waits for the next document, whether a button or a complete code has sent the form.

import assert from 'node:assert/strict';

import { Mailbox, codeIn } from './mailbox.mjs';
import { freshAddress, freshPassword } from './person.mjs';
import { STEP_SECONDS, totp } from './totp.mjs';
import { until } from './until.mjs';

const MAILED_DIGITS = 8;
const PROOF_CHARACTERS = 4; // are asked for, of one code
const LOAD_SECONDS = 30;

/** Digits of any script that Arabic uses. */
function numberOf(digits) {
  return Number(digits.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 0xf));
}

export class Walk {
  /** `engine`: of openEngine; `base`: the address that the browser sees; `watch`: called on every new
   *  page with its name. */
  constructor(engine, server, { base = server.url, scripts = true, watch = async () => {} } = {}) {
    Object.assign(this, { engine, server, base, scripts, watch });
    this.email = freshAddress();
    this.password = freshPassword();
    this.mailbox = new Mailbox(server);
    this.usedStep = 0;
  }

  async #run(script) {
    if (this.engine.driver) return this.engine.driver.run(`return ${script}`);
    return this.engine.page.evaluate(script);
  }

  /** Does `act`, which leaves the page, and waits for the next document. */
  async #leave(act) {
    await this.#run('(window.sallyportLeft = true)');
    await act();
    await until(
      () => this.#run('!window.sallyportLeft && document.readyState === "complete"'),
      'the next page',
      LOAD_SECONDS,
    );
  }

  async go(path) {
    await this.engine.go(this.base + path);
  }
  async path() {
    return new URL(await this.engine.url()).pathname;
  }
  async isAt(path) {
    assert.equal(await this.path(), path, (await this.engine.text('body')).slice(0, 1000));
    await this.watch(path.slice(1).replaceAll('/', '-') || 'home');
  }
  /** Fills the form that posts to `action` and sends it. */
  async send(action, fields = {}) {
    const form = `form[action="${action}"]`;
    const last = Object.keys(fields).at(-1);
    const sendsItself = this.scripts && (await this.engine.has(`${form} input[name="${last}"][data-digits]`));
    await this.#leave(async () => {
      for (const [name, value] of Object.entries(fields))
        await this.engine.fill(`${form} input[name="${name}"]`, value);
      if (!sendsItself) await this.#click(`${form} button[type="submit"]`);
    });
  }
  async follow(selector) {
    await this.#leave(() => this.#click(selector));
  }
  async #click(selector) {
    if (this.engine.driver) return this.#run(`document.querySelector(${JSON.stringify(selector)}).click()`);
    return this.engine.page.click(selector);
  }

  /** The app's code; the clock goes on to a step that was not used. */
  code() {
    const step = Math.floor(this.server.now() / 1000 / STEP_SECONDS);
    const ahead = Math.max(0, this.usedStep + 1 - step);
    if (ahead) this.server.moveClock({ seconds: ahead * STEP_SECONDS });
    this.usedStep = step + ahead;
    return totp(this.secret, this.usedStep * STEP_SECONDS * 1000);
  }

  async enterAddress() {
    await this.isAt('/signup');
    const mail = await this.mailbox.after(this.email, () => this.send('/signup', { email: this.email }));
    this.mailedCode = codeIn(mail, MAILED_DIGITS);
    await this.isAt('/signup/confirm');
  }
  async confirmAddress() {
    await this.send('/signup/confirm', { code: this.mailedCode });
    await this.isAt('/signup/secure');
  }
  async choosePassword() {
    await this.send('/signup/secure', { password: this.password });
    await this.isAt('/signup/second');
    this.secret = (await this.engine.text('#app_key')).replace(/\s/g, '');
  }
  async addApp() {
    await this.send('/signup/second', { code: this.code() });
    await this.isAt('/signup/kit');
    this.codes = [];
    for (let n = 1; n <= 10; n++) this.codes.push(await this.engine.text(`#kit ol li:nth-child(${n})`));
  }
  async keepKit() {
    await this.send('/signup/kit');
    await this.isAt('/signup/kit/proof');
    const label = (await this.engine.text('label[for="part"]')).normalize('NFKC');
    const numbers = [...label.matchAll(/\p{Nd}+/gu)].map(([digits]) => numberOf(digits));
    const asked = numbers.find((number) => number !== PROOF_CHARACTERS) ?? PROOF_CHARACTERS;
    this.asked = this.codes[asked - 1].replaceAll('-', '').slice(-PROOF_CHARACTERS);
  }
  async proveKit() {
    await this.send('/signup/kit/proof', { part: this.asked });
    await this.isAt('/signup/done');
  }
  async signUp() {
    for (const step of Walk.SIGN_UP) await this[step]();
  }
  static SIGN_UP = ['enterAddress', 'confirmAddress', 'choosePassword', 'addApp', 'keepKit', 'proveKit'];

  async enterPassword() {
    await this.send('/signin', { email: this.email, password: this.password });
    await this.isAt('/signin/code');
  }
  async signIn() {
    await this.enterPassword();
    await this.send('/signin/code', { code: this.code() });
    await this.isAt('/account');
  }
  async signOut() {
    await this.follow('a[href="/signout"]');
    await this.isAt('/signout');
    await this.send('/signout');
  }

  /** Home, sign-up, sign-out, sign-in, account. */
  async core() {
    await this.go('/');
    await this.isAt('/');
    await this.follow('main a[href="/signup"]');
    await this.signUp();
    await this.follow('a[href="/account"]');
    await this.isAt('/account');
    await this.signOut();
    await this.go('/account');
    await this.isAt('/signin');
    await this.signIn();
  }
}
