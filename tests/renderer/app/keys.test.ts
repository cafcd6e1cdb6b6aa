import { describe, expect, it } from 'vitest';
import { type KeyCommand, keyMap, matchesKey, type Press } from '../../../src/renderer/app/keys.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: '',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('matchesKey', () => {
  it('tells Shift+arrow from arrow', () => {
    expect(matchesKey(press('ArrowLeft'), 'ArrowLeft')).toBe(true);
    expect(matchesKey(press('ArrowLeft', { shiftKey: true }), 'ArrowLeft')).toBe(false);
    expect(matchesKey(press('ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft')).toBe(true);
  });

  it('takes signs by what is typed, on any layout', () => {
    expect(matchesKey(press('='), '=')).toBe(true);
    expect(matchesKey(press('=', { shiftKey: true, code: 'Digit0' }), '=')).toBe(true); // German
    expect(matchesKey(press('=', { shiftKey: true, code: 'Digit0' }), '0')).toBe(false);
    expect(matchesKey(press('?', { shiftKey: true }), '?')).toBe(true);
  });

  it('takes digits by what is typed, and with Shift by their place', () => {
    expect(matchesKey(press('1', { code: 'Digit1' }), '1')).toBe(true);
    expect(matchesKey(press('1', { code: 'Numpad1' }), '1')).toBe(true);
    expect(matchesKey(press('1', { code: 'Digit1', shiftKey: true }), '1')).toBe(true); // French: digits are typed with Shift
    expect(matchesKey(press('!', { code: 'Digit1', shiftKey: true }), 'Shift+1')).toBe(true);
    expect(matchesKey(press('!', { code: 'Digit1', shiftKey: true }), '1')).toBe(false);
  });

  it('never takes a bare key with a modifier', () => {
    for (const modifier of ['ctrlKey', 'metaKey', 'altKey'] as const) {
      expect(matchesKey(press('z', { [modifier]: true }), 'z', false)).toBe(false);
    }
    expect(matchesKey(press('k', { ctrlKey: true }), 'Mod+k', false)).toBe(true);
    expect(matchesKey(press('k', { metaKey: true }), 'Mod+k', true)).toBe(true);
    expect(matchesKey(press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+z', false)).toBe(true);
  });
});

describe('keyMap', () => {
  it('gives no key twice on Label, and none twice elsewhere', () => {
    const everywhere = Object.entries<KeyCommand>(keyMap);
    const on = (prefixes: string[]) =>
      everywhere.filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)) && name !== 'label.seven');
    for (const place of [
      on(['label.', 'app.']),
      on(['rank.', 'label.undo', 'label.redo', 'label.prompt', 'label.together', 'label.smaller', 'label.larger', 'app.']),
      on(['list.', 'page.', 'go.', 'app.']),
    ]) {
      const keys = place.flatMap(([, command]) => command.keys);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    }
  });
});
