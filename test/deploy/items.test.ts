/**
 * What the deployed functions keep, and under which keys, read back without the store's code, as docs/onboarding.md,
 * docs/sign-in.md and docs/revocation.md say it. Every call of a function goes by its deployed role.
 */

import { createHmac } from 'node:crypto';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/bundles.ts';
import { FUNCTIONS, ItemsStack } from './items-stack.ts';
import { type LocalCloud, startMiniStack } from './ministack.ts';
import { PASSWORD, type Person } from './pool-people.ts';
import { readRows, type Row } from './table-rows.ts';
import { installTools } from './virtual-environment.ts';

const tools = installTools('requirements.txt', 'the items of deployed functions');
const suite = 'missing' in tools ? describe.skip : describe;

const TIME = expect.any(Number);
const ID = expect.stringMatching(/^[\w-]{22}$/);
const HASH = expect.stringMatching(/^[\w-]{43}$/);
const version = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
const PROFILE = { confirmedAt: TIME, groups: { reader: 'done' }, welcome: 'sent', busyUntil: 0 };
const NOBODY = 'Nobody@example.com';
/** All spellings of a name that nobody has are one, apart from those of users. */
const COUNTED_AS = ' nobody@example.com';

/** A code or a link that is out. */
interface Outstanding {
  session: string;
  madeAt: number;
}

const folder = temporaryFolder();
let cloud: LocalCloud;
let stack: ItemsStack;
let pool = '';
/** Ada confirms, Lea and Rob do before their group is there, Kim never did. */
let [ada, lea, rob, kim] = [] as unknown as [Person, Person, Person, Person];
/** Codes and links that were mailed. */
const secrets: string[] = [];

