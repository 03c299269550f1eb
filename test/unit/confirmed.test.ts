import { expect, it } from '@jest/globals';
import { asksForOnboarding } from '../../shared/policy/confirmed.ts';
import { compiled } from '../support/policy.ts';

it.each([
  ['', false],
  ['confirmed: {}', false],
  ['confirmed: { welcome: false }', false],
  ['confirmed: { welcome: true }', true],
  ['groups: { reader: {} }\nconfirmed: { groups: [reader] }', true],
])('%j asks for something once an account is confirmed: %j', (text, asks) => {
  expect(asksForOnboarding(compiled(`version: 1\n${text}`))).toBe(asks);
});
