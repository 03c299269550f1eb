import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { policyFileWith } from '../../sandbox/policy-file.ts';
import { temporaryFolder } from '../support/bundles.ts';

const folder = temporaryFolder();
const copies = temporaryFolder();
const ADDITIONS = { confirmed: { welcome: true }, sign_in: { methods: ['email_otp'] } };

describe('what a scenario adds to a policy', () => {
  it('stands at the end of a copy, which has the policy’s name and lines', () => {
    const text = 'version: 1 # one\ngroups: { a: {}, b: {} }\nconfirmed: {}';
    const policy = folder.write('own.yml', text);
    const { file, added, groups } = policyFileWith(policy, ADDITIONS, copies.path);
    expect({ file, added, groups }).toEqual({
      file: join(copies.path, 'own.yml'),
      added: ['sign_in'],
      groups: ['a', 'b'],
    });
    const copy = readFileSync(file, 'utf8');
    expect(copy.startsWith(`${text}\n`)).toBe(true);
    expect(parse(copy)).toEqual({ ...parse(text), sign_in: ADDITIONS.sign_in });
    expect(readFileSync(policy, 'utf8')).toBe(text);
  });

  it.each([
    ['has all of it', 'version: 1\nconfirmed: {}\nsign_in: {}'],
    ['is no YAML', 'version: ['],
    ['is a list', '[1]'],
    ['is empty', ''],
  ])('leaves a policy alone that %s', (_, text) => {
    const policy = folder.write('left.yml', text);
    expect(policyFileWith(policy, ADDITIONS, copies.path)).toMatchObject({ file: policy, added: [] });
  });

  it('says of a file that is not there what the command says', () => {
    expect(() => policyFileWith('nowhere.yml', ADDITIONS, copies.path)).toThrow(/cannot read nowhere\.yml/);
  });
});
