// A person who is signed in, at a page of Chromium (chromium.mjs: newPerson), scripts on or off.
//
//   const home = new AtHome({ server, person, page, scripts });
//   await home.signIn();
//   await home.send('/account/app/add');
//   await home.approve('/account/app/add/confirm');

import { inspect } from './chromium.mjs';

const CALL = ':has(input[name="by"][value="call"])';

export class AtHome {
  constructor({ server, person, page, scripts = true }) {
    Object.assign(this, { server, person, page, scripts });
  }

  async go(path) {
    await this.page.goto(this.server.url + path);
  }
  path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }
  async look(name) {
    await inspect(this.page, name, { scripts: this.scripts });
  }

  /** By password and code; then at `path`. */
  async signIn(path = '/account') {
    await this.go(`/signin?then=${path}`);
    await this.send('/signin', { email: this.person.email, password: this.person.password });
    await this.page.waitForURL(/\/signin\/code/);
    await this.type('/signin/code', this.person.freshCode());
    await this.page.waitForURL((url) => url.pathname === path);
  }

  /** Fills the form of `action` and presses its button; not the one of a call instead. */
  async send(action, fields = {}) {
    for (const [name, value] of Object.entries(fields)) await this.page.locator(`#${name}`).fill(value);
    const loaded = this.page.waitForEvent('load');
    await this.page.locator(`form[action="${action}"]:not(${CALL}) button[type=submit]`).last().click();
    await loaded;
  }
  /** "Call me instead". */
  async call(action) {
    const loaded = this.page.waitForEvent('load');
    await this.page.locator(`form[action="${action}"]${CALL} button[type=submit]`).click();
    await loaded;
  }
  /** A complete code submits itself where scripts run; else the button is pressed. */
  async type(action, code) {
    const loaded = this.page.waitForEvent('load');
    await this.page.locator('input[inputmode=numeric]').fill(code);
    if (!this.scripts) await this.page.locator(`form[action="${action}"] button[type=submit]`).click();
    await loaded;
  }
  /** The step-up, with a fresh code of the app. */
  async approve(action, code = this.person.freshCode()) {
    await this.page.waitForURL(/\/account\/reauth\//);
    await this.type(action, code);
  }
}
