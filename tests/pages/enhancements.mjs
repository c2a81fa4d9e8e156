// What scripts add to the forms, in a real browser (R14, R15, section 6.1): nothing of it is needed, and
// nothing of it gets in the way. And Back, reload and a second tab on every public form (R3, G12).

import assert from 'node:assert/strict';

import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Mailbox, codeIn } from '../support/mailbox.mjs';
import { freshAddress, freshPassword, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { leave, send, tour } from '../support/tour.mjs';

afterAll(closeBrowser);

/** Counts the POSTs to a path. */
function posts(page, path) {
  const seen = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && new URL(request.url()).pathname === path) seen.push(request.url());
  });
  return seen;
}

async function atConfirm(t) {
  const server = await Server.start({ t });
  const { page, seen, context } = await newPerson({ t });
  const email = freshAddress();
  await page.goto(`${server.url}/signup`);
  const mail = await new Mailbox(server).after(email, () => send(page, '/signup', { email }));
  return { server, page, seen, context, code: codeIn(mail, 8) };
}

test('Back and reload of a page that answered a POST ask for it anew', async (t) => {
  const server = await Server.start({ t });
  const { page, seen } = await newPerson({ t });
  await page.goto(`${server.url}/signin`);
  await send(page, '/signin', { email: freshAddress(), password: 'wrong' });
  await page.locator('.summary').waitFor();
  await page.goto(`${server.url}/about`);
  await page.goBack();
  assert.equal(await page.locator('main h1').innerText(), 'Sign in');
  const asked = posts(page, '/signin');
  await page.goForward();
  await page.goBack();
  await page.reload();
  assert.equal(await page.locator('main h1').innerText(), 'Sign in');
  assert.deepEqual(asked, []);
  assert.deepEqual(seen.all(), []);
});

test('times are local from the second page on', async (t) => {
  const server = await Server.start({ t });
  const { page, seen } = await newPerson({ t, context: { timezoneId: 'Asia/Tokyo' } });
  await page.goto(`${server.url}/signin`);
  const email = freshAddress();
  for (let n = 0; n < 11; n++) await send(page, '/signin', { email, password: `wrong ${n}` });
  const plain = (text) => text.replace(/\u202f/g, ' ');
  const text = plain(await page.locator('main').innerText());
  const clock = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Tokyo', hour: 'numeric', minute: '2-digit' });
  const soon = [0, 1, 2].map((minutes) => plain(clock.format(Number(server.now()) + minutes * 60_000)));
  assert.ok(soon.some((time) => text.includes(time)), `${soon} in ${text}`);
  assert.doesNotMatch(text, /UTC/);
  assert.deepEqual(seen.all(), []);
});

test('a password is shown and hidden with words, and is hidden when it is sent', async (t) => {
  const server = await Server.start({ t });
  const { page, seen } = await newPerson({ t });
  await page.goto(`${server.url}/signin`);
  const input = page.locator('#password');
  const button = page.locator('button[aria-controls="password"]');
  await input.fill('a secret of mine');
  assert.equal(await button.innerText(), 'Show');
  await button.click();
  assert.equal(await input.getAttribute('type'), 'text');
  assert.equal(await button.innerText(), 'Hide');
  assert.equal(await page.locator('#status').innerText(), 'Your password is shown.');
  await button.click();
  assert.equal(await input.getAttribute('type'), 'password');
  assert.equal(await page.locator('#status').innerText(), 'Your password is hidden.');
  await button.click();
  await page.evaluate(() => {
    document.addEventListener('submit', (event) => event.preventDefault());
    document.querySelector('form[action="/signin"]').requestSubmit();
  });
  assert.equal(await input.getAttribute('type'), 'password', 'browsers offer to keep it as a password');
  assert.equal(await input.inputValue(), 'a secret of mine');
  assert.deepEqual(seen.all(), []);
});

test('a form is sent once, and says that it works; nothing is disabled', async (t) => {
  const server = await Server.start({ t });
  const { page } = await newPerson({ t });
  await page.goto(`${server.url}/signin`);
  const sent = posts(page, '/signin');
  await page.locator('#email').fill(freshAddress());
  await page.locator('#password').fill('not this one');
  let state;
  await leave(page, async () => {
    state = await page.evaluate(() => {
      const button = document.querySelector('form[action="/signin"] button[type="submit"]');
      for (let n = 0; n < 3; n++) button.click();
      const said = document.getElementById('status').textContent;
      return { said, label: button.textContent, busy: button.ariaDisabled, disabled: button.disabled };
    });
  });
  assert.deepEqual(state, { said: 'Checking…', label: 'Checking…', busy: 'true', disabled: false });
  assert.equal(sent.length, 1);
});

