// Declares tests; tests/support/run.mjs runs the files that do.
//
//   import { test } from '../support/test.mjs';
//   test('a person signs up', async (t) => { const server = await Server.start({ t }); … });
//
// t.cleanup(f) runs f after the test, last first; t.onFailure(f) prints what f returns if the test fails;
// t.part(name, f) counts as a test of its own.

import { within } from './until.mjs';

const declared = [];
const atEnd = [];

export function test(name, body, { seconds = 120 } = {}) {
  declared.push({ name, body, seconds });
}
/** Runs after all tests of the file. */
export function afterAll(body) {
  atEnd.push(body);
}

class Running {
  constructor(name, counts) {
    this.name = name;
    this.counts = counts;
    this.cleanups = [];
    this.tellers = [];
  }

  cleanup(body) {
    this.cleanups.push(body);
  }
  onFailure(body) {
    this.tellers.push(body);
  }
  skip(reason) {
    throw new Skipped(reason);
  }

  async part(name, body) {
    await runOne({ name: `${this.name}: ${name}`, body, seconds: 120 }, this.counts);
  }
}

class Skipped extends Error {}

async function runOne({ name, body, seconds }, counts) {
  const running = new Running(name, counts);
  const start = performance.now();
  let error;
  try {
    await within(Promise.resolve(body(running)), `the test '${name}'`, seconds);
  } catch (thrown) {
    error = thrown;
  }
  if (error && !(error instanceof Skipped)) await tell(running, error);
  for (const cleanup of running.cleanups.reverse()) {
    try {
      await cleanup();
    } catch (thrown) {
      if (!error) await tell(running, thrown);
      error ??= thrown;
    }
  }
  const took = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  if (error instanceof Skipped) {
    counts.skipped++;
    console.log(`skipped ${name}: ${error.message}`);
  } else if (error) {
    counts.failed++;
  } else {
    counts.passed++;
    console.log(`ok ${name} (${took})`);
  }
}

async function tell(running, error) {
  console.log(`FAIL ${running.name}\n${indent(error?.stack ?? String(error))}`);
  for (const teller of running.tellers) {
    try {
      const told = await teller(error);
      if (told) console.log(indent(String(told)));
    } catch (thrown) {
      console.log(indent(`(while telling more: ${thrown})`));
    }
  }
}

function indent(text) {
  return text.replace(/^/gm, '    ');
}

/** Runs what was declared whose name contains `filter`. */
export async function runDeclared(filter, counts) {
  for (const one of declared.splice(0)) if (!filter || one.name.includes(filter)) await runOne(one, counts);
  for (const body of atEnd.splice(0)) await body();
}
