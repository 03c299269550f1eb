import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { policyJsonSchema } from '../../shared/policy/json-schema.ts';
import { ROOT } from '../support/bundles.ts';
import { readCases } from '../support/cases.ts';

// The published file, as an editor reads it.
const published = JSON.parse(readFileSync(join(ROOT, 'policy.schema.json'), 'utf8')) as object;
const accepts = new Ajv({ allowUnionTypes: true }).compile(published);

describe('the published JSON Schema', () => {
  it('is the one that `npm run schema` writes', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
  });

  const valid = readCases<{ name: string; policy: string; errors: string[] }[]>('parse.yml').filter(
    ({ errors }) => errors.length === 0,
  );

  it.each([...valid, { name: 'policy.yml', policy: readFileSync(join(ROOT, 'policy.yml'), 'utf8') }])(
    'accepts $name',
    ({ policy }) => {
      expect(accepts(parse(policy))).toBe(true);
    },
  );

  it.each([
    ['no version', '{}'],
    ['an unknown key', 'version: 1\nrulez: []'],
    ['a rule without id', 'version: 1\nrules: [{ allow: ["GET /"] }]'],
    ['a rule without effect', 'version: 1\nrules: [{ id: a }]'],
    ['a rule with both effects', 'version: 1\nrules: [{ id: a, allow: ["GET /"], deny: ["GET /"] }]'],
    ['an empty list', 'version: 1\ndomains: { allow: [] }'],
    ['mfa: false', 'version: 1\nrules: [{ id: a, allow: ["GET /"], to: { mfa: false } }]'],
    ['a duration without unit', 'version: 1\nrules: [{ id: a, allow: ["GET /"], to: { auth_age: 15 } }]'],
    ['a message for no code', 'version: 1\nmessages: { hello: there }'],
  ])('refuses %s', (_, policy) => {
    expect(accepts(parse(policy))).toBe(false);
  });
});
