// Runs test files one after the other: node tests/support/run.mjs FILE… [--only=PART OF A NAME]
// The last line is `N passed, N failed` (and `, N skipped` where tests were, each with its reason above).

import { pathToFileURL } from 'node:url';

import { runDeclared } from './test.mjs';

const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const counts = { passed: 0, failed: 0, skipped: 0 };

process.on('unhandledRejection', (error) => {
  counts.failed++;
  console.log(`FAIL nobody waited for this:\n${error?.stack ?? error}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

for (const file of files) {
  try {
    await import(pathToFileURL(file).href);
    await runDeclared(only, counts);
  } catch (error) {
    counts.failed++;
    console.log(`FAIL ${file}\n${error?.stack ?? error}`);
  }
}
const skipped = counts.skipped ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed ? 1 : 0);
