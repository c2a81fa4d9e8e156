// By keyboard alone (G16): every control of every public page is reached by Tab, in the order in which it
// stands, and each stop shows where it is; sign-up and sign-out are completed without a mouse.

import assert from 'node:assert/strict';

import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Mailbox, codeIn } from '../support/mailbox.mjs';
import { freshAddress, freshPassword } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { totp } from '../support/totp.mjs';
import { leave, speak, tour } from '../support/tour.mjs';

afterAll(closeBrowser);

const STOPS_MAX = 60;

/** Gives every control a number, in the order of the document, and what it looks like without focus. */
function number() {
  // From the top, also where a field has taken the focus at load.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  const all = 'a[href], button, input:not([type="hidden"]), textarea, select, summary';
  const controls = [...document.querySelectorAll(all)].filter((control) => control.checkVisibility());
  controls.forEach((control, i) => {
    control.dataset.stop = i;
    const style = getComputedStyle(control);
    control.dataset.plain = `${style.outlineStyle} ${style.outlineWidth}`;
  });
  return controls.length;
}

/** Where the focus is, and whether a person sees it. */
function here() {
  const control = document.activeElement;
  if (!control || control.dataset.stop === undefined) return undefined;
  const style = getComputedStyle(control);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const box = control.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  const same = control.dataset.plain === `${style.outlineStyle} ${style.outlineWidth}`;
  return { stop: Number(control.dataset.stop), seen: ring && inside && !same, html: control.outerHTML };
}

async function walkStops(page) {
  const found = [];
  const count = await page.evaluate(number);
  let last = -1;
  for (let n = 0; n < STOPS_MAX && last < count - 1; n++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(here);
    if (!stop) continue;
    if (stop.stop !== last + 1) found.push(`stop ${stop.stop} follows ${last}`);
    if (!stop.seen) found.push(`no visible focus: ${stop.html.slice(0, 120)}`);
    last = stop.stop;
  }
  if (last !== count - 1) found.push(`${last + 1} of ${count} controls are reached`);
  return found;
}

for (const language of ['en', 'ar']) {
  test(
    `each stop of Tab is in order and can be seen: ${language}`,
    async (t) => {
      const server = await Server.start({ t });
      const { page } = await newPerson({ t });
      const found = [];
      const look = async (name) => {
        found.push(...(await walkStops(page)).map((text) => `${name}: ${text}`));
      };
      await tour(server, page, { language, look });
      assert.deepEqual(found, []);
    },
    { seconds: 300 },
  );
}

test('an account is made and left without a mouse', async (t) => {
  const server = await Server.start({ t });
  const { page } = await newPerson({ t });
  await speak(server, page, 'en');
  const email = freshAddress();
  const tabTo = async (selector) => {
    for (let n = 0; n < STOPS_MAX; n++) {
      if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${selector} at ${page.url()}`);
  };
  const press = async (selector) => {
    await tabTo(selector);
    await leave(page, () => page.keyboard.press('Enter'));
  };
  const type = async (selector, text, enter = true) => {
    await tabTo(selector);
    await leave(page, async () => {
      await page.keyboard.type(text);
      if (enter) await page.keyboard.press('Enter');
    });
  };
  await page.goto(`${server.url}/`);
  await press('a[href="/signup"]');
  const mail = await new Mailbox(server).after(email, () => type('#email', email));
  await type('#code', codeIn(mail, 8), false);
  await type('#password', freshPassword());
  const secret = (await page.locator('#app_key').innerText()).replace(/\s/g, '');
  await type('#code', totp(secret, server.now()), false);
  const codes = (await page.locator('.kit li').allInnerTexts()).map((text) => text.trim());
  await press('form[action="/signup/kit"] button');
  const label = await page.locator('label[for="part"]').innerText();
  const asked = Number(label.match(/code (\d+)$/)[1]);
  await type('#part', codes[asked - 1].slice(-4));
  assert.match(page.url(), /\/signup\/done$/);
  await press('main a[href="/account"]');
  await press('a[href="/signout"]');
  await press('form[action="/signout"] button');
  assert.match(page.url(), /\/signed-out$/);
});
