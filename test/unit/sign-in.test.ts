import { describe, expect, it } from '@jest/globals';
import { type Desk, entryOf, newKey, openDesk, POOL, type Visitor } from '../../sandbox/sign-in-desk.ts';
import { MailError } from '../../shared/mail/ports.ts';
import type { Challenge } from '../../shared/sign-in/challenge.ts';
import { hashOfName } from '../../shared/sign-in/hash.ts';
import { challengeKey } from '../../shared/store/keys.ts';
import { compiled } from '../support/policy.ts';

const otpOnly = compiled('version: 1\nsign_in: { methods: [email_otp] }');
const both = compiled(`
version: 1
domains: { allow: [example.com] }
sign_in:
  methods: [email_otp, magic_link]
  magic_link: { redirect_uris: ["https://app.example.com/in", "https://app.example.com/other"] }`);
const sameBrowser = compiled(`
version: 1
sign_in: { methods: [magic_link], magic_link: { redirect_uris: ["https://app.example.com/in"], same_browser: true } }`);
const afterSrp = compiled(`
version: 1
sign_in:
  methods: [email_otp]
  magic_link: { redirect_uris: ["https://app.example.com/in"] }
  rules: [{ domains: [example.com], methods: [magic_link], after_srp: true }]`);

const ada: Visitor = {
  user: {
    userName: 'ada',
    known: true,
    attributes: {
      sub: 'a',
      email: 'ada@example.com',
      email_verified: 'true',
      'cognito:user_status': 'CONFIRMED',
    },
  },
};
const bob: Visitor = {
  user: { ...ada.user, userName: 'bob', attributes: { ...ada.user.attributes, email: 'bob@example.com' } },
};
const nobody: Visitor = { user: { userName: 'nobody@example.com', known: false, attributes: {} } };
const but = (change: Record<string, unknown>): Visitor => ({
  user: { ...ada.user, attributes: { ...ada.user.attributes, ...change } },
});
const LINK = {
  signInMethod: 'MAGIC_LINK',
  redirectUri: 'https://app.example.com/in',
  alreadyHaveMagicLink: 'no',
};

/** The code that the last mail brought. */
const code = ({ mails }: Desk) => String(mails.at(-1)?.values['code']);
const wrong = (right: string, nth = 1) => String((Number(right) + nth) % 1e8).padStart(8, '0');
/** The answer that the passwordless client gives with the last link: the fragment. */
const fragment = ({ mails }: Desk) => String(mails.at(-1)?.values['link']).split('#')[1] ?? '';

async function askForLink(desk: Desk, visitor = ada): Promise<Challenge> {
  const { challenge: choice } = await desk.create(visitor);
  const asking = {
    ...visitor,
    metadata: LINK,
    session: [...(visitor.session ?? []), entryOf(choice, false)],
  };
  expect(await desk.define(asking)).toEqual({ next: 'CUSTOM_CHALLENGE' });
  return (await desk.create(asking)).challenge;
}

