/** Looks at the users of a pool whose welcoming is not through, and repairs them. Loads the SDK: import it lazily. */

import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { type Mailer, noMail } from '../shared/mail/ports.ts';
import { sesMailer } from '../shared/mail/ses.ts';
import type { MailTemplates } from '../shared/mail/templates.ts';
import { cognitoGroups } from '../shared/onboarding/cognito-groups.ts';
import type { Groups } from '../shared/onboarding/ports.ts';
import {
  forget,
  inspect,
  listedUsers,
  type Repaired,
  repair,
  type Unfinished,
  type Who,
} from '../shared/onboarding/reconcile.ts';
import type { Person, Work } from '../shared/onboarding/work.ts';
import type { Artefact } from '../shared/policy/artefact.ts';
import { domainRefusal } from '../shared/policy/decide.ts';
import type { Store } from '../shared/store/ports.ts';
import { awsClientConfig, regionOf } from './aws-clients.ts';
import type { ReconcileOptions } from './commands/reconcile.ts';
import { peopleOf, personBySub } from './pool-people.ts';

export interface Subject {
  pool: string;
  policy: Artefact;
  store: Store;
  /** Null: no mail is sent. */
  templates: MailTemplates | null;
}

export interface Found {
  who: Who;
  /** Null where the pool was not asked, or has none. */
  email: string | null;
  /** Null: there is no such user any more. */
  missing: Unfinished | null;
  /** Null in a dry run, and where somebody is at work. */
  repaired: Repaired | null;
}

interface Tools {
  work: Work;
  cognito: CognitoIdentityProviderClient;
  options: ReconcileOptions;
  subject: Subject;
  looked: (users: number) => void;
}

/** How long one user's groups are tried for while the quota is used up. */
const PATIENCE_MS = 30_000;
const CALL_LIMIT_MS = 10_000;

/** One by one, as they are found and, with `--yes`, repaired. `looked` is told of users as they are looked at. */
export async function* reconcilePool(
  subject: Subject,
  options: ReconcileOptions,
  looked: (users: number) => void,
): AsyncGenerator<Found> {
  const config = awsClientConfig(options, await regionOf(options, subject.pool));
  const work: Work = {
    store: subject.store,
    groups: paced(
      cognitoGroups(new CognitoIdentityProviderClient({ ...config, maxAttempts: 1 }), CALL_LIMIT_MS),
      options.rate,
    ),
    mail: mailerOf(subject, options, new SESv2Client({ ...config, maxAttempts: 1 })),
    granted: subject.policy.confirmed.groups,
    now: Date.now,
  };
  const tools = { work, cognito: new CognitoIdentityProviderClient(config), options, subject, looked };
  yield* ofListed(tools);
  if (options.users) yield* ofUnrecorded(tools);
}

async function* ofListed(tools: Tools): AsyncGenerator<Found> {
  const { work, cognito, options, subject, looked } = tools;
  for await (const who of listedUsers(work, subject.pool)) {
    looked(1);
    const missing = await inspect(work, who, wishesOf(tools));
    // The pool is asked for what the profile does not say: whether there is such a user, and where mail goes.
    const asks = missing !== null && (!missing.recorded || options.resendWelcome === true);
    const person = asks ? await personBySub(cognito, who) : { ...who, address: null, name: '', mail: null };
    if (person === null) {
      if (options.yes) await forget(work, who);
      yield { who, email: null, missing: null, repaired: null };
      continue;
    }
    // Also for somebody who is through: that is struck off.
    const repaired = await mend(tools, person, missing);
    if (missing !== null) yield { who, email: person.mail?.email ?? null, missing, repaired };
  }
}

async function* ofUnrecorded(tools: Tools): AsyncGenerator<Found> {
  const { work, cognito, options, subject, looked } = tools;
  for await (const page of peopleOf(cognito, subject.pool)) {
    looked(page.length);
    const people = page.filter(
      ({ isConfirmed, createdAt, mail }) =>
        isConfirmed && createdAt >= (options.since ?? 0) && domainRefusal(subject.policy, mail) === null,
    );
    const missing = await Promise.all(people.map((person) => inspect(work, person, wishesOf(tools))));
    for (const [index, person] of people.entries()) {
      const found = missing[index] ?? null;
      // What is recorded and not through is listed, or waits for a token.
      if (found === null || found.recorded) continue;
      yield {
        who: person,
        email: person.mail.email,
        missing: found,
        repaired: await mend(tools, person, found),
      };
    }
  }
}

async function mend(tools: Tools, person: Person, missing: Unfinished | null): Promise<Repaired | null> {
  return tools.options.yes && !missing?.busy ? repair(tools.work, person, wishesOf(tools)) : null;
}

function wishesOf({ subject, options }: Tools) {
  const mail = options.resendWelcome ? 'send' : options.skipWelcome ? 'skip' : 'leave';
  return { welcome: subject.policy.confirmed.welcome, mail, until: Date.now() + PATIENCE_MS } as const;
}

/** Not more than `rate` calls a second. */
function paced(groups: Groups, rate: number): Groups {
  let next = 0;
  return {
    add: async (...member) => {
      const pause = Math.max(0, next - Date.now());
      next = Math.max(next, Date.now()) + 1000 / rate;
      await new Promise((resolve) => setTimeout(resolve, pause));
      await groups.add(...member);
    },
  };
}

function mailerOf({ templates }: Subject, { from }: ReconcileOptions, client: SESv2Client): Mailer {
  if (templates !== null && from !== undefined)
    return sesMailer(client, { from, templates, limitMs: CALL_LIMIT_MS });
  return noMail;
}
