// Opens pages as a phone on slow 4G with a quarter of this CPU, and prints one line of JSON for each.
//     node pages.mjs CHROMIUM ORIGIN TIMES COOKIE PATH…
// First paint and first usable field are medians of so many visits with a cold cache; scores, layout shift
// and blocking time are of Lighthouse's run with the median blocking time, with its own mobile preset. COOKIE
// (name=value) is the session, which the account's pages have and the public ones have not: they would lead a
// signed-in person on. The path `empty` is a page of one line, served here: what this machine blocks where
// there is nothing to do.
import {createServer} from 'node:http';

import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const [chromium, origin, times, cookie, ...paths] = process.argv.slice(2);
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 200_000,  // bytes a second: 1.6 Mbit/s
  uploadThroughput: 93_750
};
const CPU_DIVISOR = 4;
const LIGHTHOUSE_RUNS = 3;  // one run's blocking time is up to four times another's
const PAGE_MS_MAX = 30_000;
const FIELD_MS_MAX = 3_000;
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];

const browser = await puppeteer.launch({executablePath: chromium, args: FLAGS});

function is_of_account(url) {
  return new URL(url).pathname.startsWith('/account');
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** In a context's own jar: a header of ours would be lost as soon as the page sets a cookie. */
async function sign_in(context) {
  const [name, value] = cookie.split('=', 2);
  await context.setCookie({name, value, domain: new URL(origin).hostname, path: '/', secure: true});
}

/** When something was first painted, and when the first field could be typed into and had been painted, in ms
 * since the navigation began; null where there is no field. */
async function visit(url) {
  const context = await browser.createBrowserContext();
  if (is_of_account(url)) await sign_in(context);
  const page = await context.newPage();
  await page.setViewport({width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2});
  const client = await page.createCDPSession();
  await client.send('Network.enable');
  await client.send('Network.emulateNetworkConditions', SLOW_4G);
  await client.send('Emulation.setCPUThrottlingRate', {rate: CPU_DIVISOR});
  await page.evaluateOnNewDocument(() => {
    const FIELD = 'main input:not([type=hidden]):not([disabled]), form input[type=email]';
    const look = () => {
      const field = document.querySelector(FIELD);
      if (!field || !field.checkVisibility()) return requestAnimationFrame(look);
      requestAnimationFrame(() => requestAnimationFrame(() => {
                              window.fieldUsable = performance.now();
                            }));
    };
    requestAnimationFrame(look);
  });
  await page.goto(url, {waitUntil: 'load', timeout: PAGE_MS_MAX});
  const painted = await page.waitForFunction(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime, {timeout: PAGE_MS_MAX});
  const has_field = await page.$('main input:not([type=hidden]):not([disabled]), form input[type=email]');
  const usable =
      has_field && await page.waitForFunction(() => window.fieldUsable, {timeout: FIELD_MS_MAX});
  const seen = {painted: await painted.jsonValue(), usable: usable && await usable.jsonValue()};
  await context.close();
  return seen;
}

/** Lighthouse would forget the session as well. */
async function forget_files() {
  const page = await browser.newPage();
  const client = await page.createCDPSession();
  await client.send('Network.clearBrowserCache');
  await page.close();
}

const blocked_ms = result => result.audits['total-blocking-time'].numericValue;

/** The run of the median blocking time, or the first that went wrong. */
async function lighthouse_of(url) {
  const results = [];
  while (results.length < LIGHTHOUSE_RUNS) {
    await forget_files();
    const {lhr} = await lighthouse(url, {
      port: Number(new URL(browser.wsEndpoint()).port),
      logLevel: 'silent',
      disableStorageReset: true,  // the session is there
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
    });
    if (lhr.runtimeError?.code) return lhr;
    results.push(lhr);
  }
  return results.sort((a, b) => blocked_ms(a) - blocked_ms(b))[Math.floor(LIGHTHOUSE_RUNS / 2)];
}

const EMPTY = '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">' +
    '<title>Empty</title><meta name="description" content="Nothing"><main><h1>Empty</h1></main></html>';
const nothing = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8').end(EMPTY);
});
await new Promise(done => nothing.listen(0, '127.0.0.1', done));
const url_of = path => path === 'empty' ? `http://127.0.0.1:${nothing.address().port}/` : origin + path;

async function measure(path) {
  const url = url_of(path);
  const visits = [];
  while (visits.length < Number(times)) visits.push(await visit(url));
  if (is_of_account(url)) await sign_in(browser.defaultBrowserContext());
  const result = await lighthouse_of(url);
  const {audits, categories, runtimeError, finalDisplayedUrl} = result;
  if (runtimeError?.code) return {path, error: runtimeError.message};
  if (finalDisplayedUrl !== url) return {path, error: `led to ${finalDisplayedUrl}`};
  // What keeps the scores that must be 100 below it; insights and old metrics weigh nothing.
  const weighty = ['accessibility', 'best-practices'].flatMap(name => categories[name].auditRefs)
                      .filter(reference => reference.weight > 0)
                      .map(reference => audits[reference.id]);
  const failed = weighty.filter(audit => audit.score !== null && audit.score < 1);
  const score = name => Math.round((categories[name].score ?? 0) * 100);
  return {
    path,
    performance: score('performance'),
    accessibility: score('accessibility'),
    practices: score('best-practices'),
    failed: failed.map(audit => audit.id),
    layout_shift: audits['cumulative-layout-shift'].numericValue,
    blocked_ms: blocked_ms(result),
    first_paint_ms: median(visits.map(seen => seen.painted)),
    usable_ms: visits[0].usable === null ? null : median(visits.map(seen => seen.usable)),
  };
}

try {
  for (const path of paths) {
    console.log(JSON.stringify(await measure(path).catch(error => ({path, error: String(error.message)}))));
  }
} finally {
  await browser.close();
  nothing.close();
}