describe('a code by mail', () => {
  it('is mailed to the verified address at once, and signs in once', async () => {
    const desk = openDesk(otpOnly);
    const { challenge, came } = await desk.create(ada);
    expect({ kind: challenge.kind, came }).toEqual({ kind: 'EMAIL_OTP', came: 'mailed' });
    expect(desk.mails).toEqual([
      {
        template: 'otp',
        to: 'ada@example.com',
        values: { code: expect.stringMatching(/^\d{8}$/), minutes: '5' },
      },
    ]);
    expect(await desk.verify(ada, challenge, code(desk))).toBe('right');
    expect(await desk.define({ ...ada, session: [entryOf(challenge, true)] })).toEqual({ next: 'tokens' });
    expect(await desk.verify(ada, challenge, code(desk))).toBe('none_out');
  });

  it('is dead after its attempts, and the right code comes too late', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    for (const nth of [1, 2, 3])
      expect(await desk.verify(ada, challenge, wrong(code(desk), nth))).toBe('wrong');
    expect(await desk.verify(ada, challenge, code(desk))).toBe('attempts_spent');
    // In the session, and in any other that it is good for.
    expect(await desk.verify(ada, (await desk.create(ada)).challenge, code(desk))).toBe('attempts_spent');
  });

  it('costs one attempt for an answer that comes twice, as a repeated event does', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    expect(await desk.verify(ada, challenge, wrong(code(desk)))).toBe('wrong');
    for (let times = 0; times < 9; times++)
      expect(await desk.verify(ada, challenge, wrong(code(desk)))).toBe('repeated');
    expect(await desk.verify(ada, challenge, code(desk))).toBe('right');
  });

  it.each([
    ['another type', 12345678],
    ['a list', ['12345678']],
    ['nothing', undefined],
    ['null', null],
    ['too short', '1234567'],
    ['too long', '123456789'],
    ['other digits', '１２３４５６７８'],
    ['a line end', '1234567\n'],
    ['a sign', '+1234567'],
    ['a very long text', '1'.repeat(100_000)],
    ['the dummy of the passwordless client', '__dummy__'],
  ])('costs nothing for an answer that is no code: %s', async (_, answer) => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    for (let times = 0; times < 20; times++)
      expect(await desk.verify(ada, challenge, answer)).toBe('not_an_answer');
    expect(await desk.verify(ada, challenge, code(desk))).toBe('right');
  });

  it('lives for its time', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    desk.clock.seconds += 299;
    expect(await desk.verify(ada, challenge, wrong(code(desk)))).toBe('wrong');
    desk.clock.seconds += 1;
    expect(await desk.verify(ada, challenge, code(desk))).toBe('none_out');
  });

  it('is for its user, client, pool address and session', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    await desk.create(bob);
    const [first = '', second = ''] = desk.mails.map(({ values }) => String(values['code']));
    expect(await desk.verify(bob, challenge, first)).toBe('other_session');
    expect(await desk.verify(ada, challenge, second)).toBe('wrong');
    expect(await desk.verify({ ...ada, client: 'client2' }, challenge, first)).toBe('none_out');
    expect(await desk.verify(ada, { ...challenge, session: 'BBBBBBBBBBBBBBBBBBBBBB' }, first)).toBe(
      'other_session',
    );
    expect(await desk.verify(but({ email: 'ada@new.example' }), challenge, first)).toBe('wrong');
    expect(await desk.verify(ada, null, first)).toBe('not_an_answer');
    expect(await desk.verify(ada, challenge, first)).toBe('right');
  });

  it('is not to be had under the id that another user’s session has', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    const first = code(desk);
    const { challenge: theirs } = await desk.create(bob);
    expect(await desk.verify(bob, { ...theirs, session: challenge.session }, first)).toBe('other_session');
    expect(await desk.verify(bob, theirs, first)).toBe('wrong');
  });

  it('goes out once for an event that comes three times at once', async () => {
    const desk = openDesk(otpOnly);
    const asked = await Promise.all([1, 2, 3].map(() => desk.create(ada)));
    expect(desk.mails).toHaveLength(1);
    expect(asked.map(({ came }) => came).toSorted()).toEqual(['joined', 'joined', 'mailed']);
    const [first] = asked;
    for (const { challenge } of asked) expect(challenge).toEqual(first?.challenge);
    expect(await desk.verify(ada, first?.challenge ?? null, code(desk))).toBe('right');
  });

  it('is accepted once of twenty right answers at once', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => desk.verify(ada, challenge, code(desk))),
    );
    expect(verdicts.filter((verdict) => verdict === 'right')).toHaveLength(1);
  });

  it('takes no more than its attempts of twenty different answers at once', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    const right = code(desk);
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => desk.verify(ada, challenge, wrong(right, index + 1))),
    );
    expect(verdicts.filter((verdict) => verdict === 'wrong')).toHaveLength(3);
    expect(await desk.verify(ada, challenge, right)).toBe('attempts_spent');
  });

  it('goes on in its session after a wrong answer, without another mail', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    expect(await desk.verify(ada, challenge, wrong(code(desk)))).toBe('wrong');
    desk.clock.seconds += 120;
    const again = await desk.create({ ...ada, session: [entryOf(challenge, false)] });
    expect(again).toEqual({ challenge, came: 'again' });
    expect(desk.mails).toHaveLength(1);
    expect(await desk.verify(ada, again.challenge, code(desk))).toBe('right');
  });
});

