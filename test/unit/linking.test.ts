import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readingsOf, spelledSubject } from '../../shared/linking/identity.ts';
import { judgeUsers } from '../../shared/linking/judge.ts';
import { linkFederatedUser } from '../../shared/linking/link.ts';
import type { Directory, PoolUser } from '../../shared/linking/ports.ts';
import { mailboxOf } from '../../shared/policy/mailbox.ts';
import { compiled } from '../support/policy.ts';

describe('a federated user name', () => {
  it.each<[string[], string, string[]]>([
    [['Okta'], 'Okta_00u1', ['Okta 00u1']],
    [['Okta'], 'okta_00u1', ['Okta 00u1']],
    [['Okta'], 'Okta_a_b__c', ['Okta a_b__c']],
    [['Okta'], 'Okta__', ['Okta _']],
    [['Okta'], 'Okta_', []],
    [['Okta'], 'Okta', []],
    [['Okta'], 'Okta2_1', []],
    [['Okta'], 'Google_1', []],
    [['Okta'], '', []],
    [['Okta', 'Okta_x'], 'Okta_x_1', ['Okta_x 1', 'Okta x_1']],
    [['Okta_x', 'Okta'], 'Okta_x_1', ['Okta_x 1', 'Okta x_1']],
    [['Okta', 'Okta_x'], 'Okta_y_1', ['Okta y_1']],
    [['Okta', 'okta'], 'okta_1', []],
    [['constructor', '__proto__'], '__proto___1', ['__proto__ 1']],
  ])('with %j, %p is %j', (names, userName, readings) => {
    expect(readingsOf(names, userName).map(({ provider, subject }) => `${provider} ${subject}`)).toEqual(
      readings,
    );
  });

  const spelling = (userName: string, attribute?: string, mapped?: unknown, name = 'Okta') => {
    const yaml = `version: 1\nproviders: { ${name}: { domains: [x.io]${attribute ? `, subject_attribute: "${attribute}"` : ''} } }`;
    const { providers } = compiled(yaml);
    const [reading] = readingsOf([name], userName);
    if (!reading) throw new Error('no reading');
    const attributes = mapped === undefined ? {} : { 'custom:sub': mapped };
    return spelledSubject(reading, providers[name] as never, { userName, attributes });
  };

  it.each<[string, string | null]>([
    ['Okta_00uAbC', '00uAbC'],
    ['Okta_00uabc', '00uabc'],
    ['okta_00uabc', null],
    ['okta_00uAbC', '00uAbC'],
    ['okta_1234567', '1234567'],
    ['okta_ABC-1', 'ABC-1'],
  ])('%p alone spells the subject %p', (userName, subject) => {
    expect(spelling(userName)).toBe(subject);
  });

  it('of a provider in lower case never shows whether it was folded', () => {
    expect(spelling('okta_00uabc', undefined, undefined, 'okta')).toBeNull();
  });

  it.each<[string, unknown, string | null]>([
    ['okta_00uabc', '00uAbC', '00uAbC'],
    ['Okta_00uAbC', '00uAbC', '00uAbC'],
    ['okta_00uabc', '00uXyZ', null],
    ['okta_00uabc', undefined, null],
    ['okta_1234', undefined, null],
    ['okta_00uabc', ['00uAbC'], null],
  ])('%p with the attribute %p: %p', (userName, mapped, subject) => {
    expect(spelling(userName, 'custom:sub', mapped)).toBe(subject);
  });
});

const EMAIL = 'ada@example.com';
const user = (
  change: Partial<PoolUser> & { email?: string; verified?: string; identities?: unknown } = {},
): PoolUser => {
  const { email = EMAIL, verified = 'true', identities, ...rest } = change;
  return {
    username: 'local',
    status: 'CONFIRMED',
    enabled: true,
    attributes: {
      email,
      email_verified: verified,
      ...(identities !== undefined && {
        identities: typeof identities === 'string' ? identities : JSON.stringify(identities),
      }),
    },
    ...rest,
  };
};
const at = (providerName: string, userId: string) => [{ providerName, userId, primary: 'false' }];

