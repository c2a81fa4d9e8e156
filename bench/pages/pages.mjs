// Opens pages as a phone on slow 4G with a quarter of this CPU, and prints one line of JSON for each.
//     node pages.mjs CHROMIUM ORIGIN PATH…
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const [chromium, origin, ...paths] = process.argv.slice(2);
// Lighthouse's own numbers for slow 4G where the network is really slowed ("devtools" throttling).
const SLOW_4G = {
  offline: false,
  latency: 562.5,
  downloadThroughput: 1474.56 * 125,
  uploadThroughput: 675 * 125
};
const CPU_DIVISOR = 4;
const PAGE_MS_MAX = 30_000;
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];

const browser = await puppeteer.launch({executablePath: chromium, args: FLAGS});

/** When the first field can be typed into and has been painted, in ms since the navigation began. */
async function field_usable(url) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2});
  const client = await page.createCDPSession();
  await client.send('Network.enable');
  await client.send('Network.emulateNetworkConditions', SLOW_4G);
  await client.send('Emulation.setCPUThrottlingRate', {rate: CPU_DIVISOR});
  await page.evaluateOnNewDocument(() => {
    const look = () => {
      const field =
          document.querySelector('main input:not([type=hidden]):not([disabled]), form input[type=email]');
      if (!field || !field.checkVisibility()) return requestAnimationFrame(look);
      requestAnimationFrame(() => requestAnimationFrame(() => {
                              window.fieldUsable = performance.now();
                            }));
    };
    requestAnimationFrame(look);
  });
  await page.goto(url, {waitUntil: 'load', timeout: PAGE_MS_MAX});
  const usable = await page.waitForFunction(() => window.fieldUsable, {timeout: 3_000})
                     .then(handle => handle.jsonValue(), () => null);
  await context.close();
  return usable;
}

async function measure(path) {
  const url = origin + path;
  const report = await lighthouse(url, {
    port: Number(new URL(browser.wsEndpoint()).port),
    throttlingMethod: 'devtools',
    logLevel: 'silent',
    onlyCategories: ['performance', 'accessibility', 'best-practices'],
  });
  const {audits, categories, runtimeError} = report.lhr;
  if (runtimeError?.code) return {path, error: runtimeError.message};
  const score = name => Math.round((categories[name].score ?? 0) * 100);
  return {
    path,
    performance: score('performance'),
    accessibility: score('accessibility'),
    practices: score('best-practices'),
    first_paint_ms: audits['first-contentful-paint'].numericValue,
    layout_shift: audits['cumulative-layout-shift'].numericValue,
    blocked_ms: audits['total-blocking-time'].numericValue,
    usable_ms: await field_usable(url),
  };
}

try {
  for (const path of paths) {
    console.log(JSON.stringify(await measure(path).catch(error => ({path, error: String(error.message)}))));
  }
} finally {
  await browser.close();
}
