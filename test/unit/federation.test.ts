import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { domainMatches, domainOfMailbox } from '../../shared/policy/domain.ts';
import { federatedProfile } from '../../shared/policy/federation.ts';
import { parseGroupList, printGroupList, readProviderGroups } from '../../shared/policy/idp-groups.ts';
import { compiled } from '../support/policy.ts';

const policy = compiled(`
version: 1
providers:
  Okta: { domains: [example.com, "*.example.com"], groups_attribute: "custom:idp_groups" }
  Saml:
    domains: [partner.io]
    groups_attribute: "custom:roles"
    claims: { email: "http://claims/emailaddress", groups: memberOf, keep: ["custom:office"] }
groups:
  ops: { members: { idp: { Okta: [eng-ops, "x, y", "Domain Admins"], Saml: [partners] } } }
  dev: { members: { idp: { Okta: [eng-dev, eng-ops] } } }
`);
const profile = (provider: string, response: Record<string, unknown>) =>
  federatedProfile(policy, provider, response);

describe('whether a federated address is verified', () => {
  it.each<[string, string, Record<string, unknown>, string, string | null]>([
    ['of a trusted domain', 'Okta', { email: 'ada@example.com' }, 'true', null],
    ['of a subdomain that is trusted', 'Okta', { email: 'Ada@X.Example.com' }, 'true', null],
    ['called verified too', 'Okta', { email: 'ada@example.com', email_verified: 'true' }, 'true', null],
    [
      'called verified by a boolean',
      'Okta',
      { email: 'ada@example.com', email_verified: true },
      'true',
      null,
    ],
    ['not called anything', 'Okta', { email: 'ada@example.com', email_verified: null }, 'true', null],
    [
      'called unverified',
      'Okta',
      { email: 'ada@example.com', email_verified: 'false' },
      'false',
      'email_unverified',
    ],
    [
      'called something else',
      'Okta',
      { email: 'ada@example.com', email_verified: 'TRUE' },
      'false',
      'email_unverified',
    ],
    ['called nothing', 'Okta', { email: 'ada@example.com', email_verified: '' }, 'false', 'email_unverified'],
    [
      'of another domain',
      'Okta',
      { email: 'ada@partner.io', email_verified: 'true' },
      'false',
      'email_unverified',
    ],
    ['of a look-alike', 'Okta', { email: 'ada@example.com.evil.io' }, 'false', 'email_unverified'],
    ['that is none', 'Okta', { email: 'a@b@example.com', email_verified: 'true' }, 'false', 'domain_denied'],
    ['that is not there', 'Okta', { email_verified: 'true' }, 'false', 'email_missing'],
    ['that is a list', 'Okta', { email: ['ada@example.com'] }, 'false', 'email_missing'],
    [
      'of a provider that is not listed',
      'Google',
      { email: 'ada@example.com', email_verified: 'true' },
      'false',
      'email_unverified',
    ],
    ['of a provider in another case', 'okta', { email: 'ada@example.com' }, 'false', 'email_unverified'],
    [
      'of a provider named like an object’s member',
      'constructor',
      { email: 'ada@example.com' },
      'false',
      'email_unverified',
    ],
    [
      'under the name that the policy gives',
      'Saml',
      { 'http://claims/emailaddress': 'a@partner.io' },
      'true',
      null,
    ],
    ['under another name', 'Saml', { email: 'a@partner.io' }, 'false', 'email_missing'],
  ])('%s', async (_, provider, response, verified, flaw) => {
    const { attributes, flaw: found } = await profile(provider, response);
    expect({ verified: attributes['email_verified'], flaw: found }).toEqual({ verified, flaw });
  });

  it('says when the provider’s own word is withdrawn', async () => {
    const withdrawn = async (provider: string, response: object) =>
      (await profile(provider, { email: 'ada@example.com', ...response })).withdrawn;
    expect(await withdrawn('Google', { email_verified: 'true' })).toBe(true);
    expect(await withdrawn('Google', {})).toBe(false);
    expect(await withdrawn('Okta', { email_verified: 'true' })).toBe(false);
    expect(await withdrawn('Okta', { email_verified: 'false' })).toBe(false);
  });

  it('is the judged address’s, under either name', async () => {
    const { attributes } = await profile('Saml', {
      'http://claims/emailaddress': 'a@partner.io',
      email: 'victim@example.com',
    });
    expect(attributes).toMatchObject({
      'http://claims/emailaddress': 'a@partner.io',
      email: 'a@partner.io',
      email_verified: 'true',
    });
    expect((await profile('Saml', { email: 'victim@example.com' })).attributes).not.toHaveProperty('email');
  });

  it('never true but for an address of the provider’s domains', async () => {
    const response = fc.record(
      {
        email: fc.oneof(
          fc.emailAddress(),
          fc.constantFrom('a@example.com', 'a@b.example.com', 'a@partner.io', '"a"@example.com'),
          fc.anything(),
        ),
        email_verified: fc.oneof(fc.boolean(), fc.constantFrom('true', 'false', '1'), fc.anything()),
      },
      { requiredKeys: [] },
    );
    let verified = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('Okta', 'Saml', 'Evil'), response, async (provider, said) => {
        const { attributes } = await profile(provider, said);
        expect(['true', 'false']).toContain(attributes['email_verified']);
        if (attributes['email_verified'] !== 'true') return;
        verified++;
        const domain = await domainOfMailbox(attributes['email'] ?? '');
        expect(domainMatches(policy.providers[provider]?.domains ?? {}, domain ?? '')).toBe(true);
        expect([undefined, null, true, 'true']).toContain(said.email_verified);
      }),
      { numRuns: 1000 },
    );
    expect(verified).toBeGreaterThan(3);
  });
});

