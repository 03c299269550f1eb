/** Where the functions are measured: built with one policy, between services that do as they are told. */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wireUser } from '../sandbox/aws/user-pool.ts';
import { type Built, buildFor } from './built.ts';
import { askEvent, type Person } from './events.ts';
import { type Answer, FunctionProcess } from './function-process.ts';
import { type Peers, startPeers } from './peers.ts';
import type { Orders } from './steps.ts';

/** The default groups of policy.yml. */
export const GROUPS = ['reader', 'member'];

export interface StartOptions extends Orders {
  /** Built with the same policy in invite mode. */
  invites?: boolean;
  /** Over the usual environment. */
  env?: Record<string, string>;
}

export interface Stand extends Pick<Built, 'file' | 'gatehouse' | 'policyFile'> {
  peers: Peers;
  /** Somebody new, with a confirmed account in the pool. */
  newPerson: () => Person;
  /** A fresh process of a function; its calls go through the proxies. */
  start: (name: string, options?: StartOptions) => FunctionProcess;
  /** Has a code mailed to somebody, and reads it. */
  mailedCode: (person: Person) => Promise<{ challenge: unknown; code: string }>;
  close: () => Promise<void>;
}

export async function openStand(): Promise<Stand> {
  const policy = readFileSync(join(import.meta.dirname, 'policy.yml'), 'utf8');
  const [built, inviting, peers] = await Promise.all([
    buildFor(policy),
    buildFor(`${policy}sign_up: { mode: invite }\n`),
    startPeers(GROUPS),
  ]);
  let processes = 0;
  const start = (name: string, { invites = false, env = {}, ...orders }: StartOptions = {}) => {
    const id = `${name}.${++processes}`;
    const asked = peers.steps.watch(id, orders, () => started.kill());
    const { file } = invites ? inviting : built;
    const started = new FunctionProcess(file(name), { ...peers.env(id), ...env }, asked);
    return started;
  };
  let people = 0;
  return {
    ...built,
    peers,
    start,
    newPerson: () => {
      const sub = `00000000-0000-4000-8000-${String(++people).padStart(12, '0')}`;
      const email = `person${people}@example.com`;
      peers.pool.users.push(wireUser(sub, { sub, email, email_verified: 'true' }));
      return { sub, email };
    },
    mailedCode: async (person) => {
      const asker = start('create-auth-challenge');
      const { privateChallengeParameters } = responseOf(await asker.invoke(askEvent(person, newSession())));
      asker.kill();
      const mail = (await peers.mailsFor(person.email)).at(-1);
      return { challenge: privateChallengeParameters, code: /\b\d{8}\b/.exec(mail?.text ?? '')?.[0] ?? '' };
    },
    close: async () => {
      for (const each of [built, inviting]) each.remove();
      await peers.close();
    },
  };
}

/** As the create step names a session. */
export function newSession(): string {
  return randomBytes(16).toString('base64url');
}

/** What a trigger has answered; an error's text, or that there was no answer, under `error`. */
export function responseOf(answer: Answer | 'ended' | undefined): Record<string, unknown> {
  if (answer === undefined || answer === 'ended') return { error: 'ended' };
  if (!answer.ok) return { error: answer.message };
  return (answer.payload as { response: Record<string, unknown> }).response;
}
