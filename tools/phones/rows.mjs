// From the metadata of libphonenumber, as the npm package libphonenumber-js carries it:
//   rules.txt     a line a region, tab between: region, calling code, 1 for the main region of its code,
//                 prefix for calls abroad, pattern of a national number, prefix to leave out, what to put
//                 in its place, first digits of the region, and the patterns of fixed, mobile, toll-free,
//                 premium, personal, voicemail, company, pager, voip and shared-cost numbers (`=`: as
//                 fixed), each `lengths pattern`
//   examples.txt  the example of a mobile number of each region
//   verdicts.txt  numbers, and what the package says of them: how typed, region, and E.164, region and type
// usage: node rows.mjs PACKAGE_FOLDER OUTPUT_FOLDER

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [source, target] = process.argv.slice(2);
const metadata = JSON.parse(readFileSync(join(source, 'metadata.max.json'), 'utf8'));
const examples = JSON.parse(readFileSync(join(source, 'examples.mobile.json'), 'utf8'));
const { parsePhoneNumberFromString } = createRequire(import.meta.url)(
  join(process.cwd(), source, 'max/index.cjs'),
);

if (metadata.version !== 4) throw new Error('the layout of the metadata has changed');
const TYPES = 10;
const VERDICTS = 12; // for each region

function line(region, main, rules) {
  const [code, abroad, pattern, , , prefix, , parsing, transform, , leading, types = []] = rules;
  const kinds = Array.from({ length: TYPES }, (_, i) => {
    const [type, lengths] = types[i] || [];
    if (i === 1 && !type) return '='; // getNumberType: not told apart
    if (type === undefined) return '';
    return `${(lengths || []).join(',')} ${type}`;
  });
  const fields = [region, code, main, abroad, pattern, parsing || prefix, transform, leading, ...kinds];
  return fields.map((field) => (field ? String(field) : '')).join('\t');
}

const lines = [];
for (const [region, rules] of Object.entries(metadata.countries)) {
  const main = metadata.country_calling_codes[rules[0]][0] === region;
  lines.push(line(region, main ? 1 : 0, rules));
}
for (const [code, rules] of Object.entries(metadata.nonGeographic))
  lines.push(line('001', 1, [code, ...rules.slice(1)]));
writeFileSync(join(target, 'rules.txt'), `${lines.join('\n')}\n`);

writeFileSync(
  join(target, 'examples.txt'),
  `${Object.entries(examples)
    .map(([region, number]) => `${region}\t${number}`)
    .join('\n')}\n`,
);

// The same numbers at every run.
let seed = 20;
function below(limit) {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

/** A string that a pattern takes, or nearly: alternatives, classes, digits, counts. */
function sample(pattern) {
  let at = 0;
  function alternatives() {
    const all = [];
    let here = '';
    for (;;) {
      const c = pattern[at];
      if (c === undefined || c === ')' || c === '|') {
        all.push(here);
        here = '';
        if (c !== '|') break;
        at++;
        continue;
      }
      let piece;
      if (c === '(') {
        at += pattern.startsWith('(?:', at) ? 3 : 1;
        piece = alternatives;
        const inside = piece();
        at++;
        here += repeat(() => inside);
        continue;
      }
      if (c === '[') {
        const end = pattern.indexOf(']', at);
        const set = [...pattern.slice(at + 1, end).matchAll(/(\d)-(\d)|(\d)/g)].flatMap(([, a, b, one]) =>
          one ? [one] : Array.from({ length: b - a + 1 }, (_, i) => String(Number(a) + i)),
        );
        at = end + 1;
        here += repeat(() => set[below(set.length)]);
      } else if (c === '\\') {
        at += 2;
        here += repeat(() => String(below(10)));
      } else {
        at++;
        here += repeat(() => c);
      }
    }
    return all[below(all.length)];
  }
  function repeat(make) {
    const count = pattern.slice(at).match(/^\{(\d+)(?:,(\d+))?\}|^\?/);
    let times = 1;
    if (count) {
      at += count[0].length;
      const [least, most] = count[0] === '?' ? [0, 1] : [Number(count[1]), Number(count[2] ?? count[1])];
      times = least + below(most - least + 1);
    }
    return Array.from({ length: times }, make).join('');
  }
  return alternatives();
}

const verdicts = [];
for (const [region, rules] of Object.entries(metadata.countries)) {
  const patterns = [rules[2], ...(rules[11] || []).map((type) => type && type[0]).filter(Boolean)];
  for (let i = 0; i < VERDICTS; i++) {
    let number = sample(patterns[i % patterns.length]);
    if (i % 4 === 3) number = number.replace(/\d$/, '') + (below(2) ? '' : below(100));
    const typed = i % 3 === 0 ? `+${rules[0]}${number}` : i % 3 === 1 ? number : `${rules[5] || ''}${number}`;
    const found = parsePhoneNumberFromString(typed, region);
    const valid = found?.isValid();
    const said = valid ? [found.number, found.country ?? '001', found.getType() ?? ''] : ['', '', ''];
    verdicts.push([typed, region, ...said].join('\t'));
  }
}
writeFileSync(join(target, 'verdicts.txt'), `${verdicts.join('\n')}\n`);