describe('which groups are let in', () => {
  const groups = async (value: unknown) => {
    const { attributes } = await profile('Okta', value === undefined ? {} : { groups: value });
    expect(attributes['groups']).toBe(attributes['custom:idp_groups']);
    return attributes['custom:idp_groups'];
  };

  it.each<[string, unknown, string]>([
    ['those that the policy names', '[eng-ops, everyone, sales]', '[eng-ops]'],
    ['each once, in their order', '[eng-dev,eng-ops,eng-dev]', '[eng-dev,eng-ops]'],
    ['form-encoded names', '[x%2C+y, Domain+Admins]', '[x%2C%20y,Domain%20Admins]'],
    ['one without brackets', 'eng-ops', '[eng-ops]'],
    ['one without brackets that has a comma', 'x, y', '[x%2C%20y]'],
    ['several without brackets: nobody can tell where one ends', 'eng-ops,eng-dev', '[]'],
    ['a list', ['eng-ops', 7, null, 'sales'], '[eng-ops]'],
    ['a list in JSON', '["x, y","sales"]', '[x%2C%20y]'],
    ['what only begins like one', '["eng-ops"', '[]'],
    ['ours by our name', '[ops, dev]', '[]'],
    ['another provider’s', '[partners]', '[]'],
    ['none: the old ones go', '[]', '[]'],
    ['nothing said: the old ones go', undefined, '[]'],
    ['an object', { 'eng-ops': true }, '[]'],
    ['a bad escape', '[%zz, eng-ops]', '[eng-ops]'],
  ])('%s', async (_, value, expected) => {
    expect(await groups(value)).toBe(expected);
  });

  it('by the claim and the attribute that the policy names', async () => {
    const { attributes } = await profile('Saml', { memberOf: '[partners, x]', groups: '[untouched]' });
    expect(attributes).toMatchObject({
      memberOf: '[partners]',
      'custom:roles': '[partners]',
      groups: '[untouched]',
    });
  });

  it('are left alone of a provider whose groups the policy does not read', async () => {
    const { attributes } = await profile('Google', { groups: '[a, b]', 'custom:idp_groups': '[eng-ops]' });
    expect(attributes).toEqual({ groups: '[a, b]', email_verified: 'false' });
  });

  it('huge lists come down to what counts', async () => {
    const many = `[${Array.from({ length: 5000 }, (_, index) => `group-${index}`).join(', ')}, eng-ops]`;
    expect(await groups(many)).toBe('[eng-ops]');
  });

  it.each<[unknown, string[], string[]]>([
    ['[a+b, c%2C]', ['a b', 'c,'], ['a b', 'c,']],
    ['[%zz, a]', ['a'], ['a']],
    ['a, b', ['a, b'], ['a, b']],
    ['[]', [''], ['']],
    // JSON only where a name begins; else it is a list as Cognito writes it.
    ['["a","b",5]', ['"a"', '"b"', '5'], ['a', 'b']],
    ['["a"', ['["a"'], ['["a"']],
    ['[1]', ['1'], ['1']],
    ['{}', ['{}'], ['{}']],
    [['a', 7, null], [], ['a']],
    [undefined, [], []],
    [7, [], []],
  ])('%j is %j in an attribute, and %j of a provider', (value, kept, said) => {
    expect([parseGroupList(value), readProviderGroups(value)]).toEqual([kept, said]);
  });

  it('a list that is written is read as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1 }), (names) => {
        expect(parseGroupList(printGroupList(names))).toEqual(names);
        expect(readProviderGroups(JSON.stringify(names))).toEqual(names);
      }),
    );
    expect(parseGroupList(printGroupList([]))).toEqual(['']);
  });
});

describe('what else the provider says', () => {
  it('passes as text; Cognito maps nothing else', async () => {
    const { attributes } = await profile('Google', {
      name: 'Ada',
      'https://idp.example.com/custom:x': 'y',
      identitiesOfOthers: 'z',
      age: 36,
      beta: false,
      langs: ['en', 'x, y'],
      address: { street: 'x' },
      mixed: ['a', {}],
      none: null,
      empty: '',
    });
    expect(attributes).toEqual({
      name: 'Ada',
      'https://idp.example.com/custom:x': 'y',
      identitiesOfOthers: 'z',
      age: '36',
      beta: 'false',
      langs: '[en,x%2C%20y]',
      empty: '',
      email_verified: 'false',
    });
  });

  it('does not pass under the names of the pool’s own attributes, unless the policy says so', async () => {
    const own = {
      'custom:tenant': 'acme',
      'custom:roles': '[admin]',
      'dev:custom:x': '1',
      'cognito:groups': '[admin]',
      identities: '[]',
      'custom:office': 'Berlin',
    };
    expect((await profile('Google', own)).attributes).toEqual({ email_verified: 'false' });
    expect((await profile('Saml', own)).attributes).toEqual({
      'custom:office': 'Berlin',
      'custom:roles': '[]',
      memberOf: '[]',
      email_verified: 'false',
    });
  });

  it('passes under any other name, those of every object included', async () => {
    const response = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}') as Record<
      string,
      unknown
    >;
    const { attributes } = await profile('Google', response);
    expect(JSON.stringify(attributes)).toBe(
      '{"__proto__":"a","constructor":"b","toString":"c","email_verified":"false"}',
    );
  });
});
