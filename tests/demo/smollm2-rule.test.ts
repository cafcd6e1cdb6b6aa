import { expect, test } from 'vitest';
import { isShortQuestion } from '../../scripts/smollm2/questions.ts';
import { keyNoun, mentions, preferred, type RuledAnswer, satisfies, stemOf } from '../../scripts/smollm2/rule.ts';

test('the key noun is the longest word that is not a plain one, of equally long ones the last', () => {
  expect(keyNoun('What exactly causes volcanoes to form?')).toBe('volcanoes');
  expect(keyNoun('Can you help me figure out how to sew a button on a shirt?')).toBe('button');
  expect(keyNoun('Hi, I’d like to play ice hockey. Can you explain how the game works?')).toBe('hockey');
  expect(keyNoun('Who did it?')).toBe(null);
});

test('a stem is a word without its ending, where four letters stay', () => {
  expect(['policies', 'volcanoes', 'bees', 'learning', 'music', 'button'].map(stemOf)).toEqual([
    ...['polic', 'volcano', 'bees', 'learn', 'music', 'button'],
  ]);
});

test('a text mentions a noun in any of its forms, and not inside of another word', () => {
  expect(mentions('A policy is made.', 'policies')).toBe(true);
  expect(mentions('They learned.', 'learning')).toBe(true);
  expect(mentions('The BUTTON’s thread', 'button')).toBe(true);
  expect(mentions('Unbutton it', 'button')).toBe(false);
  expect(mentions('', 'button')).toBe(false);
});

const answer = (text: string, tokens: number, terminated = true): RuledAnswer => ({ text, tokens, terminated });

test('the rule holds for an answer that ended and has the noun', () => {
  expect(satisfies(answer('Sew the button.', 5), 'button')).toBe(true);
  expect(satisfies(answer('Sew the button', 64, false), 'button')).toBe(false);
  expect(satisfies(answer('Sew it.', 4), 'button')).toBe(false);
});

test('the annotator prefers the noun, then the shorter, and takes what was cut off for the longest', () => {
  const [short, long, cut, without] = [
    answer('A button.', 3),
    answer('Sew the button.', 5),
    answer('Buttons and', 3, false),
    answer('No.', 1),
  ];
  expect(preferred(short, long, 'button')).toBe(0);
  expect(preferred(long, short, 'button')).toBe(1);
  expect(preferred(cut, long, 'button')).toBe(1);
  expect(preferred(without, cut, 'button')).toBe(1);
  expect(preferred(short, { ...short }, 'button')).toBe(null);
  expect(preferred(cut, { ...cut, tokens: 64 }, 'button')).toBe(null);
  expect(preferred(without, { ...without, tokens: 9 }, 'button')).toBe(null);
});

test('a short question is one line that asks once', () => {
  expect(isShortQuestion('what color is the sky')).toBe(true);
  expect(isShortQuestion('I have a cat. Is it a pet?')).toBe(true);
  expect(isShortQuestion('Write a poem about the sea')).toBe(false);
  expect(isShortQuestion('What is this?\nprint(1)')).toBe(false);
  expect(isShortQuestion('What is this? And that?')).toBe(false);
  expect(isShortQuestion(`What is ${'very '.repeat(40)}long?`)).toBe(false);
});
