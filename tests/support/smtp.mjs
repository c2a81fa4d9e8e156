// A real SMTP server (tests/support/smtp_server) that runs as long as the test.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { Mailbox } from './mailbox.mjs';
import { ROOT } from './places.mjs';
import { until } from './until.mjs';

/** A real SMTP server; `mails` fills with what it accepted, and when (`at`, ms). `gone(address)` and
 *  `here(address)`: nobody reads there, or somebody does again. */
export async function smtpServer(t) {
  const child = spawn('/usr/bin/python3', [join(ROOT, 'tests/support/smtp_server')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.cleanup(() => child.stdin.end());
  const mails = [];
  let text = '';
  const said = [];
  let port;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (part) => {
    const lines = (text + part).split('\n');
    text = lines.pop();
    for (const line of lines) {
      if (line.startsWith('port ')) port = Number(line.slice(5));
      else if (line.startsWith('{')) mails.push({ ...JSON.parse(line), at: Date.now() });
      else said.push(line);
    }
  });
  await until(() => port, 'the SMTP server listens');
  const tell = async (line) => {
    said.length = 0;
    child.stdin.write(`${line}\n`);
    await until(() => said.includes(line), `the SMTP server heard ${line}`);
  };
  const gone = (address) => tell(`gone ${address}`);
  const here = (address) => tell(`here ${address}`);
  return { port, mails, gone, here };
}

/** What it accepted, read as the development mailbox is. */
export class SmtpMailbox extends Mailbox {
  constructor(smtp) {
    super(null);
    this.smtp = smtp;
  }
  async all(to) {
    return this.smtp.mails.filter((mail) => !to || mail.to.includes(to)).toReversed();
  }
}
