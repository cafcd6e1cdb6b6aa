import { describe, expect, it } from 'vitest';
import { holderOf, keyOfPress, keysOf, readOwnKeys } from '../../../src/renderer/app/key-bindings.ts';
import { matchesKey, type Press } from '../../../src/renderer/app/keys.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: '',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('keys of one’s own', () => {
  it('writes a press as the key map does, so that the same press is heard again', () => {
    const presses = [
      press('j'),
      press('J', { shiftKey: true }),
      press('?', { shiftKey: true, code: 'Slash' }),
      press('!', { shiftKey: true, code: 'Digit1' }),
      press('5', { code: 'Digit5' }),
      press(' '),
      press('ArrowUp', { shiftKey: true }),
      press('b', { ctrlKey: true }),
      press('F2'),
      press('ö'),
    ];
    for (const one of presses) {
      const key = keyOfPress(one);
      expect(key).not.toBeNull();
      expect(matchesKey(one, key ?? '', false), key ?? '').toBe(true);
    }
  });

  it('takes no modifier alone, no Escape and no Tab', () => {
    for (const key of ['Shift', 'Control', 'Escape', 'Tab', 'Dead']) expect(keyOfPress(press(key))).toBeNull();
  });

  it('knows what has a key already where the command is heard', () => {
    expect(holderOf('d', 'label.betterA', {})).toBe('label.difference');
    expect(holderOf('d', 'list.next', {})).toBeNull();
    expect(holderOf('q', 'label.betterA', {})).toBeNull();
    expect(holderOf('d', 'label.betterA', { 'label.difference': 'x' })).toBeNull();
    expect(holderOf('x', 'label.betterA', { 'label.difference': 'x' })).toBe('label.difference');
  });

  it('puts one’s own key first and leaves the others', () => {
    expect(keysOf('label.betterA', { 'label.betterA': 'h' })).toEqual(['h', '1']);
    expect(keysOf('label.betterA', {})).toEqual(['ArrowLeft', '1']);
  });

  it('keeps 1 to 7 for the answers while there are seven of them, whatever was given before', () => {
    expect(holderOf('3', 'label.skip', {}, 'seven')).toBe('label.seven');
    expect(holderOf('3', 'label.skip', {}, 'five')).toBeNull();
    // A digit that was given to a command among five answers: the command shows and hears its own key meanwhile.
    const given = { 'label.skip': '3' };
    expect(keysOf('label.skip', given, 'five')).toEqual(['3']);
    expect(keysOf('label.skip', given, 'seven')).toEqual(['s']);
    expect(keysOf('label.betterA', {}, 'seven')).toEqual(['ArrowLeft']);
    expect(keysOf('label.seven', {}, 'five')).toEqual([]);
    expect(keysOf('label.seven', {}, 'seven')).toHaveLength(7);
    // Where more than two are ranked there are no such answers.
    expect(keysOf('rank.skip', { 'rank.skip': '3' }, 'seven')).toEqual(['3']);
  });

  it('shows no key twice: what was given to one command is not another’s any more', () => {
    const given = { 'label.skip': '3', 'label.flag': 's' } as const;
    expect(keysOf('label.skip', given, 'seven')).toEqual([]);
    expect(keysOf('label.flag', given, 'seven')).toEqual(['s']);
    expect(keysOf('label.betterA', { 'label.tie': '1' })).toEqual(['ArrowLeft']);
  });

  it('reads what is stored, whatever it is', () => {
    expect(readOwnKeys(null)).toEqual({});
    expect(readOwnKeys({ 'label.betterA': 'h', 'label.gone': 'x', 'label.tie': 4 })).toEqual({ 'label.betterA': 'h' });
  });
});
