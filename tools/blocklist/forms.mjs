// The generated forms: what people make of words and keyboards. Everything here is deterministic. Forms of
// words that are shorter than 12 characters are left out, since the length rule refuses them before the list
// is asked.
const WORD_FORM_MIN = 12;
const ROW_MIN = 8;

const range = (from, to) => Array.from({length: to - from + 1}, (_, i) => from + i);
const reversed = text => [...text].reverse().join('');

/** One character, pair, triple or four digits, over and over. */
export function* repetitions() {
  for (let code = 33; code < 127; code++) {
    for (const length of range(ROW_MIN, 64)) yield String.fromCharCode(code).repeat(length);
  }
  const signs = 'abcdefghijklmnopqrstuvwxyz0123456789';
  for (const a of signs) {
    for (const b of signs) {
      for (const times of range(4, 16)) yield(a + b).repeat(times);
    }
  }
  for (const n of range(0, 999)) {
    for (const times of range(3, 10)) yield String(n).padStart(3, '0').repeat(times);
  }
  for (const n of range(0, 9999)) {
    for (const times of range(2, 5)) yield String(n).padStart(4, '0').repeat(times);
  }
  for (let i = 0; i < 24; i++) {
    for (const length of [3, 4, 5]) {
      const unit = signs.slice(i, i + length);
      for (const times of range(2, 8)) yield* [unit.repeat(times), reversed(unit).repeat(times)];
    }
  }
  for (const a of '0123456789')
    for (const b of '0123456789') {
      for (const half of range(4, 12)) yield a.repeat(half) + b.repeat(half);  // 000000111111
    }
}

/** Runs through the digits and the alphabets, from any start, round the end. */
export function* sequences() {
  const alphabets = [
    '0123456789', '1234567890', 'abcdefghijklmnopqrstuvwxyz', 'абвгдежзийклмнопрстуфхцчшщъыьэюя',
    'αβγδεζηθικλμνξοπρστυφχψω', 'ابتثجحخدذرزسشصضطظعغفقكلمنهوي', '02468', '13579'
  ];
  for (const alphabet of alphabets) {
    for (const text of [alphabet, reversed(alphabet)]) {
      const longest = Math.max(30, alphabet.length);
      const endless = text.repeat(Math.ceil((longest + text.length) / text.length));
      for (let start = 0; start < text.length; start++) {
        for (const length of range(ROW_MIN, longest)) yield endless.slice(start, start + length);
      }
    }
  }
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  for (const length of range(3, 26)) {
    const run = letters.slice(0, length);
    for (const digits of range(1, 10)) {
      const count = '1234567890'.slice(0, digits);
      for (const text of [run + count, count + run])
        if (text.length >= ROW_MIN) yield text;
    }
  }
  for (const length of range(4, 13)) {
    yield range(0, length - 1).map(i => letters[i] + ((i + 1) % 10)).join('');  // a1b2c3d4e5f6
    yield range(0, length - 1).map(i => ((i + 1) % 10) + letters[i]).join('');
    yield range(0, length - 1).map(i => letters[i].repeat(2)).join('');  // aabbccdd
    yield range(0, length - 1).map(i => String((i + 1) % 10).repeat(2)).join('');
    yield range(0, length - 1).map(i => String((i + 1) % 10).repeat(3)).join('');
  }
}

