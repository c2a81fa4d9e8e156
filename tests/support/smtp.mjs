// A real SMTP server (tests/support/smtp_server) that runs as long as the test.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { ROOT } from './places.mjs';
import { until } from './until.mjs';

/** A real SMTP server; `mails` fills with what it accepted, and when (`at`, ms). */
export async function smtpServer(t) {
  const child = spawn('/usr/bin/python3', [join(ROOT, 'tests/support/smtp_server')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.cleanup(() => child.stdin.end());
  const mails = [];
  let text = '';
  let port;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (part) => {
    const lines = (text + part).split('\n');
    text = lines.pop();
    for (const line of lines) {
      if (line.startsWith('port ')) port = Number(line.slice(5));
      else if (line.startsWith('{')) mails.push({ ...JSON.parse(line), at: Date.now() });
    }
  });
  await until(() => port, 'the SMTP server listens');
  return { port, mails };
}
