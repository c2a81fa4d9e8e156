// A person at home who goes from page to page and lets each state of them be looked at (tour_account.mjs).

import { AtHome } from './at_home.mjs';
import { Mailbox } from './mailbox.mjs';
import { wrongCode } from './totp.mjs';

export const WORDS = 'quiet otter 77';
export const PASSKEY = 'Blue phone';
export const holdsMailedCode = { matches: (mail) => /^\d{8}$/m.test(mail.text) };
export const holdsCode = { matches: (mail) => /^\d{6}$/m.test(mail.text) };

export class Tour extends AtHome {
  constructor(options) {
    super(options);
    this.tell = options.look;
    this.mailbox = new Mailbox(options.server);
  }
  async look(name) {
    await this.tell(name, [WORDS, PASSKEY, this.person.words]);
  }
  async see(path, name) {
    await this.go(path);
    await this.look(name);
  }
  async sent(action, fields, name) {
    await this.send(action, fields);
    await this.look(name);
  }
  async typed(action, code, name) {
    await this.type(action, code);
    await this.look(name);
  }
  /** Asks, is asked for a proof, and gives it. */
  async asked(action, fields = {}, confirmed = `${action}/confirm`) {
    await this.send(action, fields);
    await this.approve(confirmed);
  }
  wrong() {
    return wrongCode(this.person.secret, this.server.now());
  }
  async leaveSession() {
    await this.page.context().clearCookies({ name: '__Host-session' });
  }
  async enterPassword(then = '/account') {
    await this.go(`/signin?then=${then}`);
    await this.send('/signin', { email: this.person.email, password: this.person.password });
  }
  /** By the app's code, whatever is offered first. */
  async signInByApp(path) {
    await this.leaveSession();
    await this.enterPassword(path);
    await this.go('/signin/code');
    await this.type('/signin/code', this.person.freshCode());
    await this.page.waitForURL((url) => url.pathname === path);
  }
  async press(kind) {
    await this.device.touched(true); // only requests made after it see it
    await this.page.locator(`form[data-passkey="${kind}"] button[type=submit]`).click();
  }
  async failed(kind, name) {
    await this.device.knowsOwner(false);
    await this.press(kind);
    await this.page.locator('[data-passkey-said]', { hasText: /\S/ }).waitFor();
    await this.device.knowsOwner(true);
    await this.look(name);
  }
}
