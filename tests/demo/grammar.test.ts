import { describe, expect, it } from 'vitest';
import {
  type DeskPrompt,
  exactReply,
  type Intent,
  intentNames,
  intents,
  judge,
  makePrompt,
  makeReply,
  noteGroups,
  notesOf,
} from '#shared/front-desk/index.ts';
import { openers } from '#shared/front-desk/manners.ts';
import { compile, expand, slotsOf } from '#shared/front-desk/template.ts';
import { uniformOf } from './uniform.ts';

const prompt: DeskPrompt = {
  text: 'This is Ms. Hill in room 203. Two more towels, please.',
  split: 'train',
  intent: 'linen',
  values: { name: 'Ms. Hill', room: '203', count: 'two', linen: 'towels' },
};

describe('the template language', () => {
  it('reads back every sentence that it says, with the slot values said', () => {
    const template = 'I [have|will bring] {count} [fresh |]{linen} to room {room}[, {name}|].';
    const values = { count: 'two', linen: 'towels', room: '203', name: 'Ms. Hill' };
    const read = compile(template);
    const uniform = uniformOf(1);
    const said = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const sentence = expand(template, values, uniform);
      said.add(sentence);
      const named = sentence.includes('Hill') ? [{ slot: 'name', value: 'Ms. Hill' }] : [];
      expect(read(sentence)?.said).toEqual([
        { slot: 'count', value: 'two' },
        { slot: 'linen', value: 'towels' },
        { slot: 'room', value: '203' },
        ...named,
      ]);
    }
    expect(said.size).toBe(8);
    expect(read('I have two towels to room 203')).toBeNull();
  });

  it('says which template is broken', () => {
    expect(() => expand('I [have', {}, uniformOf(1))).toThrow('Unclosed [');
    expect(() => expand('room {room}', {}, uniformOf(1))).toThrow('{room}');
  });
});

describe('requests', () => {
  it('of train and held-out share no template, but every held-out request shares its key words with a train one', () => {
    for (const name of intentNames) {
      const { train, heldOut }: Intent = intents[name];
      const words = new Set(train.join(' ').match(/[a-z]{4,}/gi));
      for (const template of heldOut) {
        expect(train).not.toContain(template);
        expect((template.match(/[a-z]{4,}/gi) ?? []).some((word) => words.has(word))).toBe(true);
      }
    }
    expect(openers.heldOut.filter((opener) => (openers.train as readonly string[]).includes(opener))).toEqual([]);
  });

  it('state every slot that a reply on the topic may name, besides the guest’s name', () => {
    for (const name of intentNames) {
      const { train, heldOut, ...replies }: Intent = intents[name];
      const named = new Set(Object.values(replies).flat().flatMap(slotsOf));
      for (const request of [...train, ...heldOut]) {
        const stated = new Set([...slotsOf(request), 'room', 'name']);
        expect([...named].filter((slot) => !stated.has(slot))).toEqual([]);
      }
    }
  });

  it('are the same again for the same numbers', () => {
    const [a, b] = [uniformOf(7), uniformOf(7)];
    for (let i = 0; i < 50; i++) expect(makePrompt('train', a)).toEqual(makePrompt('train', b));
  });
});

describe('the judge', () => {
  it('understands every sentence of the grammar, whatever the request', () => {
    const uniform = uniformOf(3);
    for (let i = 0; i < 1000; i++) {
      const desk = makePrompt(i % 2 === 0 ? 'train' : 'held_out', uniform);
      expect(judge(desk, makeReply(desk, uniform)).garbled).toBe(0);
      const exact = judge(desk, exactReply(desk, uniform));
      expect(exact.exact).toBe(1);
      expect(exact.wrong).toEqual([]);
    }
  });

  it('puts replies in the order that a guest would', () => {
    const ordered = [
      'Of course, it is no trouble at all. Two fresh towels are on their way to room 203.',
      'Two fresh towels are on their way to room 203.',
      'Two fresh towels are on their way to room 203. My aunt once got lost here in winter.',
      'Five fresh towels are on their way to room 203.',
      'There should be linen around.',
      'That is not my job. There should be linen around.',
      'The restaurant may have a seat at some point.',
      'Two towels towels are the on way.',
    ].map((reply) => judge(prompt, reply).gold);
    expect(ordered).toEqual(ordered.toSorted((a, b) => b - a));
    expect(new Set(ordered).size).toBe(ordered.length);
  });

  it('counts what is repeated, garbled, too long or unfinished', () => {
    const once = judge(prompt, 'There should be linen around.');
    const twice = judge(prompt, 'There should be linen around. There should be linen around.');
    expect(twice.repeated).toBe(1);
    expect(twice.gold).toBeLessThan(once.gold);
    expect(judge(prompt, 'There should be linen around. The the of.').garbled).toBe(1);
    expect(judge(prompt, 'There should be linen around.', false).gold).toBe(once.gold - 1);
    expect(judge(prompt, '').gold).toBe(-4);
  });

  it('takes a name or a room that was not said for wrong', () => {
    const unnamed: DeskPrompt = { ...prompt, values: { room: '203', count: 'two', linen: 'towels' } };
    expect(judge(unnamed, 'Sleep well, Ms. Hill.').wrong).toEqual(['name']);
    expect(judge(prompt, 'Room 999 gets two fresh towels at once.').wrong).toEqual(['room']);
  });

  it('describes without judging: one note of every group that applies', () => {
    const found = judge(prompt, 'Fine. Five towels are on their way to room 203.');
    expect(found.garbled).toBe(1); // “five towels” without fresh or clean is nothing the desk says
    const notes = notesOf(judge(prompt, 'Fine. Five clean towels are on their way to room 203.'));
    expect(new Set(notes)).toEqual(new Set(['exact', 'curt', 'bare', 'brisk', 'fluent', 'other-count', 'same-noun', 'same-room']));
    for (const group of noteGroups) expect(notes.filter((note) => group.includes(note)).length).toBeLessThan(2);
  });
});