suite('the items of deployed functions', () => {
  beforeAll(async () => {
    if ('missing' in tools) return;
    cloud = await startMiniStack(tools.bin);
    stack = new ItemsStack(cloud, folder.path);
    await stack.deploy();
    ({ pool } = stack);
    const user = (name: string) => stack.people.newUser(`${name}@example.com`);
    [ada, lea, rob, kim] = [await user('ada'), await user('lea'), await user('rob'), await user('kim')];
  });

  afterAll(async () => {
    stack?.close();
    await cloud?.stop();
    folder.remove();
  });

  it('are in a table with both keys, which is empty at first', async () => {
    const { Table } = await stack.dynamodb.send(new DescribeTableCommand({ TableName: stack.table }));
    expect(Table?.KeySchema).toEqual([
      { AttributeName: 'PK', KeyType: 'HASH' },
      { AttributeName: 'SK', KeyType: 'RANGE' },
    ]);
    expect(await rows()).toEqual({});
  });

  it('an invitation: pre-sign-up reads it', async () => {
    const signUp = () => stack.invoke('pre-sign-up', stack.event('pre-sign-up/sign-up', ada));
    expect(await signUp()).toMatchObject({ errorMessage: 'An invitation is needed' });
    await stack.gatehouse('invite', 'add', ada.email, '--expires', '14d', '--yes');
    const invited = await rows();
    const { data, expiresAt } = one(invited);
    expect(invited).toEqual({ [`INVITE ${ada.email}`]: { version, data: { since: TIME }, expiresAt: TIME } });
    expect(expiresAt).toBe(Number(data['since']) + 14 * 86_400);
    expect(await signUp()).toMatchObject({ response: { autoConfirmUser: false } });
    expect(await rows()).toEqual(invited);
  });

  it('a profile and a listing: post-confirmation could not give the group', async () => {
    for (const each of [lea, rob]) {
      const before = await rows();
      await confirm(each);
      expect(await rows()).toEqual({
        ...before,
        [profileKey(each)]: {
          version,
          data: { ...PROFILE, username: each.userName, groups: { reader: 'due' } },
          expiresAt: null,
        },
        [listingKey(each)]: { version, data: { username: each.userName }, expiresAt: null },
      });
    }
    await stack.people.newGroup('reader');
  });

  it('a profile: post-confirmation writes it once, of an event that comes three times and again', async () => {
    const before = await rows();
    await Promise.all([confirm(ada), confirm(ada), confirm(ada)]);
    const after = await rows();
    const data = { ...PROFILE, username: ada.userName };
    expect(after).toEqual({ ...before, [profileKey(ada)]: { version, data, expiresAt: null } });
    await confirm(ada);
    expect(await rows()).toEqual(after);
    expect(await stack.people.groupsOf(ada)).toEqual(['reader']);
    expect(await stack.mailsFor(ada)).toMatchObject([{ Subject: 'Your account is ready' }]);
  });

  it('a profile: pre-token-generation makes up for what is missing', async () => {
    const { [listingKey(rob)]: listing, ...before } = await rows();
    expect(listing).toBeDefined();
    await stack.people.signIn(rob);
    await stack.people.signIn(kim);
    const empty = { confirmedAt: null, groups: {}, welcome: 'none', busyUntil: 0 };
    expect(await rows()).toEqual({
      ...before,
      [profileKey(rob)]: { version, data: { ...PROFILE, username: rob.userName }, expiresAt: null },
      [profileKey(kim)]: { version, data: { ...empty, username: kim.userName }, expiresAt: null },
    });
    expect([await stack.people.groupsOf(rob), await stack.people.groupsOf(kim)]).toEqual([['reader'], []]);
  });

  it('a profile: gatehouse reconcile finds whom it lists, and finishes it', async () => {
    const { [listingKey(lea)]: listing, ...before } = await rows();
    expect(listing).toBeDefined();
    expect(await stack.reconcile()).toMatchObject({
      code: 1,
      said: { users: [{ user: lea.sub, groups: ['reader'], welcome: null }] },
    });
    expect(await stack.reconcile('--yes')).toMatchObject({ code: 0, said: { left: 0 } });
    const data = { ...PROFILE, username: lea.userName };
    expect(await rows()).toEqual({ ...before, [profileKey(lea)]: { version, data, expiresAt: null } });
    expect(await stack.people.groupsOf(lea)).toEqual(['reader']);
    expect(await stack.mailsFor(lea)).toHaveLength(1);
  });

  it('a code, which a sign-in through the pool asks for, gets wrong and uses up', async () => {
    const { Session: begun } = await stack.people.beginChallenges(ada);
    const wish = { answer: 'EMAIL_OTP', signInMethod: 'EMAIL_OTP' };
    const { Session: asked } = await stack.people.answerChallenge(ada, begun, wish);
    const mail = (await stack.mailsFor(ada)).at(-1)?.BodyText;
    const code = /^ {4}(\d{8})$/m.exec(mail ?? '')?.[1] ?? 'no code';
    secrets.push(code);
    const { data, expiresAt } = one(await rows(challengeKey(ada.userName)));
    const { session, madeAt } = data['code'] as Outstanding;
    const out = outstanding({ session, madeAt, hash: hashOf('code', ada, session, code) }, 300);
    expect(data).toEqual({ ...oneMail(madeAt), code: out, link: null });
    // When the mail that was spent is given back.
    expect(expiresAt).toBe(madeAt + 900);

    const wrong = code.replace(/^./, (digit) => String((Number(digit) + 1) % 10));
    const { Session: again } = await stack.people.answerChallenge(ada, asked, { answer: wrong });
    secrets.push(wrong);
    const guesses = { spent: 1, at: TIME };
    const guessed = { ...out, wrong: [hashOf('code', ada, session, wrong)] };
    expect(one(await rows(challengeKey(ada.userName))).data).toEqual({ ...data, guesses, code: guessed });

    const { AuthenticationResult } = await stack.people.answerChallenge(ada, again, { answer: code });
    expect(AuthenticationResult?.AccessToken).toBeDefined();
    const { data: after } = one(await rows(challengeKey(ada.userName)));
    expect(after).toEqual({ ...data, guesses, mailedAt: null, code: null });
  });

  it('a link, mailed once and right once, of events that come three times', async () => {
    const create = stack.event('create-auth-challenge/link-wanted', rob);
    await thrice('create-auth-challenge', create);
    const texts = (await stack.mailsFor(rob)).map(({ BodyText }) => BodyText);
    const links = texts.flatMap(
      (text) => /^https:\/\/app\.example\.com\/signed-in#(.*)$/m.exec(text)?.[1] ?? [],
    );
    expect(links).toEqual([expect.stringMatching(/^[\w-]+\.[\w-]{43}$/)]);
    const [challengeAnswer = ''] = links;
    const secret = challengeAnswer.split('.')[1] ?? '';
    secrets.push(secret);
    const { data } = one(await rows(challengeKey(rob.userName)));
    const { session, madeAt } = data['link'] as Outstanding;
    const out = outstanding({ session, madeAt, hash: hashOf('link', rob, session, secret) }, 600);
    expect(data).toEqual({ ...oneMail(madeAt), code: null, link: out });

    const verify = stack.event('verify-auth-challenge/code', rob);
    const privateChallengeParameters = { challenge: 'MAGIC_LINK', session, password: 'absent' };
    Object.assign(verify.request, { challengeAnswer, privateChallengeParameters });
    const verdicts = (await thrice('verify-auth-challenge', verify)) as {
      response: { answerCorrect: boolean };
    }[];
    const right = verdicts.filter(({ response }) => response.answerCorrect);
    expect(right).toHaveLength(1);
    expect(one(await rows(challengeKey(rob.userName))).data).toEqual({ ...data, mailedAt: null, link: null });
  });

  it('the same of a name that nobody has, and no mail', async () => {
    const create = stack.event('create-auth-challenge/link-wanted', { ...rob, userName: NOBODY });
    Object.assign(create.request, { userAttributes: {}, userNotFound: true });
    await stack.invoke('create-auth-challenge', create);
    const { data, expiresAt } = one(await rows(challengeKey(COUNTED_AS)));
    const { session, madeAt } = data['link'] as Outstanding;
    const link = outstanding({ session, madeAt, hash: HASH }, 600);
    expect({ data, expiresAt }).toEqual({
      data: { ...oneMail(madeAt), code: null, link },
      expiresAt: madeAt + 900,
    });
    expect(await stack.mailsFor({ email: NOBODY })).toEqual([]);
  });

  it('a block, which pre-token-generation reads, and a cut, which the authorizer reads', async () => {
    const tokens = [await stack.people.signIn(kim), await stack.people.signIn(rob)] as const;
    expect(await stack.gatehouse('revoke', 'user', kim.sub, '--block', '--yes')).toMatchObject({ code: 0 });
    const cut = { kind: 'user', pool, value: kim.sub, at: TIME, expiresAt: TIME };
    expect(await rows('BLOCK', 'CUT')).toEqual({
      [`BLOCK#${pool} user#${kim.sub}`]: { version, data: { since: TIME }, expiresAt: null },
      'CUT N000000000001': { version, data: { entries: [cut] }, expiresAt: TIME },
      'CUT LAST': { version, data: { number: 1 }, expiresAt: null },
    });
    const issue = stack.event('pre-token-generation/v2-hosted-auth', kim);
    expect(await stack.invoke('pre-token-generation', issue)).toMatchObject({
      errorMessage: 'This account is blocked',
    });
    expect([await decision(tokens[0]), await decision(tokens[1])]).toEqual(['revoked', 'allowed']);
  });

  it('are no others', async () => {
    expect(Object.keys(await rows()).toSorted()).toEqual(
      [
        `BLOCK#${pool} user#${kim.sub}`,
        ...[ada.userName, rob.userName, COUNTED_AS].map(challengeKey),
        'CUT LAST',
        'CUT N000000000001',
        `INVITE ${ada.email}`,
        ...[ada, lea, rob, kim].map(profileKey),
      ].toSorted(),
    );
  });

  it('are all that a role lets its function reach, and none that it does not', () => {
    const { calls } = stack.guard;
    expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
    const reached = FUNCTIONS.map((name) => {
      const own = calls.filter((call) => call.caller.endsWith(`-items-${name}`) && call.leadingKey !== null);
      const forms = own.map(({ action, leadingKey }) => `${action} ${leadingKey?.replace(/#.*/s, '#*')}`);
      return { name, items: [...new Set(forms)].toSorted() };
    });
    const granted = FUNCTIONS.map((name) => ({ name, items: stack.guard.grants(`gatehouse-items-${name}`) }));
    expect(reached).toEqual(granted);
  });
});

