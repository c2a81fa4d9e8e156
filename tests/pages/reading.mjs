// The words of the pages and mails can be read by a child of ten to eleven (G23, R25): no sentence has more
// than 20 words, and no area of the catalogue is above grade 6 by Flesch and Kincaid. What a message fills in
// counts as one word.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../support/places.mjs';
import { test } from '../support/test.mjs';

const WORDS_MAX = 20; // in a sentence
const GRADE_MAX = 6;
const ENGLISH = join(ROOT, 'web/locales/en');

/** Each text that a message can become, as far as its words go: one for each branch of a plural. */
function readings(message) {
  const start = message.search(/\{\w+, (?:plural|select),/);
  if (start < 0) return [message.replace(/\{[^}]*\}/g, 'it').replace(/#/g, 'ten')];
  let depth = 0;
  let end = start;
  do {
    depth += { '{': 1, '}': -1 }[message[end]] ?? 0;
    end++;
  } while (depth > 0);
  const branches = [...message.slice(start + 1, end - 1).matchAll(/[=\w]+ \{([^}]*)\}/g)];
  return branches.flatMap(([, text]) => readings(message.slice(0, start) + text + message.slice(end)));
}

export function sentences(text) {
  return text
    .split(/(?<=[.!?:;])\s+/)
    .map((sentence) => (sentence.match(/[\p{L}\p{N}][\p{L}\p{N}'’.@/-]*/gu) ?? []).filter(Boolean))
    .filter((words) => words.length > 0);
}

/** Groups of vowels, without a silent e at the end. */
export function syllables(word) {
  const plain = word.toLowerCase().replace(/[^a-z]/g, '');
  const groups = plain.replace(/(?:[^aeiouylsxzcg]es|[^td]ed|[^l]e)$/, '').match(/[aeiouy]+/g);
  return Math.max(1, groups?.length ?? 1);
}

function grade(all) {
  const words = all.flat();
  const spoken = words.reduce((sum, word) => sum + syllables(word), 0);
  return 0.39 * (words.length / all.length) + 11.8 * (spoken / words.length) - 15.59;
}

function* areas() {
  for (const file of readdirSync(ENGLISH)) {
    const messages = Object.entries(JSON.parse(readFileSync(join(ENGLISH, file), 'utf8')));
    yield { file, messages: messages.filter(([key]) => !key.endsWith('#note')) };
  }
}

test('the measure knows long sentences and long words', () => {
  const lengths = sentences('One two. Three: four?').map((words) => words.length);
  assert.deepEqual(lengths, [2, 1, 1]);
  const words = ['code', 'address', 'passed', 'recovery', 'messages', 'table'];
  assert.deepEqual(words.map(syllables), [1, 2, 1, 4, 3, 2]);
  const both = readings('{n, plural, one {# try} other {# tries}} left');
  assert.deepEqual(both, ['ten try left', 'ten tries left']);
  assert.ok(grade(sentences('Authentication necessitates configuration of verification.')) > GRADE_MAX);
});

test('no sentence has more than 20 words', () => {
  const long = [];
  for (const { messages } of areas())
    for (const [key, message] of messages)
      for (const text of readings(message))
        for (const words of sentences(text))
          if (words.length > WORDS_MAX) long.push(`${key}: ${words.length} words: ${words.join(' ')}`);
  assert.deepEqual(long, []);
});

test('every area can be read at grade 6', () => {
  const hard = [];
  for (const { file, messages } of areas()) {
    const all = messages.flatMap(([, message]) => readings(message).flatMap(sentences));
    const found = grade(all);
    console.log(`${file}: grade ${found.toFixed(1)}`);
    if (found > GRADE_MAX) hard.push(`${file}: grade ${found.toFixed(1)}`);
  }
  assert.deepEqual(hard, []);
});

test('Arabic is written with one kind of digits', () => {
  const latin = [];
  const folder = join(ROOT, 'web/locales/ar');
  for (const file of readdirSync(folder)) {
    const messages = Object.entries(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    for (const [key, message] of messages.filter(([name]) => !/#note$|^example\./.test(name))) {
      // Not in codes, numbers to be dialled, the names of standards, or what a plural matches.
      const plain = message.replace(/\+[\d ]+|[A-Z]+ \d[\d.]*|[A-Z\d]+[-\u2011][A-Z\d-]+|=\d+/g, '');
      if (/\d/.test(plain)) latin.push(`${key}: ${message}`);
    }
  }
  assert.deepEqual(latin, []);
});
