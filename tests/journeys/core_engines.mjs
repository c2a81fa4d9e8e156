// The same way in three engines, behind nginx with TLS, as people come to it.

import { closeBrowser } from '../support/chromium.mjs';
import { ENGINES, openEngine } from '../support/engines.mjs';
import { Proxy } from '../support/proxy.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { Walk } from '../support/walk.mjs';

afterAll(closeBrowser);

for (const name of ENGINES) {
  test(
    `home, sign-up, sign-out, sign-in, account: ${name} behind nginx`,
    async (t) => {
      const proxy = await Proxy.reserve({ t });
      const config = `[public]\nurl = "${proxy.url}"\n[listen]\ntrusted_proxies = ["127.0.0.0/8"]\n`;
      const server = await Server.start({ t, config });
      await proxy.start(server.port);
      // The mailbox is read where the browser comes in: any other Host is refused.
      const seen = { url: proxy.url, devToken: server.devToken, now: () => server.now() };
      seen.moveClock = (by) => server.moveClock(by);
      const engine = await openEngine(name, { t });
      await new Walk(engine, seen, { base: proxy.url }).core();
    },
    { seconds: 300 },
  );
}