/** Rows that begin in one of these ways, or all; none with what only a mail or a person may know. */
async function rows(...beginnings: string[]): Promise<Record<string, Row>> {
  const all = await readRows(stack.dynamodb, stack.table);
  for (const [key, row] of Object.entries(all)) {
    const text = `${key} ${JSON.stringify(row)}`;
    const names = [ada, lea, rob, kim].flatMap(({ sub, userName }) => [sub, userName]);
    const unwanted = [PASSWORD, ...secrets]
      .concat(key.startsWith('INVITE ') ? [] : '@')
      .concat(key.startsWith('CHALLENGE#') ? names : []);
    for (const each of unwanted) expect(text).not.toContain(each);
  }
  const isMeant = (key: string) => beginnings.length === 0 || beginnings.some((each) => key.startsWith(each));
  return Object.fromEntries(Object.entries(all).filter(([key]) => isMeant(key)));
}

function one(found: Record<string, Row>): Row {
  const [row, ...others] = Object.values(found);
  if (!row || others.length > 0) throw new Error(`not one row: ${Object.keys(found).join(', ')}`);
  return row;
}

const profileKey = ({ sub }: Person) => `PROFILE#${pool}#${sub} PROFILE`;
const listingKey = ({ sub }: Person) => `UNFINISHED#${pool} ${sub}`;
const challengeKey = (userName: string) => `CHALLENGE#${pool}#${nameHash(userName)} CHALLENGE`;

