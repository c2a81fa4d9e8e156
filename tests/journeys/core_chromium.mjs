// From the home page to the account in Chromium: with scripts and without, in both languages, with every page
// looked at in light and dark, narrow and wide.

import { closeBrowser, inspect, newPerson } from '../support/chromium.mjs';
import { engineOf } from '../support/chromium_engine.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { Walk } from '../support/walk.mjs';

afterAll(closeBrowser);

for (const language of ['en', 'ar']) {
  for (const scripts of [true, false]) {
    const name = `home, sign-up, sign-out, sign-in, account: ${language}, scripts ${scripts ? 'on' : 'off'}`;
    test(
      name,
      async (t) => {
        const server = await Server.start({ t });
        const { page, seen } = await newPerson({ t, language, scripts });
        const watch = (place) => inspect(page, `core-${place}`, { scripts, pictures: scripts });
        await new Walk(engineOf(page), server, { scripts, watch }).core();
        await seen.mustBeClean();
      },
      { seconds: 300 },
    );
  }
}