describe('the next mail', () => {
  it('waits for `resend_after`; until then a new session has the code that is out', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    desk.clock.seconds += 59;
    expect(await desk.create(ada)).toEqual({ challenge, came: 'joined' });
    desk.clock.seconds += 1;
    const first = code(desk);
    const { challenge: next, came } = await desk.create(ada);
    expect(came).toBe('mailed');
    // The old code is void, under both challenges.
    expect(await desk.verify(ada, challenge, first)).toBe('other_session');
    if (first !== code(desk)) expect(await desk.verify(ada, next, first)).toBe('wrong');
    expect(await desk.verify(ada, next, code(desk))).toBe('right');
  });

  it('is one of five in a row, and comes back after a quarter of an hour', async () => {
    const desk = openDesk(otpOnly);
    const came = async (seconds: number) => {
      desk.clock.seconds += seconds;
      return (await desk.create(ada)).came;
    };
    expect(await came(0)).toBe('mailed');
    for (let times = 1; times < 5; times++) expect(await came(60)).toBe('mailed');
    expect(await came(60)).toBe('joined');
    expect(await came(899)).toBe('mailed');
    expect(await came(60)).toBe('joined');
  });

  it('is one of nine in any hour', async () => {
    const desk = openDesk(otpOnly);
    const times: number[] = [];
    for (let second = 0; second < 4 * 3600; second += 20) {
      desk.clock.seconds += 20;
      if ((await desk.create(ada)).came === 'mailed') times.push(second);
    }
    for (const from of times)
      expect(times.filter((at) => at >= from && at < from + 3600).length).toBeLessThanOrEqual(9);
  });

  it('may come at once after a sign-in', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    await desk.verify(ada, challenge, code(desk));
    expect((await desk.create(ada)).came).toBe('mailed');
  });

  it('waits for another client’s too, and its code is not for this one', async () => {
    const desk = openDesk(otpOnly);
    await desk.create(ada);
    const elsewhere = { ...ada, client: 'client2' };
    const { challenge, came } = await desk.create(elsewhere);
    expect(came).toBe('waiting');
    expect(await desk.verify(elsewhere, challenge, code(desk))).toBe('none_out');
  });

  it.each([
    ['MAIL_REFUSED', 'mail_refused'],
    ['MAIL_UNKNOWN', 'mail_unknown'],
  ] as const)('that fails (%s) is reported, and looks like one that did not', async (failure, came) => {
    const desk = openDesk(otpOnly);
    desk.mailFails = new MailError(failure);
    const asked = await desk.create(ada);
    expect(asked).toEqual({
      challenge: { kind: 'EMAIL_OTP', session: expect.any(String), password: 'absent' },
      came,
    });
    expect(desk.failures).toEqual([desk.mailFails]);
  });
});

describe('guesses', () => {
  /** Everything that a minute allows, over so many minutes; gives how many were compared. */
  async function guess(desk: Desk, minutes: number): Promise<number> {
    let compared = 0;
    for (let minute = 0; minute < minutes; minute++) {
      const { challenge } = await desk.create(ada);
      for (let nth = 1; nth < 6; nth++)
        if ((await desk.verify(ada, challenge, wrong(code(desk), nth + 10 * minute))) === 'wrong') compared++;
      desk.clock.seconds += 60;
    }
    return compared;
  }

  it('are counted over codes and sessions: two codes’ worth, and then one in a quarter of an hour', async () => {
    const desk = openDesk(otpOnly);
    expect(await guess(desk, 10)).toBe(6);
    expect(await guess(desk, 50)).toBe(3);
  });

  it('that are spent stop the right code too, for at most a quarter of an hour', async () => {
    const desk = openDesk(otpOnly);
    await guess(desk, 3);
    desk.clock.seconds += 60;
    const { challenge } = await desk.create(ada);
    expect(await desk.verify(ada, challenge, code(desk))).toBe('guesses_spent');
    desk.clock.seconds += 900;
    const { challenge: later } = await desk.create(ada);
    expect(await desk.verify(ada, later, code(desk))).toBe('right');
  });

  it('that are spent do not come back with a sign-in', async () => {
    const desk = openDesk(both);
    await guess(desk, 3);
    desk.clock.seconds += 60;
    const challenge = await askForLink(desk);
    expect(await desk.verify(ada, challenge, fragment(desk))).toBe('right');
    expect(await guess(desk, 1)).toBe(0);
  });

  it('do not come back because the item is forgotten', async () => {
    const desk = openDesk(otpOnly);
    await guess(desk, 3);
    const keep = challengeKey(POOL, hashOfName(desk.keys.names, POOL, 'ada'));
    const item = await desk.store.get(keep);
    const { spent, at } = (item?.data['guesses'] ?? {}) as { spent: number; at: number };
    expect(spent).toBeGreaterThan(5);
    expect(item?.expiresAt).toBeGreaterThanOrEqual(at + spent * 900);
  });

  it('are not taken back by a clock that runs behind', async () => {
    const desk = openDesk(otpOnly);
    await guess(desk, 3);
    desk.clock.seconds -= 100;
    const { challenge } = await desk.create(ada);
    expect(await desk.verify(ada, challenge, wrong(code(desk)))).not.toBe('wrong');
  });
});