describe('whose account it is', () => {
  const off = { enabled: false };

  it.each<[string, PoolUser[], string]>([
    ['the one that is sure', [user()], 'link'],
    ['the same mailbox in capitals', [user({ email: 'ADA@EXAMPLE.COM' })], 'link'],
    ['none', [], 'no_user'],
    ['another address that the pool gave', [user({ email: 'ada@example.org' })], 'no_user'],
    ['an address that is none', [user({ email: '' })], 'no_user'],
    ['two that are sure', [user(), user({ username: 'b' })], 'several_users'],
    [
      'one that is sure and one registered by somebody',
      [user(), user({ username: 'b', verified: 'false' })],
      'several_users',
    ],
    [
      'one that is sure, and two registered by somebody who could not confirm them',
      [
        user({ username: 'b', status: 'UNCONFIRMED', verified: 'false' }),
        user(),
        user({ username: 'c', status: 'UNCONFIRMED' }),
      ],
      'link',
    ],
    [
      'two that nobody has confirmed',
      [user({ status: 'UNCONFIRMED' }), user({ username: 'b', status: 'UNCONFIRMED' })],
      'several_users',
    ],
    [
      'one that is sure, and one that has not set a password yet',
      [user(), user({ username: 'b', status: 'FORCE_CHANGE_PASSWORD' })],
      'several_users',
    ],
    ['one that nobody has confirmed', [user({ status: 'UNCONFIRMED' })], 'not_confirmed'],
    ['one that never signed in', [user({ status: 'FORCE_CHANGE_PASSWORD' })], 'not_confirmed'],
    ['one of a status not known', [user({ status: '' })], 'not_confirmed'],
    ['one registered by somebody, confirmed by auto_confirm', [user({ verified: 'false' })], 'not_verified'],
    ['one verified in another word', [user({ verified: 'True' })], 'not_verified'],
    ['another provider’s', [user({ status: 'EXTERNAL_PROVIDER' })], 'federated_user'],
    ['one that is linked already', [user({ identities: at('Okta', '00u1') })], 'linked'],
    [
      'one that is linked, and shows as federated since',
      [user({ status: 'EXTERNAL_PROVIDER', identities: at('Okta', '00u1') })],
      'linked',
    ],
    [
      'one linked to another person at this provider',
      [user({ identities: at('Okta', '00u9') })],
      'other_identity',
    ],
    ['one linked to this provider’s namesake', [user({ identities: at('okta', '00u1') })], 'link'],
    ['one linked to another provider', [user({ identities: at('Google', '00u1') })], 'link'],
    ['one whose identities are no list', [user({ identities: '{' })], 'link'],
    ['one that is switched off', [user(off)], 'blocked'],
    ['one that is switched off, and one beside it', [user({ ...off, username: 'b' }), user()], 'blocked'],
    [
      'one that is switched off, of another provider',
      [user({ ...off, status: 'EXTERNAL_PROVIDER' })],
      'blocked',
    ],
    [
      'one that is switched off, registered by somebody',
      [user({ ...off, verified: 'false' })],
      'not_confirmed',
    ],
  ])('%s', async (_, users, expected) => {
    const mailbox = await mailboxOf(EMAIL);
    if (!mailbox) throw new Error('no mailbox');
    const judged = await judgeUsers(users, mailbox, { provider: 'Okta', subject: '00u1' });
    expect(judged.kind === 'separate' ? judged.reason : judged.kind).toBe(expected);
  });
});

