// Chromium as a person's browser, and what every page must keep: no violation of its own policy, no error in
// the console, no request to a third party, nothing that axe or html-validate finds.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import { HtmlValidate } from 'html-validate';

import { SCREENS } from './places.mjs';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SCHEMES = ['light', 'dark'];
const WIDTHS = [360, 1280];
const HEIGHT = 800;
const NARROWEST = 320;

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: { 'no-trailing-whitespace': 'off', 'long-title': 'off' },
});

let browser;

/** The browser of this process; it ends with it. */
export async function launch() {
  browser ??= await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** A new person: a context without cookies, and its page, watched. Options: t, language ('en'), scripts
 *  (true), scheme ('light'), width, ignoreCertificates. */
export async function newPerson({
  t,
  language = 'en',
  scripts = true,
  scheme = 'light',
  width = 1280,
  ...more
} = {}) {
  const context = await (
    await launch()
  ).newContext({
    locale: language,
    javaScriptEnabled: scripts,
    colorScheme: scheme,
    viewport: { width, height: HEIGHT },
    ignoreHTTPSErrors: more.ignoreCertificates ?? false,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...more.context,
  });
  const seen = new Seen();
  await context.exposeBinding('sallyportViolation', (_, text) => {
    seen.violations.push(text);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.sallyportViolation(
        `${event.violatedDirective}: ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  context.on('page', (page) => seen.watch(page));
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  t?.cleanup(() => context.close());
  t?.onFailure(
    async () =>
      `at ${page.url()}\n${(
        await page
          .locator('body')
          .innerText()
          .catch(() => '')
      ).slice(0, 2000)}`,
  );
  t?.onFailure(() => seen.all().join('\n'));
  return { context, page, seen };
}

/** What went wrong in a person's pages, collected while they walk. */
export class Seen {
  constructor() {
    this.violations = [];
    this.errors = [];
    this.thirdParties = [];
    this.documents = []; // the markup of each page as the server sent it: {url, status, body()}
    this.origin = undefined;
  }

  watch(page) {
    page.on('console', (message) => {
      // A status of 400 or more on the page itself is an answer, not a fault of the page; Chromium logs it as
      // an error.
      const answer = /^Failed to load resource: the server responded with a status of 4\d\d/.test(
        message.text(),
      );
      if (message.type() === 'error' && !answer) this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (!protocol.startsWith('http')) return;
      this.origin ??= origin;
      if (origin !== this.origin) this.thirdParties.push(request.url());
    });
    page.on('response', (response) => {
      const html = (response.headers()['content-type'] ?? '').startsWith('text/html');
      const moved = response.status() >= 300 && response.status() < 400;
      if (html && !moved && response.request().isNavigationRequest()) {
        const body = response.text().catch(() => undefined); // gone if the page has been left meanwhile
        this.documents.push({ url: response.url(), status: response.status(), body });
      }
    });
  }

  all() {
    return [...this.violations, ...this.errors, ...this.thirdParties];
  }

  /** Throws what html-validate finds in any page that was seen, and whatever else was collected. */
  async mustBeClean() {
    const found = this.all();
    for (const document of this.documents.splice(0)) {
      const body = await document.body;
      if (body) found.push(...(await invalid(body)).map((text) => `${document.url}: ${text}`));
    }
    if (found.length) throw new Error(`the pages are not clean:\n${found.join('\n')}`);
  }
}

/** html-validate's findings in markup. */
export async function invalid(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap((result) =>
    result.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`),
  );
}

/** axe's findings on the page as it stands; `runOnly`: tags or rules of axe. */
export async function axe(page, runOnly = AXE_TAGS) {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE);
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
  const result = await page.evaluate(`axe.run(document, ${options})`);
  return result.violations.map(
    (v) =>
      `${v.id} (${v.impact}): ${v.help}\n${v.nodes
        .map((n) => `    ${n.html.slice(0, 200)}\n` + `    ${n.failureSummary.replace(/\n/g, '\n    ')}`)
        .join('\n')}`,
  );
}

/** How far the page is wider than its window, in CSS pixels. */
async function overflow(page) {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Everything that must hold of a page in the state it is in now, in light and dark, narrow and wide;
 *  leaves pictures build/screens/NAME-{en,ar}-{light,dark}-{360,1280}.png. With {scripts: false} contexts
 *  axe is left out. */
export async function inspect(page, name, { pictures = true, scripts = true } = {}) {
  const found = [];
  const before = page.viewportSize();
  const language = (await page.locator('html').getAttribute('lang')) ?? 'none';
  const direction = await page.locator('html').getAttribute('dir');
  if (direction !== (language.startsWith('ar') ? 'rtl' : 'ltr'))
    found.push(`lang=${language} with dir=${direction}`);
  mkdirSync(SCREENS, { recursive: true });
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      const path = join(SCREENS, `${name}-${language}-${scheme}-${width}.png`);
      if (pictures) await page.screenshot({ path, fullPage: true, animations: 'disabled' });
      if (scripts && width === WIDTHS[0])
        found.push(...(await axe(page)).map((text) => `${scheme}, ${width} px: ${text}`));
    }
  }
  await page.setViewportSize({ width: NARROWEST, height: HEIGHT });
  if (scripts && (await overflow(page)) > 0)
    found.push(`${await overflow(page)} px too wide at ${NARROWEST} px`);
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: SCHEMES[0] });
  if (found.length) throw new Error(`${name} (${page.url()}):\n${found.join('\n')}`);
}

/** A virtual authenticator (passkeys) for a page, over the DevTools protocol. */
export async function virtualAuthenticator(page, options = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
      ...options,
    },
  });
  return { session, authenticatorId };
}
