// What a person changes on their account: password, words, other devices. Each page is looked at in both
// languages, scripts on and off; Back, reload and a second tab never end in an error page (ux.md R3).

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { freshPassword, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { until } from '../support/until.mjs';
import { wrongCode } from '../support/totp.mjs';

const WORDS = 'quiet otter 77';
const PROBLEM = 422; // the page again, with what to do

afterAll(closeBrowser);

async function newHome(t, server, person, { language, scripts }) {
  const browser = await newPerson({ t, language, scripts });
  const home = new AtHome({ server, person, page: browser.page, scripts });
  await home.signIn();
  return Object.assign(home, { context: browser.context, seen: browser.seen });
}

/** Every document so far was a page that goes on. */
function mustHaveNoErrorPage(home) {
  for (const { url, status } of home.seen.documents)
    assert.ok(status === 200 || status === PROBLEM, `${status} ${url}`);
}

/** Reload and a second tab of the same address. */
async function shake(home) {
  const { page, context } = home;
  await page.reload();
  const tab = await context.newPage();
  await tab.goto(page.url());
  assert.ok((await tab.locator('h1').innerText()).length > 0);
  await tab.close();
  mustHaveNoErrorPage(home);
}

/** Also Back and forward, between two pages that no form was answered with. */
async function shakeMore(home) {
  const { page } = home;
  const before = page.url();
  await shake(home);
  await page.goBack();
  await page.goForward();
  await page.waitForURL(before);
  mustHaveNoErrorPage(home);
}

async function changePassword(home) {
  const { page, person } = home;
  await home.go('/account/password');
  await home.look('account_password');
  await home.send('/account/password', { new_password: 'passwordpassword' });
  assert.equal(await page.locator('#new_password').inputValue(), '', 'no page holds a password');
  await home.look('account_password_problem');
  await shake(home);
  const password = freshPassword();
  await home.send('/account/password', { new_password: password });
  await home.look('account_password_reauth');
  await shake(home);
  await home.approve('/account/password/confirm', wrongCode(person.secret, home.server.now()));
  await home.look('account_password_reauth_problem');
  await home.go('/account/password/confirm'); // the address bar, and Enter
  assert.equal(home.path(), '/account/password');
  mustHaveNoErrorPage(home);

  // The form once more; the step-up keeps what was typed until the right code comes.
  await home.send('/account/password', { new_password: password });
  const asked = page.url();
  await shakeMore(home);
  await home.approve('/account/password/confirm', wrongCode(person.secret, home.server.now()));
  assert.ok((await page.locator('.summary').innerText()).length > 0);
  const mail = await person.mailbox.after(person.email, async () => {
    await home.type('/account/password/confirm', person.freshCode());
    await page.waitForURL(/\/account\/password\/changed/);
  });
  person.password = password;
  assert.ok(mail.text.startsWith('Your anti-phishing words') || mail.text.includes(person.words), mail.text);
  await home.look('account_password_changed');
  await shake(home);
  await page.goto(asked); // used: one line and the way back
  await home.look('account_reauth_over');
  await home.page.locator('main a.button').click();
  mustHaveNoErrorPage(home);
}

async function changeWords(home) {
  const { page, person } = home;
  await home.go('/account/anti-phishing');
  assert.ok(!(await page.content()).includes(person.words), 'hidden until asked for');
  await home.look('account_words');
  await home.send('/account/anti-phishing/show');
  await home.look('account_words_show_reauth');
  await home.approve('/account/anti-phishing/shown');
  await home.look('account_words_shown');
  assert.ok((await page.locator('main').innerText()).includes(person.words));
  await home.go('/account/anti-phishing/shown'); // shown once: asked for anew
  assert.equal(home.path(), '/account/anti-phishing');

  await page.locator('#words').fill('otter 123456');
  await page.locator('#words').press('Enter');
  await page.locator('.summary').waitFor();
  assert.equal(await page.locator('#words').inputValue(), 'otter 123456', 'what was typed stays');
  await home.look('account_words_problem');
  await shake(home);
  await page.locator('#words').fill(WORDS);
  await page.locator('#words').press('Enter');
  await page.waitForURL(/\/account\/reauth\//);
  assert.ok((await page.locator('main').innerText()).includes(WORDS), 'what is about to happen');
  await home.look('account_words_reauth');
  await home.approve('/account/anti-phishing/confirm', wrongCode(person.secret, home.server.now()));
  await home.go('/account/anti-phishing/confirm');
  assert.equal(home.path(), '/account/anti-phishing');
  await page.locator('#words').fill(WORDS);
  await page.locator('#words').press('Enter');
  await page.waitForURL(/\/account\/reauth\//);
  home.server.moveClock({ minutes: 6 }); // too late: one button starts again, and nothing is typed twice
  await home.type('/account/anti-phishing/confirm', person.freshCode());
  await home.look('account_words_reauth_over');
  await home.send('/account/anti-phishing');
  await page.waitForURL(/\/account\/reauth\//);
  assert.ok((await page.locator('main').innerText()).includes(WORDS), 'what was typed is kept');
  const mail = await person.mailbox.after(person.email, async () => {
    await home.approve('/account/anti-phishing/confirm');
    await page.waitForURL(/\/account\/anti-phishing\/changed/);
  });
  assert.ok(mail.text.split('\n')[0].includes(WORDS), mail.text);
  person.words = WORDS;
  await home.look('account_words_changed');
  await shake(home);
}

async function endOthers(t, home, options) {
  const { page, server, person } = home;
  const second = await newHome(t, server, person, options);
  const third = await newHome(t, server, person, options);
  await home.go('/account/devices');
  assert.equal(await page.locator('main li').count(), 3);
  await home.look('account_devices');
  await page.locator('form[action="/account/devices/end"] button').first().click();
  await page.waitForURL(/done=one/);
  await home.look('account_devices_one_ended');
  await shake(home);
  const mail = await person.mailbox.after(person.email, async () => {
    await home.send('/account/devices/end-others');
    await page.waitForURL(/done=others/);
  });
  assert.ok(mail.text.includes(person.words), mail.text);
  await home.look('account_devices_alone');
  await shake(home);
  for (const other of [second, third]) {
    const isOut = async () => {
      await other.page.reload();
      return new URL(other.page.url()).pathname === '/signin';
    };
    await until(isOut, 'the other browser is signed out', 2);
    await other.seen.mustBeClean();
  }
}

async function signOut(home) {
  const { page } = home;
  await home.go('/signout');
  await home.look('account_sign_out');
  await shakeMore(home);
  await home.send('/signout');
  await page.waitForURL(/\/signed-out/);
  await home.look('account_signed_out');
  await page.goBack();
  await page.reload();
  assert.ok(['/signed-out', '/signin'].includes(new URL(page.url()).pathname), page.url());
  for (const path of ['/account', '/account/password', '/account/devices', '/account/anti-phishing']) {
    await home.go(path);
    assert.equal(new URL(page.url()).pathname, '/signin', path);
  }
  mustHaveNoErrorPage(home);
}

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    test(
      `password, words and devices, ${language}, scripts ${scripts ? 'on' : 'off'}`,
      async (t) => {
        const server = await Server.start({ t });
        const person = await signUp(server);
        const home = await newHome(t, server, person, { language, scripts });
        await home.look('account_overview');
        await shake(home);
        await changePassword(home);
        await changeWords(home);
        await endOthers(t, home, { language, scripts });
        await home.go('/account');
        await home.look('account_overview_after');
        await signOut(home);
        await home.seen.mustBeClean();
      },
      { seconds: 300 },
    );
  }
}