for (const [name, written] of [
  ['plain', (code) => code],
  ['with a space and a dash', (code) => `${code.slice(0, 4)} -${code.slice(4)}`],
  ['in Arabic digits', (code) => code.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)))],
  ['in full width', (code) => code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))],
]) {
  test(`a complete code sends itself once: ${name}`, async (t) => {
    const { page, seen, code } = await atConfirm(t);
    const sent = posts(page, '/signup/confirm');
    const input = page.locator('#code');
    assert.ok(await input.evaluate((one) => one === document.activeElement), 'the code is typed at once');
    await page.keyboard.insertText(written(code).slice(0, -1));
    assert.equal(sent.length, 0, 'an incomplete one stays');
    await leave(page, async () => {
      await page.keyboard.insertText(written(code).slice(-1));
      await page.keyboard.press('Enter'); // as people do who do not know
    });
    assert.match(page.url(), /\/signup\/secure$/);
    assert.equal(sent.length, 1);
    assert.deepEqual(seen.all(), []);
  });
}

test('a wrong code keeps the focus', async (t) => {
  const { page, code } = await atConfirm(t);
  const wrong = String((Number(code) + 1) % 1e8).padStart(8, '0');
  await send(page, '/signup/confirm', { code: wrong });
  assert.ok(await page.locator('#code').evaluate((one) => one === document.activeElement));
  assert.match(await page.title(), /^Problem/);
});

test('a new password is judged on leaving the field, and after a pause', async (t) => {
  const { page, seen, code } = await atConfirm(t);
  await send(page, '/signup/confirm', { code });
  const asked = posts(page, '/signup/check');
  const verdict = page.locator('#password_verdict');
  await page.locator('#password').fill('passwordpassword');
  assert.equal(await page.locator('#password_length').innerText(), 'Length: 16');
  await page.locator('#password').blur();
  await verdict.filter({ hasText: 'public list' }).waitFor();
  assert.equal(asked.length, 1);
  await page.locator('#password').focus();
  await page.locator('#password').blur();
  await page.locator('#password').focus();
  await page.locator('#password').pressSequentially('!');
  assert.equal(await verdict.innerText(), '', 'an old verdict does not stand beside a new password');
  await page.locator('#password').fill(freshPassword());
  await verdict.filter({ hasText: 'can be used' }).waitFor(); // without leaving the field
  assert.equal(asked.length, 2, 'the same password is not asked about twice');
  assert.doesNotMatch(page.url(), /password/);
  assert.deepEqual(seen.all(), []);
});

test('a verdict that comes while the button is pressed does not move it', async (t) => {
  const { page, seen, code } = await atConfirm(t);
  await page.setViewportSize({ width: 320, height: 640 });
  await send(page, '/signup/confirm', { code });
  await page.locator('#password').fill('passwordpassword');
  const button = page.locator('form[action="/signup/secure"] button[type="submit"]');
  await button.scrollIntoViewIfNeeded();
  const { x, y, width } = await button.boundingBox();
  const verdict = page.waitForResponse((answer) => answer.url().endsWith('/signup/check'));
  await page.mouse.move(x + width / 2, y + 4); // near its edge
  await leave(page, async () => {
    await page.mouse.down(); // leaves the field, which asks
    await (await verdict).finished();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
    assert.equal(await page.locator('#password_verdict').innerText(), '');
    assert.equal((await button.boundingBox()).y, y);
    await page.mouse.up();
  });
  await page.locator('.summary').waitFor();
  assert.deepEqual(seen.all(), []);
});

test(
  'Back, reload and a second tab are fine on every public form',
  async (t) => {
    const server = await Server.start({ t });
    const { page, seen, context } = await newPerson({ t });
    const found = [];
    const fine = async (tab, what) => {
      await tab.locator('main h1').waitFor();
      const status = await tab.evaluate(() => performance.getEntriesByType('navigation')[0]?.responseStatus);
      const refusal = /error|problem|empty|token|clock|wait/.test(what);
      if (!refusal && status >= 400) found.push(`${what}: ${status} at ${tab.url()}`);
      const way = await tab.locator('main form, main a.button, footer a[href="/trouble"]').count();
      if (way === 0) found.push(`${what}: no way on at ${tab.url()}`);
    };
    const look = async (name) => {
      const tab = await context.newPage();
      await tab.goto(page.url());
      await fine(tab, `${name}, second tab`);
      await tab.reload();
      await fine(tab, `${name}, reload`);
      await tab.goto(`${server.url}/about?other`);
      await tab.goBack();
      await fine(tab, `${name}, Back`);
      await tab.goForward();
      await fine(tab, `${name}, Forward`);
      await tab.close();
    };
    await tour(server, page, { look });
    assert.deepEqual(found, []);
    assert.deepEqual(seen.all(), []);
  },
  { seconds: 300 },
);

test('Back to a form that was sent can be sent again', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { page } = await newPerson({ t });
  await page.goto(`${server.url}/signin`);
  await send(page, '/signin', { email: person.email, password: person.password });
  assert.match(page.url(), /\/signin\/code$/);
  await page.goBack();
  await page.locator('form[action="/signin"]').waitFor();
  await send(page, '/signin', { email: person.email, password: person.password });
  assert.match(page.url(), /\/signin\/code$/);
  await send(page, '/signin/code', { code: person.freshCode() });
  await page.goBack();
  await page.locator('main h1').waitFor();
  assert.ok((await page.locator('main form, main a.button').count()) > 0, page.url());
});
