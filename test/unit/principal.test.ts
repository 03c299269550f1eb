import { describe, expect, it } from '@jest/globals';
import {
  claimedOrigin,
  type IssuerMap,
  mailIdentity,
  poolOfIssuer,
  principalOf,
} from '../../shared/policy/principal.ts';

const POOL = 'eu-west-1_AbCdEf123';
const ISSUER = 'https://idp.example.com';
const read = (claims: Record<string, unknown>, maps: Record<string, IssuerMap> = {}) =>
  principalOf(claims, claimedOrigin(claims, maps));

const ID = {
  iss: `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
  token_use: 'id',
  sub: 's1',
  aud: 'c1',
  'cognito:username': 'ada',
  username: 'not-here',
  email: 'ada@example.com',
  email_verified: true,
  'cognito:groups': ['reader'],
  scope: 'a b',
};
const ACCESS = {
  token_use: 'access',
  sub: 's1',
  client_id: 'c1',
  username: 'ada',
  'cognito:username': 'not-here',
  gatehouse_domain: 'example.com',
};
const MACHINE = { token_use: 'access', sub: 'c1', client_id: 'c1', scope: 'a' };

describe('what a token says of its bearer', () => {
  it('an ID token', async () => {
    expect(await read(ID)).toEqual({
      kind: 'user',
      foreign: false,
      sub: 's1',
      username: 'ada',
      groups: ['reader'],
      scopes: ['a', 'b'],
      client: 'c1',
      pool: POOL,
      tokenUse: 'id',
      email: 'ada@example.com',
      emailVerified: true,
      domain: 'example.com',
      domainFlaw: null,
      claims: ID,
    });
  });

  it('an access token', async () => {
    expect(await read(ACCESS)).toEqual({
      kind: 'user',
      foreign: false,
      sub: 's1',
      username: 'ada',
      groups: [],
      scopes: null,
      client: 'c1',
      pool: null,
      tokenUse: 'access',
      email: null,
      emailVerified: false,
      domain: 'example.com',
      domainFlaw: null,
      claims: ACCESS,
    });
  });

  it('a machine’s token', async () => {
    expect(await read(MACHINE)).toMatchObject({
      kind: 'machine',
      sub: 'c1',
      username: null,
      groups: [],
      scopes: ['a'],
      client: 'c1',
      email: null,
      emailVerified: false,
      domain: null,
    });
    expect(await read({ ...MACHINE, 'cognito:groups': ['reader'], gatehouse_domain: 'a.io' })).toMatchObject({
      kind: 'machine',
      groups: [],
      domain: null,
    });
  });

  it('another issuer’s token', async () => {
    const claims = { ...ID, iss: ISSUER, azp: 'c2', roles: ['theirs', 'toString', ['theirs'], 5] };
    expect(await read(claims)).toEqual({
      kind: 'user',
      foreign: true,
      sub: 's1',
      username: null,
      groups: [],
      scopes: null,
      client: 'c2',
      pool: ISSUER,
      tokenUse: null,
      email: null,
      emailVerified: false,
      domain: null,
      domainFlaw: 'email_missing',
      claims,
    });
    const maps = { [ISSUER]: { groups: { claim: 'roles', values: { theirs: 'ours' } } } };
    expect(await read(claims, maps)).toMatchObject({ groups: ['ours'] });
    expect(await read({ iss: ISSUER }, maps)).toMatchObject({ groups: [] });
    expect(await read({ iss: ISSUER, roles: null }, maps)).toMatchObject({ groups: [] });
    expect(await read({ iss: ISSUER, roles: 'theirs' }, maps)).toMatchObject({ groups: 'unknown' });
  });

  it.each<[string, object, object]>([
    [
      'no token_use, a user name of an ID token',
      { 'cognito:username': 'ada' },
      { tokenUse: 'id', username: 'ada' },
    ],
    ['no token_use, nothing else', { username: 'ada' }, { tokenUse: 'access', username: 'ada' }],
    ['an empty sub', { sub: '' }, { sub: null }],
    ['an empty sub that is the client', { sub: '', client_id: '' }, { kind: 'user', client: null }],
    ['a sub that is no text', { sub: 5 }, { sub: null }],
    ['no sub and no client', {}, { kind: 'user', sub: null, client: null }],
    ['no sub and a client that is null', { client_id: null }, { kind: 'user', sub: null, client: null }],
    [
      'a token_use that is none',
      { token_use: 'x', username: 'ada' },
      { tokenUse: null, username: null, client: null },
    ],
    ['scopes with blanks', { scope: ' a  b ' }, { scopes: ['a', 'b'] }],
    ['an empty scope', { scope: '' }, { scopes: [] }],
    ['a stamp that is none', { gatehouse_domain: 'a' }, { domain: null, domainFlaw: 'domain_denied' }],
    ['no listing', { 'cognito:groups': null }, { groups: [] }],
    ['a listing that is none', { 'cognito:groups': 'reader' }, { groups: 'unknown' }],
    ['names that are no text', { 'cognito:groups': [5, 'reader', null] }, { groups: ['reader'] }],
    [
      'groups that Cognito makes, of any pool',
      { 'cognito:groups': [`${POOL}_Okta`, 'us-gov-west-1_X_Okta', 'reader'] },
      { groups: ['reader'] },
    ],
    [
      'groups that Cognito makes, of this pool',
      {
        iss: 'https://cognito-idp.zz-zz-1.amazonaws.com/zz-zz-1_A',
        'cognito:groups': ['zz-zz-1_A_Okta', 'zz-zz-1_B_Okta', 'my-zz-zz-1_A_'],
      },
      { groups: ['zz-zz-1_B_Okta', 'my-zz-zz-1_A_'] },
    ],
    ['`null_` before a name, and no pool', { 'cognito:groups': ['null_x'] }, { groups: ['null_x'] }],
  ])('%s', async (_, claims, principal) => {
    expect(await read({ ...claims })).toMatchObject(principal);
  });
});

describe('where claims say that they come from', () => {
  it.each<[unknown, object]>([
    [undefined, { kind: 'cognito', pool: null }],
    [null, { kind: 'cognito', pool: null }],
    [5, { kind: 'issuer', issuer: '', map: {} }],
    [ID.iss, { kind: 'cognito', pool: POOL }],
    [ISSUER, { kind: 'issuer', issuer: ISSUER, map: {} }],
    ['toString', { kind: 'issuer', issuer: 'toString', map: {} }],
  ])('%p', (iss, origin) => {
    expect(claimedOrigin({ iss })).toEqual(origin);
  });

  it('with a map', () => {
    const map = { scopes: { claim: 'scp', values: ['a'] } };
    expect(claimedOrigin({ iss: ISSUER }, { [ISSUER]: map })).toEqual({
      kind: 'issuer',
      issuer: ISSUER,
      map,
    });
  });

  it.each([
    ['https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_A', 'us-gov-west-1_A'],
    [`https://evil.example/?https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`, null],
    [`https://cognito-idp.eu-west-1.amazonaws.com/${POOL}/x`, null],
    [`http://cognito-idp.eu-west-1.amazonaws.com/${POOL}`, null],
  ])('the pool of %s', (issuer, pool) => {
    expect(poolOfIssuer(issuer)).toBe(pool);
  });
});

describe('an address judged by itself', () => {
  const nobody = { email: null, emailVerified: false, domain: null, domainFlaw: 'email_missing' };
  const somebody = { email: 'a@a.io', emailVerified: true, domain: 'a.io', domainFlaw: null };
  it.each<[unknown, unknown, object]>([
    ['a@a.io', true, somebody],
    ['a@a.io', false, { ...somebody, emailVerified: false, domain: null, domainFlaw: 'email_unverified' }],
    ['a', true, { ...somebody, email: 'a', domain: null, domainFlaw: 'domain_denied' }],
    ['', true, nobody],
    [5, true, nobody],
  ])('%p, verified %p', async (email, verified, identity) => {
    expect(await mailIdentity(email, verified)).toEqual(identity);
  });
});
