import { describe, expect, it } from '@jest/globals';
import { TokenMemory } from '../../shared/token/memory.ts';

const value = (expiresSeconds = 100) => ({ expiresSeconds });

describe('the memory of verified tokens', () => {
  it('is bounded in entries, and drops what was unused for longest', () => {
    const memory = new TokenMemory({ maxEntries: 2, maxBytes: 1e6 });
    memory.remember('a', value());
    memory.remember('b', value());
    memory.recall('a', 0);
    memory.remember('c', value());
    expect(['a', 'b', 'c'].map((token) => memory.recall(token, 0) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is bounded in bytes', () => {
    const memory = new TokenMemory({ maxEntries: 1000, maxBytes: 10_000 });
    for (let index = 0; index < 100; index++) memory.remember(`${index}`.padStart(500, 'x'), value());
    const kept = Array.from({ length: 100 }, (_, index) =>
      memory.recall(`${index}`.padStart(500, 'x'), 0),
    ).filter(Boolean);
    expect(kept).toHaveLength(4);
  });

  it('does not take what is larger than the whole of it, nor lose the rest for it', () => {
    const memory = new TokenMemory({ maxEntries: 10, maxBytes: 10_000 });
    memory.remember('a', value());
    memory.remember('x'.repeat(10_000), value());
    expect(memory.recall('a', 0)).toBeDefined();
    expect(memory.recall('x'.repeat(10_000), 0)).toBeUndefined();
  });

  it('takes what just fits', () => {
    const memory = new TokenMemory({ maxEntries: 10, maxBytes: 504 });
    memory.remember('a', value());
    memory.remember('bb', value());
    expect(['a', 'bb'].map((token) => memory.recall(token, 0) !== undefined)).toEqual([true, false]);
  });

  it('forgets everything when it is told to, and frees the room', () => {
    const memory = new TokenMemory({ maxEntries: 10, maxBytes: 1100 });
    for (const token of ['a', 'b']) memory.remember(token, value());
    memory.forgetAll();
    expect(['a', 'b'].map((token) => memory.recall(token, 0))).toEqual([undefined, undefined]);
    for (const token of ['c', 'd']) memory.remember(token, value());
    expect(['c', 'd'].map((token) => memory.recall(token, 0) !== undefined)).toEqual([true, true]);
  });

  it('forgets at the second of expiry, and frees the room', () => {
    const memory = new TokenMemory({ maxEntries: 1, maxBytes: 1e6 });
    memory.remember('a', value(100));
    expect(memory.recall('a', 99.999)).toBeDefined();
    expect(memory.recall('a', 100)).toBeUndefined();
    expect(memory.recall('a', 0)).toBeUndefined();
  });

  it('counts a token that is remembered twice once', () => {
    const memory = new TokenMemory({ maxEntries: 10, maxBytes: 1100 });
    for (let index = 0; index < 10; index++) memory.remember('a', value());
    memory.remember('b', value());
    expect(memory.recall('a', 0)).toBeDefined();
    expect(memory.recall('b', 0)).toBeDefined();
  });

  it('takes no token for another that ends alike, and counts the two as one', () => {
    const end = 'z'.repeat(100);
    const memory = new TokenMemory({ maxEntries: 10, maxBytes: 4000 });
    for (let index = 0; index < 10; index++) {
      const first = value();
      const second = value();
      memory.remember(`a${end}`, first);
      expect(memory.recall(`a${end}`, 0)).toBe(first);
      expect(memory.recall(`b${end}`, 0)).toBeUndefined();
      memory.remember(`b${end}`, second);
      expect(memory.recall(`b${end}`, 0)).toBe(second);
      expect(memory.recall(`a${end}`, 0)).toBeUndefined();
    }
    memory.remember('other', value());
    expect(memory.recall(`b${end}`, 0)).toBeDefined();
    expect(memory.recall('other', 0)).toBeDefined();
  });
});