const mac = (key: Buffer, parts: string[]) =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
const nameHash = (userName: string) => mac(stack.keys.names, ['name', pool, userName]);
const hashOf = (slot: 'code' | 'link', { userName, email }: Person, session: string, secret: string) =>
  mac(stack.keys.current, [slot, pool, nameHash(userName), email, stack.client, session, secret]);

/** What is kept of a code or link that nobody has answered. */
function outstanding(made: Outstanding & { hash: unknown }, ttl: number) {
  const { session, ...rest } = made;
  expect(session).toEqual(ID);
  return { ...rest, session, keyId: '1', client: stack.client, expiresAt: made.madeAt + ttl, wrong: [] };
}

const oneMail = (at: number) => ({
  mails: { spent: 1, at },
  guesses: { spent: 0, at: 0 },
  mailedAt: at,
});

async function confirm(who: Person): Promise<void> {
  const event = stack.event('post-confirmation/confirm-sign-up', who);
  expect(await stack.invoke('post-confirmation', event)).toEqual(event);
}

const thrice = (name: string, event: object) => Promise.all([1, 2, 3].map(() => stack.invoke(name, event)));

/** What the authorizer says of `GET /articles/1`. */
async function decision(token: string): Promise<unknown> {
  const { headers, ...event } = stack.event('authorizer/rest-request', rob) as Record<string, unknown>;
  const answer = await stack.invoke('authorizer', {
    ...event,
    headers: { ...(headers as object), Authorization: `Bearer ${token}` },
    multiValueHeaders: { Authorization: [`Bearer ${token}`] },
  });
  return (answer['context'] as { decision?: string } | undefined)?.decision;
}