describe('a magic link', () => {
  it('is mailed when the client asks for it, and works in its session', async () => {
    const desk = openDesk(both);
    const { challenge, came } = await desk.create(ada);
    expect({ kind: challenge.kind, came, mails: desk.mails.length }).toEqual({
      kind: 'PROVIDE_AUTH_PARAMETERS',
      came: 'choice',
      mails: 0,
    });
    expect(await desk.verify(ada, challenge, '__dummy__')).toBe('not_an_answer');
    const sent = await askForLink(desk);
    expect(sent.kind).toBe('MAGIC_LINK');
    const [mail] = desk.mails;
    expect(mail).toMatchObject({ template: 'magic-link', to: 'ada@example.com', values: { minutes: '10' } });
    const [uri, hash = ''] = String(mail?.values['link']).split('#');
    expect(uri).toBe('https://app.example.com/in');
    const [header = '', secret = ''] = hash.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      userName: 'ada',
      iat: desk.clock.seconds,
      exp: desk.clock.seconds + 600,
    });
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(await desk.verify(ada, sent, hash)).toBe('right');
    expect(await desk.verify(ada, sent, hash)).toBe('none_out');
  });

  it('works in another browser, in the first round of a new session, and once of twenty times', async () => {
    const desk = openDesk(both);
    await askForLink(desk);
    const { challenge } = await desk.create(ada);
    expect(challenge.kind).toBe('PROVIDE_AUTH_PARAMETERS');
    const elsewhere = { ...ada, metadata: { ...LINK, alreadyHaveMagicLink: 'yes' } };
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => desk.verify(elsewhere, challenge, fragment(desk))),
    );
    expect(verdicts.filter((verdict) => verdict === 'right')).toHaveLength(1);
    expect(desk.mails).toHaveLength(1);
  });

  it('with `same_browser` works only in the session that asked', async () => {
    const desk = openDesk(sameBrowser);
    const sent = await askForLink(desk);
    const { challenge: elsewhere } = await desk.create(ada);
    expect(await desk.verify(ada, elsewhere, fragment(desk))).toBe('other_session');
    // Nor does asking make another session one that asked.
    const asked = await askForLink(desk);
    expect(desk.mails).toHaveLength(1);
    expect(await desk.verify(ada, asked, fragment(desk))).toBe('other_session');
    expect(await desk.verify(ada, sent, fragment(desk))).toBe('right');
  });

  it('with `same_browser` goes out once for an event that comes three times at once, and works', async () => {
    const desk = openDesk(sameBrowser);
    const { challenge: choice } = await desk.create(ada);
    const asking = { ...ada, metadata: LINK, session: [entryOf(choice, false)] };
    const asked = await Promise.all([1, 2, 3].map(() => desk.create(asking)));
    expect(desk.mails).toHaveLength(1);
    for (const { challenge } of asked.slice(1)) expect(challenge).toEqual(asked[0]?.challenge);
    expect(await desk.verify(ada, asked[0]?.challenge ?? null, fragment(desk))).toBe('right');
  });

  it('is for its user, client and address', async () => {
    const desk = openDesk(both);
    const sent = await askForLink(desk);
    const link = fragment(desk);
    desk.clock.seconds += 60;
    const theirs = await askForLink(desk, bob);
    expect(await desk.verify(bob, theirs, link)).toBe('wrong');
    expect(await desk.verify({ ...ada, client: 'client2' }, sent, link)).toBe('none_out');
    expect(await desk.verify(but({ email: 'new@example.com' }), sent, link)).toBe('wrong');
    expect(await desk.verify(ada, sent, link)).toBe('right');
  });

  it('is not looked at for its header, and not guessed at', async () => {
    const desk = openDesk(both);
    const sent = await askForLink(desk);
    const [header, secret] = fragment(desk).split('.');
    for (const answer of [
      secret,
      `.${secret}`,
      `${header}.${secret}.x`,
      `${header}.${secret}=`,
      `${header}.`,
    ])
      expect(await desk.verify(ada, sent, answer)).toBe('not_an_answer');
    for (let times = 0; times < 50; times++)
      expect(await desk.verify(ada, sent, `${header}.${'A'.repeat(43)}`)).toBe('wrong');
    expect(await desk.verify(ada, sent, `e30.${secret}`)).toBe('right');
  });

  it('lives for its time, and leads to the first listed address where the client names none', async () => {
    const desk = openDesk(both);
    const { challenge: choice } = await desk.create(ada);
    const metadata = { signInMethod: 'MAGIC_LINK' };
    const { challenge } = await desk.create({ ...ada, metadata, session: [entryOf(choice, false)] });
    expect(desk.mails[0]?.values['link']).toMatch(/^https:\/\/app\.example\.com\/in#/);
    desk.clock.seconds += 600;
    expect(await desk.verify(ada, challenge, fragment(desk))).toBe('none_out');
  });

  it('is not taken where the policy has codes only, nor a code where it has links only', async () => {
    const desk = openDesk(otpOnly);
    const { challenge } = await desk.create(ada);
    const asLink: Challenge = { ...challenge, kind: 'MAGIC_LINK' };
    expect(await desk.verify(ada, asLink, `e30.${'A'.repeat(43)}`)).toBe('method_not_allowed');
    const links = openDesk(sameBrowser);
    const sent = await askForLink(links);
    expect(await links.verify(ada, { ...sent, kind: 'EMAIL_OTP' }, '12345678')).toBe('method_not_allowed');
  });

  it('behind a password is refused to a session without one, and not used up by it', async () => {
    const desk = openDesk(afterSrp);
    const PASSWORD = ['SRP_A', 'PASSWORD_VERIFIER'].map((challengeName) => ({
      challengeName,
      challengeResult: true,
      challengeMetadata: null,
    }));
    const sent = await askForLink(desk, { ...ada, session: PASSWORD });
    expect(sent.password).toBe('proven');
    expect(await desk.verify(ada, { ...sent, password: 'absent' }, fragment(desk))).toBe('password_missing');
    expect(await desk.verify(ada, sent, fragment(desk))).toBe('right');
  });
});

