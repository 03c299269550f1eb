import { expect, it } from '@jest/globals';
import { allOf, anyOf, type Truth } from '../../shared/policy/truth.ts';

it.each<[Truth[], Truth, Truth]>([
  [[], true, false],
  [[true, true], true, true],
  [[false, false], false, false],
  [['unknown', 'unknown'], 'unknown', 'unknown'],
  [[true, false], false, true],
  [[true, 'unknown'], 'unknown', true],
  [[false, 'unknown'], false, 'unknown'],
  [[true, 'unknown', false], false, true],
])('all of %j: %j; any of them: %j', (values, all, any) => {
  for (const order of [values, values.toReversed()]) expect([allOf(order), anyOf(order)]).toEqual([all, any]);
});