// Rows of keys as they lie, from the row of digits down. Shifted rows of the US layout are one more keyboard.
export const LAYOUTS = {
  qwerty: ['1234567890-=', 'qwertyuiop[]', 'asdfghjkl;\'', 'zxcvbnm,./'],
  shifted: ['!@#$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:"', 'ZXCVBNM<>?'],
  qwertz: ['1234567890ß', 'qwertzuiopü', 'asdfghjklöä', 'yxcvbnm,.-'],
  azerty: ['1234567890', 'azertyuiop', 'qsdfghjklm', 'wxcvbn,;:!'],
  azertySigns: ['&é"\'(-è_çà)=', 'azertyuiop', 'qsdfghjklmù', 'wxcvbn,;:!'],
  dvorak: ['1234567890', '\',.pyfgcrl', 'aoeuidhtns', ';qjkxbmwvz'],
  colemak: ['1234567890', 'qwfpgjluy;', 'arstdhneio', 'zxcvbkm,./'],
  russian: ['1234567890-=', 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю.'],
  turkishF: ['1234567890', 'fgğıodrnhpqw', 'uieaütkmlyş', 'jövcçzsb.,'],
  arabic: ['1234567890', 'ضصثقفغعهخحجد', 'شسيبلاتنمكط', 'ئءؤرلاىةوزظ'],
  keypad: ['789', '456', '123', '0'],
};

/** Straight pieces of rows, forwards and backwards. */
function* pieces(rows, shortest, longest) {
  for (let row = 0; row < rows.length; row++) {
    for (const length of range(shortest, Math.min(longest, rows[row].length))) {
      for (let start = 0; start + length <= rows[row].length; start++) {
        const text = rows[row].slice(start, start + length);
        yield {row, start, length, text};
        yield {row, start, length, text: reversed(text)};
      }
    }
  }
}

/** Walks over the keys: rows, rows in a row, columns, zigzags, and pieces put together. */
export function* walks(rows) {
  const wide = Math.min(...rows.slice(0, 3).map(r => r.length), 10);
  for (const order of [rows, [...rows].reverse(), rows.slice(1), [...rows.slice(1)].reverse()]) {
    const lines = [
      order.join(''), order.map((r, i) => (i % 2 ? reversed(r) : r)).join(''), order.map(reversed).join('')
    ];
    for (const line of lines) {
      for (let start = 0; start < line.length; start++) {
        for (const length of range(ROW_MIN, Math.min(26, line.length - start))) {
          yield line.slice(start, start + length);
        }
      }
    }
  }
  for (let top = 0; top < rows.length; top++) {  // columns: 1qaz2wsx3edc, qazwsxedc, and back up: 1qazxsw2
    for (let deep = 2; top + deep <= rows.length; deep++) {
      const down =
          range(0, wide - 1).map(x => range(top, top + deep - 1).map(y => rows[y][x] ?? '').join(''));
      const up = down.map(reversed);
      const snake = down.map((c, i) => (i % 2 ? up[i] : c));
      for (const columns of [down, up, snake]) {
        for (const line of [columns, [...columns].reverse()]) {
          for (let from = 0; from < line.length; from++) {
            for (let to = from + 1; to <= line.length; to++) {
              const text = line.slice(from, to).join('');
              if (text.length >= ROW_MIN) yield text;
              if (text.length >= 4) yield text + text;
            }
          }
        }
      }
    }
  }
  const all = [...pieces(rows, 4, 10)];
  for (const a of all) {
    for (const b of all) {  // qwerasdf, asdfgasdfg
      if (a.length === b.length && (a.start === b.start || a.row === b.row)) yield a.text + b.text;
    }
  }
  for (const length of range(3, 7)) {
    for (const a of pieces(rows, length, length)) {
      for (const b of pieces(rows, length, length)) {
        if (a.start !== b.start) continue;
        for (const c of pieces(rows, length, length))
          if (c.start === a.start) yield a.text + b.text + c.text;
      }
    }
  }
  for (const p of pieces(rows, 5, 10)) {  // qwertyuiop123
    if (p.start !== 0) continue;
    for (const end of [...COUNTS, ...SHORT_SUFFIXES])
      if ((p.text + end).length >= WORD_FORM_MIN) yield p.text + end;
  }
}

export const YEARS = range(1950, 2035).map(String);
const RECENT = range(2000, 2030).map(String);
const COUNTS = [
  '1',         '12',         '123',       '1234',  '12345',  '123456', '1234567',   '12345678',
  '123456789', '1234567890', '0',         '00',    '000',    '01',     '02',        '007',
  '10',        '11',         '111',       '1111',  '11111',  '13',     '21',        '22',
  '222',       '23',         '69',        '77',    '88',     '99',     '100',       '101',
  '123123',    '321',        '4321',      '54321', '654321', '666',    '777',       '888',
  '999',       '0000',       '2222',      '1122',  '1212',   '112233', '420',       '786',
  '911',       '987',        '987654321', '0123',  '01234',  '012345', '0123456789'
];
const MARKS = ['!', '!!', '!!!', '.', '..', '?', '*', '@', '#', '$', '!@#', '!@#$', '!@#$%', '!?', '123!@#'];
export const SUFFIXES = [
  ...COUNTS, ...YEARS, ...MARKS, ...YEARS.map(y => `${y}!`), ...COUNTS.map(c => `${c}!`),
  ...RECENT.flatMap(
      y =>
          [`@${y}`, `#${y}`, `_${y}`, `-${y}`, `.${y}`, `${y}!!`, `${y}@`, `${y}#`, `${y}$`, `${y}.`, `${y}*`,
           `!${y}`, `${y}?`, ` ${y}`, `@${y}!`]),
  ...['1', '12', '123', '1234', '12345', '123456'].flatMap(
      c =>
          [`@${c}`, `#${c}`, `_${c}`, `-${c}`, `.${c}`, `!${c}`, `${c}!!`, `${c}@`, `${c}#`, `${c}$`, `${c}.`,
           `${c}*`, `@${c}!`, `$${c}`])
];

const SHORT_SUFFIXES = [
  '', '!', '!!', '1', '1!', '12', '123', '123!', '1234', '1234!', '12345', '123456', '@123', '@1234',
  ...range(2015, 2030).flatMap(y => [`${y}`, `${y}!`, `@${y}`])
];

/** Words twice or three times. */
export function* doubled(words) {
  for (const word of words) {
    for (const text of [word + word, word + reversed(word), word + word + word])
      if (text.length >= ROW_MIN) yield text;
    for (const sign of [' ', '-', '_', '.', '@', '1', '123']) {
      if (word.length * 2 + sign.length >= WORD_FORM_MIN) yield word + sign + word;
    }
  }
}

const LEET = [
  {a: '@'}, {o: '0'}, {e: '3'}, {a: '@', o: '0'}, {a: '@', s: '$'}, {s: '$'}, {i: '1'}, {i: '!'}, {a: '4'},
  {a: '@', o: '0', s: '$'}, {a: '@', e: '3', i: '1', o: '0'}, {a: '4', e: '3', i: '1', o: '0', s: '5'},
  {a: '@', e: '3', i: '1', o: '0', s: '$'}, {a: '4', e: '3', i: '1', o: '0'},
  {a: '4', e: '3', i: '1', o: '0', t: '7', s: '5'}
];

/** p@ssw0rd: letters as the digits and signs that look like them, with the commonest endings. */
export function* leet(words) {
  for (const word of words) {
    const seen = new Set([word]);
    for (const table of LEET) {
      const text = [...word].map(c => table[c] ?? c).join('');
      if (seen.has(text)) continue;
      seen.add(text);
      for (const end of SHORT_SUFFIXES)
        if ((text + end).length >= WORD_FORM_MIN) yield text + end;
    }
  }
}

/** Two common words together, with the commonest endings. */
export function* pairs(words) {
  for (const a of words) {
    for (const b of words)
      if (a.length + b.length >= WORD_FORM_MIN) yield a + b;
  }
}

/** What everybody can quote, in its usual spellings. */
export function* phrases(lines) {
  for (const line of lines) {
    for (const sign of ['', ' ', '-', '_', '.']) {
      for (const end of ['', '!', '1', '123', '.', '2024', '2025', '2026']) {
        const text = line.split(' ').join(sign) + end;
        if (text.length >= ROW_MIN) yield text;
      }
    }
  }
}

/**
 * Words with a count or a year before or after them, best words first: the list is cut where the filter is
 * full.
 */
export function* decorated(words) {
  for (const word of words.slice(0, 2500)) {
    for (const end of [...SHORT_SUFFIXES, ...YEARS.slice(20)])
      if ((word + end).length >= WORD_FORM_MIN) yield word + end;
  }
  for (const word of words) {
    for (const end of SUFFIXES)
      if ((word + end).length >= WORD_FORM_MIN) yield word + end;
    for (const start of [...RECENT, '1', '12', '123', '1234', '12345', '123456']) {
      if ((start + word).length >= WORD_FORM_MIN) yield start + word;
    }
  }
}