describe('who may not sign in', () => {
  const strangers: [string, Visitor, string][] = [
    ['a name that nobody has', nobody, 'user_unknown'],
    ['a name with a profile, said not to be found', { user: { ...ada.user, known: false } }, 'user_unknown'],
    ['an unconfirmed user', but({ 'cognito:user_status': 'UNCONFIRMED' }), 'user_unconfirmed'],
    ['a user without a status', but({ 'cognito:user_status': undefined }), 'user_unconfirmed'],
    [
      'a user who must set a password',
      but({ 'cognito:user_status': 'FORCE_CHANGE_PASSWORD' }),
      'user_unconfirmed',
    ],
    ['an unverified address', but({ email_verified: 'false' }), 'email_unverified'],
    ['no address', but({ email: undefined }), 'email_missing'],
    ['an address that is two', but({ email: 'ada@example.com,eve@evil.example' }), 'domain_denied'],
    ['a domain that the policy refuses', but({ email: 'ada@evil.example' }), 'domain_denied'],
  ];

  it.each(strangers)('%s gets no mail, and no answer is right', async (_, visitor) => {
    const desk = openDesk(both);
    const metadata = { signInMethod: 'EMAIL_OTP' };
    const { challenge: choice } = await desk.create(visitor);
    const asking = { ...visitor, metadata, session: [entryOf(choice, false)] };
    expect(await desk.define(asking)).toEqual({ next: 'CUSTOM_CHALLENGE' });
    const { challenge, came } = await desk.create(asking);
    expect({ kind: challenge.kind, came, mails: desk.mails }).toEqual({
      kind: 'EMAIL_OTP',
      came: 'pretended',
      mails: [],
    });
    expect(await desk.verify(visitor, challenge, '12345678')).toMatch(/^wrong$/);
    expect(await desk.define({ ...asking, session: [...asking.session, entryOf(challenge, true)] })).toEqual({
      next: 'fail',
      reason: 'user_refused',
    });
  });

  it.each(strangers)('%s costs the table what a user costs it', async (_, visitor) => {
    const touched = async (who: Visitor) => {
      const desk = openDesk(both);
      const calls: string[] = [];
      const { store } = desk;
      for (const name of ['get', 'create', 'replace'] as const) {
        const call = store[name] as (...args: never[]) => Promise<unknown>;
        Object.assign(store, {
          [name]: async (...args: never[]) => {
            calls.push(
              `${name} ${JSON.stringify(args).replace(/[\w-]{22,}/g, (text) => String(text.length))}`,
            );
            return call(...args);
          },
        });
      }
      const { challenge: choice } = await desk.create(who);
      const asking = { ...who, metadata: { signInMethod: 'EMAIL_OTP' }, session: [entryOf(choice, false)] };
      const { challenge } = await desk.create(asking);
      for (const answer of ['00000001', '00000001', '00000002', '00000003', '00000004'])
        await desk.verify(who, challenge, answer);
      return calls;
    };
    expect(await touched(visitor)).toEqual(await touched(ada));
  });

  it('a name that nobody has is one name in every spelling, as a user’s is in a pool that ignores case', async () => {
    const desk = openDesk(otpOnly);
    const spelt = (userName: string): Visitor => ({ user: { ...nobody.user, userName } });
    const { challenge } = await desk.create(spelt('nobody@example.com'));
    const shouted = spelt('NOBODY@example.com');
    expect(await desk.create(shouted)).toEqual({ challenge, came: 'joined' });
    expect(await desk.verify(spelt('nobody@example.com'), challenge, '00000001')).toBe('wrong');
    expect(await desk.verify(shouted, challenge, '00000001')).toBe('repeated');
  });

  it('a name that nobody has is nobody’s who has it in another spelling', async () => {
    const desk = openDesk(otpOnly);
    await desk.create(ada);
    expect(await desk.create({ user: { ...nobody.user, userName: 'ADA' } })).toMatchObject({
      came: 'pretended',
    });
  });

  it('in observe mode a domain that is refused is only counted, and all else is as ever', async () => {
    for (const [, visitor, reason] of strangers) {
      const desk = openDesk(both, { observe: true });
      const { challenge: choice } = await desk.create(visitor);
      const asking = {
        ...visitor,
        metadata: { signInMethod: 'EMAIL_OTP' },
        session: [entryOf(choice, false)],
      };
      const { came } = await desk.create(asking);
      const isDomain = visitor.user.attributes['email'] === 'ada@evil.example';
      expect({ reason, came }).toEqual({ reason, came: isDomain ? 'mailed' : 'pretended' });
    }
  });

  it('a name that is an address is shown what users of that domain are shown', async () => {
    const stranger = { user: { ...nobody.user, userName: 'nobody@example.com' } };
    const elsewhere = { user: { ...nobody.user, userName: 'nobody@other.example' } };
    const steps = await Promise.all(
      [ada, stranger, elsewhere].map((visitor) => openDesk(afterSrp).define(visitor)),
    );
    expect(steps.map((step) => step.next)).toEqual(['fail', 'fail', 'CUSTOM_CHALLENGE']);
  });
});

