import { expect, it } from '@jest/globals';
import { suggest } from '../../shared/policy/suggest.ts';

const others = (count: number) => Array.from({ length: count }, (_, index) => `other-${index}-word`);

it.each<[string, string[], string | undefined]>([
  ['raeder', ['editor', 'reader'], 'reader'],
  ['abcdefgh', ['xyzdefgh'], 'xyzdefgh'],
  ['abcdefgh', ['wxyzefgh'], undefined],
  ['ab', ['xb'], 'xb'],
  ['ab', ['xy'], undefined],
  ['a', ['b'], undefined],
  ['abc', [], undefined],
  ['raeder', ['reader', ...others(199)], 'reader'],
  ['raeder', ['reader', ...others(200)], undefined],
])('%#: %s', (word, known, meant) => {
  expect(suggest(word, known)).toBe(meant);
});
