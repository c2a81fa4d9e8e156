// A person without an app or a passkey adds one: the password, then a code whose message says what it
// approves. What takes protection away asks for a stronger factor first.

import assert from 'node:assert/strict';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { codeOf } from '../support/codes.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { LENIENT, messageAfter, weakPerson } from '../support/weak.mjs';

afterAll(closeBrowser);

const SAID = { en: /Add an authenticator app/, ar: /إضافة تطبيق مصادقة/ };

for (const { language, scripts, kind } of [
  { language: 'en', scripts: true, kind: 'mail' },
  { language: 'en', scripts: false, kind: 'text' },
  { language: 'ar', scripts: true, kind: 'text' },
  { language: 'ar', scripts: false, kind: 'mail' },
]) {
  const how = `${language}, ${kind}, scripts ${scripts ? 'on' : 'off'}`;
  test(`an app is added by password and a sent code, ${how}`, async (t) => {
    const server = await Server.start({ t, config: LENIENT });
    const person = await weakPerson(server, kind);
    server.moveClock({ minutes: 2 });
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    const path = kind === 'text' ? '/signin/sms' : '/signin/mail';

    await home.go('/signin?then=/account/app');
    await home.send('/signin', { email: person.email, password: person.password });
    await page.waitForURL(new RegExp(`${path}$`));
    const first = await messageAfter(person, kind, () => home.send(`${path}/send`));
    await home.type(path, codeOf(first));
    await home.go('/account/app');
    server.moveClock({ minutes: 2 });

    await home.send('/account/app/add');
    await page.waitForURL(/\/account\/reauth\//);
    await home.look(`weak_password_${kind}`);
    const here = home.path();
    await home.send(`${here}/password`, { proof: 'not that one' });
    await home.look(`weak_password_wrong_${kind}`);
    await home.send(`${here}/password`, { proof: person.password });
    await home.look(`weak_ways_${kind}`);
    const message = await messageAfter(person, kind, () => home.send(`${here}/send`));
    assert.match(message.text, SAID[language]);
    await home.look(`weak_sent_${kind}`);
    await page.reload();
    const code = codeOf(message);
    await home.type('/account/app/add/confirm', code === '000000' ? '000001' : '000000');
    await home.look(`weak_sent_wrong_${kind}`);
    await home.type('/account/app/add/confirm', code);
    await page.waitForURL(/\/account\/app\/new$/);

    if (kind === 'mail') {
      await home.go('/account/mail-code');
      await home.send('/account/mail-code/off');
      await home.look('weak_stronger');
      await page.locator('a[href="/account/passkeys"]').click();
      await page.waitForURL(/\/account\/passkeys$/);
    }
    await seen.mustBeClean();
  });
}