describe('the keys', () => {
  it('may be rotated while codes and links are out', async () => {
    const desk = openDesk(both);
    const sent = await askForLink(desk);
    desk.keys = { ...desk.keys, current: newKey('two'), previous: desk.keys.current };
    expect(await desk.verify(ada, sent, fragment(desk))).toBe('right');
    desk.clock.seconds += 60;
    const next = await askForLink(desk);
    expect(await desk.verify(ada, next, fragment(desk))).toBe('right');
  });

  it('that are gone take with them what was made with them', async () => {
    const desk = openDesk(both);
    const sent = await askForLink(desk);
    desk.keys = { ...desk.keys, current: newKey('two'), previous: newKey('other') };
    expect(await desk.verify(ada, sent, fragment(desk))).toBe('key_gone');
  });

  it('keep nothing in the table that says who or what', async () => {
    const desk = openDesk(both);
    const sent = await askForLink(desk);
    const key = challengeKey(POOL, hashOfName(desk.keys.names, POOL, 'ada'));
    const text = JSON.stringify(await desk.store.get(key));
    for (const told of ['ada', 'example', fragment(desk).split('.')[1] ?? '?', JSON.stringify(sent.kind)])
      expect(text).not.toContain(told);
    expect(await desk.verify(ada, sent, fragment(desk))).toBe('right');
    expect(desk.store.size()).toBe(1);
  });
});

it('an item that is no ledger is not taken for an empty one', async () => {
  const desk = openDesk(otpOnly);
  const key = challengeKey(POOL, hashOfName(desk.keys.names, POOL, 'ada'));
  await desk.store.create(key, { mails: { spent: 0, at: 0 }, guesses: { spent: 'x', at: 0 } }, null);
  await expect(desk.create(ada)).rejects.toMatchObject({ code: 'STORE_MALFORMED' });
});
