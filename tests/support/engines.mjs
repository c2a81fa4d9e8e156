// One journey, three engines: the little that a person does, spoken to Chromium (playwright), Firefox ESR
// (WebDriver BiDi by puppeteer) and WebKitGTK (WebDriver by HTTP). Certificates that sign themselves are
// taken.
//
//   const person = await openEngine('firefox', { t });
//   await person.go(url); await person.fill('#email', 'a@b.example'); await person.press('form button');
//   await person.text('h1'); await person.url(); await person.picture(path);

import { writeFileSync } from 'node:fs';

import { Child } from './child.mjs';
import { newPerson } from './chromium.mjs';
import { request } from './http.mjs';
import { freePort, temporaryFolder } from './places.mjs';
import { until } from './until.mjs';

export const ENGINES = ['chromium', 'firefox', 'webkit'];
const LOAD_MS = 30000;

export async function openEngine(name, options = {}) {
  const person = await { chromium: openChromium, firefox: openFirefox, webkit: openWebKit }[name](options);
  options.t?.cleanup(() => person.close());
  options.t?.onFailure(
    async () => `${name} at ${await person.url()}\n${(await person.text('body')).slice(0, 2000)}`,
  );
  return person;
}

async function openChromium(options) {
  const { context, page } = await newPerson({ ...options, t: undefined, ignoreCertificates: true });
  return {
    engine: 'chromium',
    page,
    go: (url) => page.goto(url),
    url: async () => page.url(),
    close: () => context.close(),
    fill: (selector, value) => page.locator(selector).first().fill(value),
    check: (selector) => page.locator(selector).first().check(),
    press: async (selector) => {
      await page.locator(selector).first().click();
      await page.waitForLoadState();
    },
    text: async (selector) => (await page.locator(selector).first().innerText()).trim(),
    value: (selector) => page.locator(selector).first().inputValue(),
    has: async (selector) => (await page.locator(selector).count()) > 0,
    picture: (path) => page.screenshot({ path, fullPage: true }),
  };
}

async function openFirefox({ language = 'en' }) {
  const { default: puppeteer } = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    acceptInsecureCerts: true,
    userDataDir: temporaryFolder('firefox'),
    env: { ...process.env, HOME: temporaryFolder('home') },
    extraPrefsFirefox: { 'intl.accept_languages': language, 'network.proxy.type': 0 },
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(LOAD_MS);
  return {
    engine: 'firefox',
    page,
    go: (url) => page.goto(url),
    url: async () => page.url(),
    close: () => browser.close(),
    fill: async (selector, value) => {
      const field = await page.waitForSelector(selector);
      await field.evaluate((element) => {
        element.value = '';
      });
      await field.type(value);
    },
    check: async (selector) => (await page.waitForSelector(selector)).click(),
    press: async (selector) => {
      const button = await page.waitForSelector(selector);
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), button.click()]);
    },
    text: async (selector) => (await page.$eval(selector, (element) => element.innerText)).trim(),
    value: (selector) => page.$eval(selector, (element) => element.value),
    has: async (selector) => (await page.$$(selector)).length > 0,
    picture: (path) => page.screenshot({ path, fullPage: true }),
  };
}

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

class WebDriver {
  constructor(base) {
    this.base = base;
  }

  async call(method, path, fields) {
    const body = fields === undefined ? undefined : JSON.stringify(fields);
    const answer = await request(this.base, method, path, {
      body,
      headers: { 'Content-Type': 'application/json' },
      seconds: 60,
    });
    const { value } = answer.json;
    if (answer.status !== 200)
      throw new Error(`WebDriver ${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  async open() {
    const capabilities = {
      alwaysMatch: {
        acceptInsecureCerts: true,
        'webkitgtk:browserOptions': { binary: MINI_BROWSER, args: ['--automation'] },
      },
    };
    const { sessionId } = await this.call('POST', '/session', { capabilities });
    this.session = `/session/${sessionId}`;
  }

  post(path, fields = {}) {
    return this.call('POST', this.session + path, fields);
  }
  get(path) {
    return this.call('GET', this.session + path);
  }
  run(script, ...args) {
    return this.post('/execute/sync', { script, args });
  }

  async element(selector) {
    const found = await until(
      () => this.post('/element', { using: 'css selector', value: selector }),
      `${selector} is there`,
    );
    return `/element/${found[ELEMENT]}`;
  }
}

async function openWebKit({ language = 'en' }) {
  const port = await freePort();
  const env = {
    ...process.env,
    HOME: temporaryFolder('home'),
    LANGUAGE: language,
    GIO_USE_PROXY_RESOLVER: 'dummy',
    WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    NO_AT_BRIDGE: '1',
    XDG_RUNTIME_DIR: temporaryFolder('run'),
  };
  const screen = new Child('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    env,
  });
  let child;
  const driver = new WebDriver(`http://127.0.0.1:${port}`);
  const close = async () => {
    if (driver.session) await driver.call('DELETE', driver.session).catch(() => {});
    await child?.stop();
    await screen.stop();
  };
  try {
    const [, display] = await screen.says(/^(\d+)$/m);
    child = new Child('WebKitWebDriver', [`--port=${port}`], { env: { ...env, DISPLAY: `:${display}` } });
    await until(() => request(driver.base, 'GET', '/status'), 'WebKitWebDriver answers');
    await driver.open();
  } catch (error) {
    await close();
    throw new Error(`${error.message}\n${screen.output}${child?.output}`);
  }
  return {
    engine: 'webkit',
    driver,
    close,
    go: (url) => driver.post('/url', { url }),
    url: () => driver.get('/url'),
    fill: async (selector, value) => {
      const element = await driver.element(selector);
      await driver.post(`${element}/clear`);
      await driver.post(`${element}/value`, { text: value });
    },
    check: async (selector) => driver.post(`${await driver.element(selector)}/click`),
    press: async (selector) => {
      // The old document is marked: the mark is gone when the next one is there.
      await driver.run('window.sallyportLeft = true');
      await driver.post(`${await driver.element(selector)}/click`);
      await until(
        () => driver.run('return !window.sallyportLeft && document.readyState === "complete"'),
        'the next page',
        30,
      );
    },
    text: async (selector) => (await driver.get(`${await driver.element(selector)}/text`)).trim(),
    value: async (selector) => driver.get(`${await driver.element(selector)}/property/value`),
    has: async (selector) =>
      (await driver.post('/elements', { using: 'css selector', value: selector })).length > 0,
    picture: async (path) => writeFileSync(path, Buffer.from(await driver.get('/screenshot'), 'base64')),
  };
}
