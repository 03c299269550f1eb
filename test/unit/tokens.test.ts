import { describe, expect, it } from '@jest/globals';
import { mailIdentity } from '../../shared/policy/principal.ts';
import { providerNames, shapeTokens, stampOnly, type TokenSubject } from '../../shared/policy/tokens.ts';
import { compiled } from '../support/policy.ts';

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

const subject = async (
  change: Partial<TokenSubject> = {},
  email = 'a@example.com',
  verified: unknown = 'true',
): Promise<TokenSubject> => ({
  sub: 'u',
  mail: await mailIdentity(email, verified),
  attributes: { email, email_verified: String(verified) },
  current: { groups: [], roles: [], preferredRole: null },
  ...change,
});

const inGroups = (groups: string[]): Partial<TokenSubject> => ({
  current: { groups, roles: [], preferredRole: null },
});

describe('groups', () => {
  const policy = compiled(`
version: 1
providers: { Okta: { domains: [example.com], groups_attribute: "custom:idp_groups" }, Other: { domains: [x.io] } }
groups:
  admin: { includes: [editor] }
  editor: { includes: [reader] }
  reader: {}
  partner: { members: { domains: [partner.io] }, includes: [reader] }
  ops: { members: { idp: { Okta: [eng-ops, "x, y"] } } }
`);
  const groupsOf = async (change: Partial<TokenSubject>, email?: string, verified?: unknown) =>
    shapeTokens(policy, await subject(change, email, verified)).groups?.groups ?? null;

  it.each<[string, Partial<TokenSubject>, string | undefined, unknown, string[] | null]>([
    ['none: nothing to say, so nothing is wiped', {}, undefined, 'true', null],
    ['nothing to add: left alone', inGroups(['reader']), undefined, 'true', null],
    ['includes are added, sorted', inGroups(['admin']), undefined, 'true', ['admin', 'editor', 'reader']],
    [
      'those outside the policy stay',
      inGroups(['zeta', 'editor', 'alpha']),
      undefined,
      'true',
      ['zeta', 'editor', 'alpha', 'reader'],
    ],
    ['Cognito’s own stay in the token', inGroups(['eu-west-1_A_Okta']), undefined, 'true', null],
    ['computed by domain', {}, 'a@partner.io', 'true', ['partner', 'reader']],
    ['not by an unverified domain', {}, 'a@partner.io', 'false', null],
    [
      'who left the domain leaves the group',
      inGroups(['partner', 'zeta']),
      'a@example.com',
      'true',
      ['zeta'],
    ],
    [
      'as many as before, but others',
      { ...inGroups(['partner']), given: ['reader'] },
      'a@example.com',
      'true',
      ['reader'],
    ],
    ['who left the domain leaves the last group', inGroups(['partner']), 'a@example.com', 'true', []],
    [
      'a group named like an object’s member',
      inGroups(['constructor', '__proto__']),
      undefined,
      'true',
      null,
    ],
  ])('%s', async (_, change, email, verified, groups) => {
    expect(await groupsOf(change, email, verified)).toEqual(groups);
  });

  const identity = (...providers: string[]) =>
    JSON.stringify(providers.map((providerName) => ({ providerName, userId: 'x' })));

  it.each<[string, Record<string, unknown>, string[] | null]>([
    [
      'the allow-list of the provider',
      { identities: identity('Okta'), 'custom:idp_groups': '[eng-ops, sales]' },
      ['ops'],
    ],
    ['one group without brackets', { identities: identity('Okta'), 'custom:idp_groups': 'eng-ops' }, ['ops']],
    [
      'one group without brackets that has a comma',
      { identities: identity('Okta'), 'custom:idp_groups': 'evil,eng-ops' },
      null,
    ],
    [
      'URL-encoded parts, decoded after the split',
      { identities: identity('Okta'), 'custom:idp_groups': '[x%2C%20y]' },
      ['ops'],
    ],
    [
      'a name with a comma that is not encoded',
      { identities: identity('Okta'), 'custom:idp_groups': '[x, y]' },
      null,
    ],
    ['a name of ours', { identities: identity('Okta'), 'custom:idp_groups': '[admin, ops]' }, null],
    ['a user without identities', { 'custom:idp_groups': '[eng-ops]' }, null],
    [
      'a provider that the policy does not know',
      { identities: identity('Evil'), 'custom:idp_groups': '[eng-ops]' },
      null,
    ],
    ['a provider in another case', { identities: identity('okta'), 'custom:idp_groups': '[eng-ops]' }, null],
    [
      'identities of two providers',
      { identities: identity('Okta', 'Other'), 'custom:idp_groups': '[eng-ops]' },
      null,
    ],
    ['identities that are no JSON', { identities: '[', 'custom:idp_groups': '[eng-ops]' }, null],
    [
      'identities that are no list',
      { identities: '{"providerName":"Okta"}', 'custom:idp_groups': '[eng-ops]' },
      null,
    ],
    ['a bad escape', { identities: identity('Okta'), 'custom:idp_groups': '[%zz]' }, null],
    [
      'the second of a list, behind a blank',
      { identities: identity('Okta'), 'custom:idp_groups': '[sales, eng-ops]' },
      ['ops'],
    ],
    ['text before a bracket', { identities: identity('Okta'), 'custom:idp_groups': 'x[eng-ops]' }, null],
    ['text behind a bracket', { identities: identity('Okta'), 'custom:idp_groups': '[eng-ops]x' }, null],
    [
      'identities that are no text',
      { identities: [identity('Okta')], 'custom:idp_groups': '[eng-ops]' },
      null,
    ],
    ['no attribute', { identities: identity('Okta') }, null],
  ])('computed by identity provider: %s', async (_, attributes, groups) => {
    expect(await groupsOf({ attributes })).toEqual(groups);
  });
});

