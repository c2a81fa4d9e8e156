// The style sheets are right: no unknown property or unit, nothing twice, nothing that overrides by accident.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import stylelint from 'stylelint';

import { ROOT } from './places.mjs';
import { test } from './test.mjs';

// A fallback for an older browser is written before the value that it may not know.
const FALLBACKS = { ignore: ['consecutive-duplicates-with-different-values'] };

const config = {
  rules: Object.fromEntries([
    ['declaration-block-no-duplicate-properties', [true, FALLBACKS]],
    ...[
      'annotation-no-unknown',
      'at-rule-no-unknown',
      'block-no-empty',
      'color-no-invalid-hex',
      'custom-property-no-missing-var-function',
      'declaration-block-no-duplicate-custom-properties',
      'declaration-block-no-shorthand-property-overrides',
      'font-family-no-duplicate-names',
      'function-calc-no-unspaced-operator',
      'function-no-unknown',
      'keyframe-declaration-no-important',
      'media-feature-name-no-unknown',
      'named-grid-areas-no-invalid',
      'no-duplicate-at-import-rules',
      'no-duplicate-selectors',
      'no-empty-source',
      'property-no-unknown',
      'selector-pseudo-class-no-unknown',
      'selector-pseudo-element-no-unknown',
      'selector-type-no-unknown',
      'string-no-newline',
      'unit-no-unknown',
    ].map((name) => [name, true]),
  ]),
};

async function findings(options) {
  const { results } = await stylelint.lint({ config, ...options });
  return results.flatMap((r) => r.warnings.map((w) => `${r.source ?? 'sample'}:${w.line}: ${w.text}`));
}

test('a bad sheet is found out', async () => {
  assert.equal((await findings({ code: 'a { colour: #12; width: 1pt0 }' })).length > 1, true);
});

test('every sheet is right', async () => {
  const folder = join(ROOT, 'web/styles');
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.css'));
  assert.ok(files.length > 0, 'there are style sheets');
  const found = await findings({ files: files.map((name) => join(folder, name)) });
  assert.deepEqual(found, []);
});
