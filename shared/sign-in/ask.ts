/** The create step: makes a code or a link, keeps its hash, and mails it; or goes on with the one that is out. */

import { inTime } from '../in-time.ts';
import { type Mailer, mailErrorCode } from '../mail/ports.ts';
import type { Store } from '../store/ports.ts';
import type { Challenge } from './challenge.ts';
import type { KeyRing } from './code-keys.ts';
import { hashOf, hashOfName, newId } from './hash.ts';
import { type Grant, grant, withMade } from './ledger.ts';
import { newOutgoing, type Outgoing } from './outgoing.ts';
import type { SignInRequest } from './request.ts';
import { methodFor, type Session } from './session.ts';
import { ANSWER_AFTER_MS, MAIL_WINDOW_MS, WORK_LIMIT_MS } from './time-limit.ts';
import { changeLedger } from './user-ledger.ts';

export interface SignInPorts {
  store: Store;
  keys: KeyRing;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface AskPorts extends SignInPorts {
  mailer: Mailer;
  sleep: (ms: number) => Promise<void>;
  /** Takes down a failure that the answer must not show. */
  report: (error: unknown) => Promise<void>;
}

/** Nothing of the challenge tells whether a mail went, or to whom. */
export interface Asked {
  challenge: Challenge;
  /** For the log. `pretended`: all but the mail. */
  came: 'choice' | 'again' | MailCame;
}

type MailCame = 'mailed' | 'mail_refused' | 'mail_unknown' | 'joined' | 'waiting' | 'pretended';

/** The session is one for which the define step asks for a challenge. Throws what its ports throw. */
export async function ask(ports: AskPorts, request: SignInRequest, session: Session): Promise<Asked> {
  const last = session.rounds.at(-1);
  const id = session.rounds[0]?.id ?? newId();
  const password = session.password === 'proven' ? 'proven' : 'absent';
  if (last?.kind === 'EMAIL_OTP')
    return { challenge: { kind: 'EMAIL_OTP', session: last.id, password }, came: 'again' };
  const method = methodFor(request.plan, session, request.choice);
  if (method === null) throw new Error('a method that the define step does not let pass');
  if (method === 'ask')
    return { challenge: { kind: 'PROVIDE_AUTH_PARAMETERS', session: id, password }, came: 'choice' };
  const began = ports.now();
  const made = newOutgoing(method, request, Math.floor(began / 1000));
  const granted = await inTime(keep(ports, request, { made, session: id }), WORK_LIMIT_MS);
  const windowMs = Math.min(MAIL_WINDOW_MS, began + ANSWER_AFTER_MS - ports.now());
  const to = granted.kind === 'make' ? request.subject.address : null;
  const came = await mailInItsWindow(ports, { to, windowMs }, made);
  const joined = granted.kind === 'join' && made.slot === 'code' ? granted.out.session : id;
  return {
    challenge: { kind: made.kind, session: joined, password },
    came: granted.kind === 'make' ? came : granted.kind === 'join' ? 'joined' : 'waiting',
  };
}

/** The same for a name that nobody has. */
async function keep(
  { store, keys }: SignInPorts,
  { pool, client, countedAs, subject, signIn }: SignInRequest,
  { made, session }: { made: Outgoing; session: string },
): Promise<Grant> {
  const { names, current } = await keys.load();
  const { slot, secret, madeAt, expiresAt } = made;
  const user = hashOfName(names, pool, countedAs);
  const hash = hashOf(current.key, { slot, pool, user, address: subject.address, client, session }, secret);
  const out = { hash, keyId: current.id, client, session, madeAt, expiresAt, wrong: [] };
  const granted = await changeLedger({ store, pool, user, signIn }, (ledger) => {
    const result = grant(ledger, { slot, client, session }, { signIn, now: madeAt });
    return { next: result.kind === 'make' ? withMade(ledger, slot, out) : null, result };
  });
  return granted ?? { kind: 'wait' };
}

/** Comes back when the window is over, whatever became of the mail, and if there is nobody to mail to. */
async function mailInItsWindow(
  { mailer, sleep, report }: AskPorts,
  { to, windowMs }: { to: string | null; windowMs: number },
  { mail }: Outgoing,
): Promise<MailCame> {
  let came: MailCame = to === null ? 'pretended' : 'mail_unknown';
  const send = async (address: string) => {
    try {
      await mailer.send(mail.template, address, mail.values);
      came = 'mailed';
    } catch (error) {
      if (mailErrorCode(error) === 'MAIL_REFUSED') came = 'mail_refused';
      // Within the window too: only who has an account can have a mail that fails.
      await report(error).catch(() => undefined);
    }
  };
  if (to !== null) void send(to);
  await sleep(windowMs);
  return came;
}
