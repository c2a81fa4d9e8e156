// What people do wrong and how they get on: wrong codes, Back, reload, a second tab, other people's guesses,
// a lost phone. No state is an error page.

import assert from 'node:assert/strict';

import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { Client } from '../support/http.mjs';
import { codeIn } from '../support/mailbox.mjs';
import { SESSION, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { wrongCode } from '../support/totp.mjs';
import { engineOf } from '../support/chromium_engine.mjs';
import { Walk } from '../support/walk.mjs';

afterAll(closeBrowser);

/** A browser at the sign-in page, and the walk of the person who has the account. */
async function atSignIn(t, server, person, options) {
  const { page, seen, context } = await newPerson({ t, ...options });
  const walk = new Walk(engineOf(page), server);
  Object.assign(walk, { email: person.email, password: person.password, secret: person.secret });
  walk.code = () => person.freshCode();
  await walk.go('/signin');
  return { page, seen, context, walk };
}

test('wrong passwords and codes say what to do; what was typed is kept, but not secrets', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { page, seen, walk } = await atSignIn(t, server, person);
  await walk.send('/signin', { email: person.email, password: 'not this one' });
  assert.match(await page.title(), /^Problem/);
  assert.match(await page.locator('.summary').innerText(), /not right\. Check both/);
  assert.equal(await page.locator('#email').inputValue(), person.email);
  assert.equal(await page.locator('#password').inputValue(), '');
  await walk.enterPassword();

  await walk.send('/signin/code', { code: wrongCode(person.secret, server.now()) });
  assert.match(await page.locator('#code_problem').innerText(), /not right.*newest/);
  assert.equal(await page.locator('#code').getAttribute('aria-invalid'), 'true');
  await walk.send('/signin/code', { code: wrongCode(person.secret, server.now()) });
  assert.match(await page.locator('main').innerText(), /Our clock says \d/, 'after two, the time');
  // The search for the clock's error has cost ten guesses: in a new browser there is a wait.
  server.moveClock({ minutes: 8 });
  await walk.send('/signin/code', { code: walk.code() });
  await walk.isAt('/account');
  await seen.mustBeClean();
});

test('Back, reload and a second tab are never an error page', async (t) => {
  const server = await Server.start({ t });
  const { page, seen, context } = await newPerson({ t });
  const walk = new Walk(engineOf(page), server);
  const noError = async () => {
    assert.ok((await page.locator('main h1').count()) > 0, page.url());
    assert.doesNotMatch(await page.locator('body').innerText(), /ERR_|not found|expired/i);
  };
  await walk.go('/signup');
  for (const step of Walk.SIGN_UP) {
    await walk[step]();
    const here = page.url();
    await page.reload();
    await noError();
    await page.goBack();
    await noError();
    await page.goto(here);
    await noError();
    const tab = await context.newPage();
    await tab.goto(here);
    assert.ok((await tab.locator('main h1').count()) > 0);
    await tab.close();
    assert.equal(new URL(page.url()).pathname, new URL(here).pathname, 'the step goes on');
    if (step === 'choosePassword')
      walk.secret = (await page.locator('#app_key').innerText()).replace(/\s/g, '');
  }
  await walk.go('/signout');
  await walk.send('/signout');
  await page.goBack();
  await noError();
  await walk.go('/signin');
  await walk.enterPassword();
  await page.reload();
  await noError();
  const tab = await context.newPage();
  await tab.goto(`${server.url}/signin/code`);
  await walk.send('/signin/code', { code: walk.code() });
  await walk.isAt('/account');
  await tab.locator('#code').fill('123456');
  await tab.locator('main h1').waitFor();
  await tab.reload();
  assert.ok((await tab.locator('main h1').count()) > 0);
  assert.deepEqual(seen.all(), []);
});

test('a recovery code signs in, and the page says what it may', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { page, seen, walk } = await atSignIn(t, server, person);
  await walk.enterPassword();
  await walk.follow('a[href="/signin/methods"]');
  await walk.isAt('/signin/methods');
  await walk.follow('a[href="/signin/recovery-code"]');
  await walk.send('/signin/recovery-code', { code: 'ABCD-EFGH-JKMN-PQRS' });
  assert.match(await page.locator('#code_problem').innerText(), /does not work/);
  await walk.send('/signin/recovery-code', { code: person.freshRecoveryCode() });
  await walk.isAt('/signin/recovery-code/used');
  assert.match(await page.locator('main').innerText(), /9 recovery codes left/);
  await walk.follow('main a.button');
  await walk.isAt('/account');
  await seen.mustBeClean();
});

test("after strangers' guesses there is a wait with its end, and a way that works now", async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  server.moveClock({ minutes: 2 });
  for (let n = 0; n < 10; n++)
    await new Client(server.url).post('/signin', { email: person.email, password: `wrong ${n}` });
  const { page, seen, walk } = await atSignIn(t, server, person);
  await walk.send('/signin', { email: person.email, password: person.password });
  assert.match(await page.locator('h1').innerText(), /Too many tries/);
  assert.match(await page.locator('main').innerText(), /\d{1,2}:\d\d/);

  // The way that works now: a mailed code. (The mail of the sign-up is no longer new by then.)
  const mail = await person.mailbox.after(person.email, () =>
    walk.send('/signin/pass', { email: person.email }),
  );
  await walk.send('/signin/pass/code', { code: codeIn(mail, 8) });
  await walk.isAt('/signin');
  await walk.signIn();
  await seen.mustBeClean();

  // The wait ends too.
  for (let n = 0; n < 10; n++)
    await new Client(server.url).post('/signin', { email: person.email, password: `wrong ${n}` });
  const other = await atSignIn(t, server, person);
  await other.walk.send('/signin', { email: person.email, password: person.password });
  assert.match(await other.page.locator('h1').innerText(), /Too many tries/);
  server.moveClock({ minutes: 1 });
  await other.walk.go('/signin');
  await other.walk.signIn();
});

test('an address of a step that is over leads to a fresh start with one line', async (t) => {
  const server = await Server.start({ t });
  const { page, seen } = await newPerson({ t });
  for (const path of ['/signin/code', '/signin/recovery-code', '/signin/methods']) {
    await page.goto(server.url + path);
    assert.ok((await page.locator('form[action="/signin"]').count()) > 0, path);
    assert.match(await page.locator('.notice').first().innerText(), /ended/, path);
  }
  for (const path of [
    '/signup/confirm',
    '/signup/secure',
    '/signup/second',
    '/signup/kit',
    '/signup/kit/proof',
  ]) {
    await page.goto(server.url + path);
    assert.ok((await page.locator('form[action="/signup"]').count()) > 0, path);
  }
  assert.deepEqual(seen.all(), []);
});

test('by keyboard alone', async (t) => {
  const server = await Server.start({ t });
  const person = await signUp(server);
  const { page, context } = await newPerson({ t });
  await page.goto(`${server.url}/signin`);
  const tabTo = async (selector) => {
    for (let n = 0; n < 20; n++) {
      if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${selector}`);
  };
  await page.keyboard.press('Tab');
  assert.ok(
    await page.evaluate(() => document.activeElement.matches('a.skip')),
    'the first stop skips to the page',
  );
  await tabTo('#email');
  await page.keyboard.type(person.email);
  await tabTo('#password');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/signin/code');
  assert.ok(await page.evaluate(() => document.activeElement.matches('#code')), 'the code is typed at once');
  await page.keyboard.type(person.freshCode());
  await page.waitForURL('**/account');
  assert.ok((await context.cookies(server.url)).some(({ name }) => name === SESSION));
});