it('a user without a provider is nobody’s, whatever a provider is called', async () => {
  const policy = compiled(`
version: 1
providers: { undefined: { domains: [x.io], groups_attribute: "custom:g" } }
groups: { ops: { members: { idp: { undefined: [eng-ops] } } } }
`);
  const attributes = { 'custom:g': 'eng-ops' };
  expect(shapeTokens(policy, await subject({ attributes })).groups).toBeNull();
});

describe('the providers of a user', () => {
  it.each<[unknown, string[]]>([
    ['[{"providerName":"Okta"},{"providerName":"Other"}]', ['Okta', 'Other']],
    // One that has no name is still another one.
    ['[{"providerName":"Okta"},{},null]', ['Okta', '', '']],
    ['[]', []],
    ['{}', []],
    ['[', []],
    [undefined, []],
    [[{ providerName: 'Okta' }], []],
  ])('of %j: %j', (identities, names) => {
    expect(providerNames(identities)).toEqual(names);
  });
});

it('groups that the event does not tell are not overridden', async () => {
  const policy = compiled('version: 1\ngroups: { partner: { members: { domains: [example.com] } } }');
  expect(shapeTokens(policy, await subject({ current: null })).groups).toBeNull();
});

describe('roles', () => {
  const policy = compiled(`
version: 1
groups:
  admin: { precedence: 0, role: "${role('admin')}" }
  editor: { precedence: 10, role: "${role('editor')}" }
  writer: { precedence: 10, role: "${role('writer')}" }
  author: { precedence: 10, role: "${role('editor')}" }
  late: { role: "${role('late')}" }
  plain: {}
`);
  it.each<[string, string[], string[], string | null, string[] | null, string | null]>([
    ['of a member', ['admin'], [], null, [role('admin')], role('admin')],
    [
      'of two: the lowest precedence is preferred',
      ['editor', 'admin'],
      [],
      null,
      [role('admin'), role('editor')],
      role('admin'),
    ],
    [
      'a tie of two roles prefers none',
      ['editor', 'writer'],
      [role('x')],
      role('x'),
      [role('x'), role('editor'), role('writer')],
      null,
    ],
    ['a tie of one role prefers it', ['editor', 'author'], [], null, [role('editor')], role('editor')],
    [
      'without precedence comes last',
      ['late', 'editor'],
      [],
      null,
      [role('editor'), role('late')],
      role('editor'),
    ],
    ['of the pool’s own groups stay', ['plain'], [role('pool')], role('pool'), null, null],
    [
      'the preferred one alone can be another',
      ['admin', 'editor'],
      [role('admin'), role('editor')],
      role('editor'),
      [role('admin'), role('editor')],
      role('admin'),
    ],
    ['one in place of another', ['editor'], [role('writer')], null, [role('editor')], role('editor')],
    [
      'of the policy, not held, go',
      ['plain'],
      [role('admin'), role('pool')],
      role('admin'),
      [role('pool')],
      null,
    ],
  ])('%s', async (_, groups, roles, preferredRole, expected, preferred) => {
    const changes = shapeTokens(policy, await subject({ current: { groups, roles, preferredRole } })).groups;
    expect(changes && { roles: changes.roles, preferredRole: changes.preferredRole }).toEqual(
      expected && { roles: expected, preferredRole: preferred },
    );
  });

  it('are left alone by a policy that gives none, twice the same too', async () => {
    const plain = compiled('version: 1\ngroups: { a: { includes: [b] }, b: {} }');
    const current = { groups: ['a', 'b'], roles: [role('x'), role('x')], preferredRole: role('x') };
    expect(shapeTokens(plain, await subject({ current })).groups).toBeNull();
    const changes = shapeTokens(
      plain,
      await subject({ current: { groups: ['a'], roles: [role('x')], preferredRole: role('x') } }),
    ).groups;
    expect(changes).toEqual({ groups: ['a', 'b'], roles: [role('x')], preferredRole: role('x') });
  });
});

