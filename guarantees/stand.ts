/** Where the triggers are measured: built with one policy, between services that do as they are told. */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Built, buildFor } from './built.ts';
import { askEvent, type Person } from './events.ts';
import { type Answer, FunctionProcess } from './function-process.ts';
import { type Peers, startPeers } from './peers.ts';

export interface Stand extends Pick<Built, 'file'> {
  peers: Peers;
  newPerson: () => Person;
  /** A fresh process of a function; its calls go through the proxies. */
  start: (name: string) => FunctionProcess;
  /** Has a code mailed to somebody, and reads it. */
  mailedCode: (person: Person) => Promise<{ challenge: unknown; code: string }>;
  close: () => Promise<void>;
}

export async function openStand(): Promise<Stand> {
  const policy = readFileSync(join(import.meta.dirname, 'policy.yml'), 'utf8');
  const [built, peers] = await Promise.all([buildFor(policy), startPeers()]);
  const start = (name: string) => new FunctionProcess(built.file(name), peers.env);
  let people = 0;
  return {
    file: built.file,
    peers,
    start,
    newPerson: () => {
      const sub = `00000000-0000-4000-8000-${String(++people).padStart(12, '0')}`;
      return { sub, email: `person${people}@example.com` };
    },
    mailedCode: async (person) => {
      const asker = start('create-auth-challenge');
      const { privateChallengeParameters } = responseOf(await asker.invoke(askEvent(person, newSession())));
      asker.kill();
      const mail = (await peers.mailsFor(person.email)).at(-1);
      return { challenge: privateChallengeParameters, code: /\b\d{8}\b/.exec(mail?.text ?? '')?.[0] ?? '' };
    },
    close: async () => {
      built.remove();
      await peers.close();
    },
  };
}

/** As the create step names a session. */
export function newSession(): string {
  return randomBytes(16).toString('base64url');
}

/** What a trigger has answered; an error's text, or that there was no answer, under `error`. */
export function responseOf(answer: Answer | 'ended'): Record<string, unknown> {
  if (answer === 'ended') return { error: 'ended' };
  if (!answer.ok) return { error: answer.message };
  return (answer.payload as { response: Record<string, unknown> }).response;
}
