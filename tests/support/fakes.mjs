// Reports of fakes, and the operator's commands on the database of a server under `sallyport dev`.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runToEnd } from './child.mjs';
import { Client } from './http.mjs';
import { BINARY } from './server.mjs';

/** Bytes that begin as a PNG. */
export const PICTURE = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(400)]);

/** As a program, without signing in unless `client` is. */
export function reportFake(server, fields, { client = new Client(server.url), ...options } = {}) {
  return client.post('/report', fields, options);
}

/** `sallyport fakes …`: {code, output}. */
export async function fakes(server, ...words) {
  const file = join(server.folder, 'operator.toml');
  const data = server.options.config ? '' : 'data/'; // beside the configuration, where there is one
  writeFileSync(
    file,
    `[public]\nurl = "${server.url}"\n[database]\nlocation = "sqlite:${data}sallyport.db"\n` +
      `[keys]\nfile = "${data}keys"\n[relay]\nurl = "smtp://127.0.0.1:25"\ntls = "none"\n` +
      `[mail]\nfrom = "no-reply@exchange.example"\n`,
  );
  return runToEnd(BINARY, ['fakes', ...words, '--config', file], {
    env: { ...process.env, SALLYPORT_TEST_CLOCK: server.clockFile },
  });
}