describe('claims and scopes', () => {
  const policy = compiled(`
version: 1
groups: { editor: { includes: [reader] }, reader: {} }
tokens:
  claims: { tenant: "\${user.custom:tenant}", label: "t-\${user.custom:tenant}/\${user.locale}", plan: free, level: 5, beta: true }
  scopes: { editor: [articles/write], reader: [articles/read] }
`);

  it('are rendered from attributes; a missing attribute leaves its claim out', async () => {
    const { claims } = shapeTokens(policy, await subject({ attributes: { 'custom:tenant': 'acme' } }));
    expect(claims).toEqual({ tenant: 'acme', plan: 'free', level: 5, beta: true });
  });

  it('are left out where the attribute is empty', async () => {
    const { claims } = shapeTokens(policy, await subject({ attributes: { 'custom:tenant': '' } }));
    expect(claims).toEqual({ plan: 'free', level: 5, beta: true });
  });

  it('are not templates themselves', async () => {
    const { claims } = shapeTokens(
      policy,
      await subject({ attributes: { 'custom:tenant': '${user.locale}$&', locale: 'en' } }),
    );
    expect(claims).toMatchObject({ tenant: '${user.locale}$&', label: 't-${user.locale}$&/en' });
  });

  it('take no address or number that is not verified', async () => {
    const mail = compiled(
      'version: 1\ntokens: { claims: { account: "${user.email}", phone: "${user.phone_number}" } }',
    );
    const claimsOf = async (attributes: Record<string, string>) =>
      shapeTokens(mail, await subject({ attributes })).claims;
    expect(await claimsOf({ email: 'a@b.io', email_verified: 'false', phone_number: '+1' })).toEqual({});
    expect(
      await claimsOf({
        email: 'a@b.io',
        email_verified: 'true',
        phone_number: '+1',
        phone_number_verified: 'true',
      }),
    ).toEqual({ account: 'a@b.io', phone: '+1' });
  });

  // What Cognito refuses (contracts B6), takes as text only, or decides by with Gatehouse.
  it.each(
    'acr amr at_hash aud auth_time azp client_id device_key event_id exp iat identities iss jti nbf nonce'
      .concat(' origin_jti scope sub token_use username version address updated_at gatehouse_domain')
      .concat(' email email_verified phone_number phone_number_verified cognito:groups dev:x')
      .split(' '),
  )('never write %s, whatever the artefact says', async (name) => {
    const artefact = { ...policy, tokens: { claims: { [name]: 'x', plan: 'free' }, scopes: {} } };
    expect(shapeTokens(artefact, await subject()).claims).toEqual({ plan: 'free' });
  });

  it('scopes come with groups, included ones too', async () => {
    const { scopes } = shapeTokens(policy, await subject(inGroups(['editor'])));
    expect(scopes).toEqual(['articles/write', 'articles/read']);
    expect(shapeTokens(policy, await subject(inGroups(['zeta', 'reader']))).scopes).toEqual([
      'articles/read',
    ]);
  });
});

describe('the domain stamp', () => {
  const gated = compiled('version: 1\ndomains: { allow: [example.com, xn--bcher-kva.example] }');

  it.each<[string, string, unknown, string | null]>([
    ['the verified domain', 'A@Example.com', 'true', 'example.com'],
    ['its ASCII form', 'a@bücher.example', 'true', 'xn--bcher-kva.example'],
    ['none of an unverified address', 'a@example.com', 'false', null],
    ['none of an address that is none', '"a@x"@example.com', 'true', null],
  ])('%s', async (_, email, verified, stamp) => {
    expect(shapeTokens(gated, await subject({}, email, verified)).domainStamp).toBe(stamp);
  });

  it.each([
    ['domains', 'domains: { deny: [evil.com] }', true],
    ['a group by domain', 'groups: { p: { members: { domains: [p.io] } } }', true],
    ['a rule for domains', 'rules: [{ id: a, allow: ["GET /"], to: { domains: [p.io] } }]', true],
    ['an exemption for domains', 'rules: [{ id: a, deny: ["GET /"], unless: { domains: [p.io] } }]', true],
    ['none of those', 'domains: { disposable: deny }', false],
  ])('is written where the domain decides: %s', async (_, text, written) => {
    const { domainStamp } = shapeTokens(compiled(`version: 1\n${text}`), await subject());
    expect(domainStamp !== null).toBe(written);
  });

  it('is all that observing writes', async () => {
    const policy = compiled(
      'version: 1\ndomains: { allow: [example.com] }\ngroups: { a: { includes: [b] }, b: {} }\ntokens: { claims: { x: y } }',
    );
    expect(stampOnly(policy, await subject(inGroups(['a'])))).toEqual({
      groups: null,
      claims: {},
      scopes: [],
      domainStamp: 'example.com',
    });
  });
});