describe('linking', () => {
  const policy = compiled(`
version: 1
providers:
  Okta: { domains: [example.com], link: true }
  Okta_x: { domains: [partner.io, example.com], link: true }
  Mail: { domains: [example.com] }
`);

  interface Pool {
    users: PoolUser[];
    links: string[];
    asked: string[];
    link: Directory['link'];
  }
  const poolWith = (users: PoolUser[]): Pool => {
    const links: string[] = [];
    return {
      users,
      links,
      asked: [],
      link: async (_, username, { provider, subject }) => {
        const isNew = !links.some((each) => each.endsWith(`${provider}/${subject}`));
        if (isNew) links.push(`${username} <- ${provider}/${subject}`);
        return isNew;
      },
    };
  };
  const signIn = (pool: Pool, userName: string, attributes: Record<string, unknown>) =>
    linkFederatedUser(
      {
        policy,
        directory: {
          usersByEmail: async (_, emails) => {
            pool.asked.push(...emails);
            return pool.users.filter((each) => emails.includes(each.attributes['email'] ?? ''));
          },
          link: pool.link,
        },
      },
      { pool: 'eu-west-1_A', userName, attributes },
    );

  it('links under the policy’s spelling of the provider', async () => {
    const pool = poolWith([user()]);
    expect(await signIn(pool, 'okta_0012', { email: EMAIL })).toEqual({ kind: 'linked' });
    expect(pool.links).toEqual(['local <- Okta/0012']);
  });

  it('asks for an address as it came and in lower case', async () => {
    const pool = poolWith([user()]);
    expect(await signIn(pool, 'Okta_1', { email: 'Ada@Example.com' })).toEqual({ kind: 'linked' });
    expect(pool.asked).toEqual(['Ada@Example.com', EMAIL]);
  });

  it.each<[string, string, Record<string, unknown>, unknown]>([
    ['a provider that is not linked', 'Mail_1', { email: EMAIL }, null],
    ['a provider that is not listed', 'Google_1', { email: EMAIL }, null],
    ['no provider at all', 'ada', { email: EMAIL }, null],
    ['a domain of somebody else’s', 'Okta_1', { email: 'ada@partner.io' }, 'not_vouched'],
    ['a subdomain', 'Okta_1', { email: 'ada@x.example.com' }, 'not_vouched'],
    [
      'an address that the provider calls unverified',
      'Okta_1',
      { email: EMAIL, email_verified: 'false' },
      'not_vouched',
    ],
    [
      'a flag that is not a word of Cognito’s',
      'Okta_1',
      { email: EMAIL, email_verified: 'yes' },
      'not_vouched',
    ],
    ['no address', 'Okta_1', {}, 'not_vouched'],
    ['a quoted address', 'Okta_1', { email: '"ada@example.com"@example.com' }, 'not_vouched'],
    ['two addresses', 'Okta_1', { email: 'ada@example.com,eve@example.com' }, 'not_vouched'],
    ['a list of addresses', 'Okta_1', { email: [EMAIL] }, 'not_vouched'],
    // Okta’s own people choose their subjects: the name fits both, and Okta does not vouch for partner.io.
    ['a subject that looks like another provider’s', 'Okta_x_1', { email: 'ada@partner.io' }, 'not_vouched'],
  ])('does not even ask the pool for %s', async (_, userName, attributes, reason) => {
    const pool = poolWith([user(), user({ username: 'b', email: 'ada@partner.io' })]);
    const outcome = await signIn(pool, userName, attributes);
    expect(outcome?.kind === 'separate' ? outcome.reason : outcome).toBe(reason);
    expect(pool).toMatchObject({ asked: [], links: [] });
  });

  it('where both names are trusted for the address takes the longer', async () => {
    const pool = poolWith([user()]);
    await signIn(pool, 'Okta_x_1', { email: EMAIL });
    expect(pool.links).toEqual(['local <- Okta_x/1']);
  });

  it('refuses rather than splits an account in two, where it cannot be linked', async () => {
    const full = user({
      identities: ['A', 'B', 'C', 'D', 'E'].map((providerName) => ({ providerName, userId: '1' })),
    });
    await expect(signIn(poolWith([full]), 'Okta_1', { email: EMAIL })).rejects.toMatchObject({
      code: 'LINK_LIMIT',
    });
    await expect(signIn(poolWith([user()]), 'okta_abc', { email: EMAIL })).rejects.toMatchObject({
      code: 'LINK_SUBJECT_UNKNOWN',
    });
  });

  it('takes the pool’s refusal for success only where the identity is there', async () => {
    const pool = poolWith([user()]);
    const refused = { ...pool, link: async () => false };
    await expect(signIn(refused, 'Okta_1', { email: EMAIL })).rejects.toMatchObject({ code: 'LINK_REFUSED' });
    const raced = {
      ...pool,
      link: async () => {
        raced.users = [user({ identities: at('Okta', '1') })];
        return false;
      },
    };
    expect(await signIn(raced, 'Okta_1', { email: EMAIL })).toEqual({ kind: 'linked' });
    const elsewhere = {
      ...pool,
      link: async () => {
        elsewhere.users = [user(), user({ username: 'eve', identities: at('Okta', '1') })];
        return false;
      },
    };
    await expect(signIn(elsewhere, 'Okta_1', { email: EMAIL })).rejects.toMatchObject({
      code: 'LINK_REFUSED',
    });
  });

  it('never links but to the only account of a mailbox beside unconfirmed ones, confirmed, enabled and verified, of a vouched-for address', async () => {
    const users = fc.array(
      fc.record({
        username: fc.constantFrom('a', 'b', 'c'),
        status: fc.constantFrom('CONFIRMED', 'CONFIRMED', 'UNCONFIRMED', 'EXTERNAL_PROVIDER'),
        enabled: fc.boolean(),
        email: fc.constantFrom(EMAIL, EMAIL, 'Ada@example.com', 'ada@partner.io'),
        verified: fc.constantFrom('true', 'true', 'false'),
      }),
      { maxLength: 3 },
    );
    const signIns = fc.record({
      userName: fc.constantFrom('Okta_1', 'okta_1', 'Okta_x_1', 'Mail_1', 'Okta_y_1'),
      email: fc.constantFrom(EMAIL, 'ADA@example.com', 'ada@partner.io', 'ada@evil.io'),
      said: fc.constantFrom(undefined, 'true', 'false'),
    });
    const seen = { linked: 0, not: 0 };
    await fc.assert(
      fc.asyncProperty(users, signIns, async (drawn, { userName, email, said }) => {
        const pool = poolWith(drawn.map((each) => user(each)));
        await signIn(pool, userName, { email, ...(said && { email_verified: said }) });
        seen[pool.links.length > 0 ? 'linked' : 'not']++;
        if (pool.links.length === 0) return;
        expect(userName.startsWith('Mail')).toBe(false);
        expect(email.toLowerCase()).toBe(EMAIL);
        expect(said).not.toBe('false');
        const asked = [email, EMAIL];
        const holders = drawn.filter(
          ({ email: of, status }) => asked.includes(of) && status !== 'UNCONFIRMED',
        );
        expect(holders).toHaveLength(1);
        expect(holders[0]).toMatchObject({ status: 'CONFIRMED', enabled: true, verified: 'true' });
        expect(pool.links).toEqual([expect.stringMatching(`^${holders[0]?.username} <- Okta`)]);
      }),
      { numRuns: 2000 },
    );
    expect(seen.linked).toBeGreaterThan(20);
  });
});
