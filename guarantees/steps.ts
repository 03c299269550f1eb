/**
 * Every request that a function's process sends out, by a name of its own, on its way through proxies on loopback; and what
 * is to become of some: the end of the process before or after one, or a fault in place of an answer.
 */

import { type Asked, awsError, type Fault, startProxy } from '../sandbox/aws/proxy.ts';
import type { LocalServer } from '../sandbox/http.ts';

export type Moment = 'before' | 'after';

/** What a service does in place of its work. `lying`: success, and nonsense. */
export type FaultKind = 'refused' | 'slow' | 'throttled' | 'denied' | 'lying';

export interface Orders {
  /** Ends the process at its `step`th request, before it reaches its peer, or after the peer has done what it asks. */
  end?: { step: number; moment: Moment };
  /** Meets every request of this name but the first few. */
  fault?: { request: string; kind: FaultKind; sparing?: number };
}

interface Watched extends Orders {
  asked: string[];
  kill: () => void;
}

export class Steps {
  readonly #watched = new Map<string, Watched>();

  /**
   * A process by its name `FUNCTION.NUMBER`, by which its requests are known: as the app id that the SDK puts into
   * `user-agent`, or as the first part of a path. Gives what it asks, in order, as it does.
   */
  watch(process: string, orders: Orders, kill: () => void): readonly string[] {
    const asked: string[] = [];
    this.#watched.set(process, { ...orders, asked, kill });
    return asked;
  }

  /** A proxy before `peer`. Requests of processes that are not watched pass. */
  proxy(peer: string): Promise<LocalServer> {
    return startProxy(peer, (request) => {
      const { process, name } = namesOf(request);
      const watched = this.#watched.get(process);
      return watched ? faultFor(watched, name) : 'pass';
    });
  }

  /** The requests that any process of a function has sent, as `FUNCTION: REQUEST`. */
  get seen(): Set<string> {
    return new Set(
      [...this.#watched].flatMap(([process, { asked }]) =>
        asked.map((name) => `${process.replace(/\.\d+$/, '')}: ${name}`),
      ),
    );
  }
}

function faultFor({ asked, kill, end, fault }: Watched, name: string): Fault {
  const step = asked.push(name);
  // The kernel closes the sockets of a process that has ended; until it has, nobody gets an answer.
  const killed = () => {
    kill();
    return 'reset' as const;
  };
  if (end?.step === step) return end.moment === 'before' ? killed() : killed;
  const isMet = fault?.request === name && count(asked, name) > (fault.sparing ?? 0);
  return isMet ? FAULTS[fault.kind](name) : 'pass';
}

function count(names: readonly string[], name: string): number {
  return names.filter((each) => each === name).length;
}

const FAULTS: Record<FaultKind, (request: string) => Fault> = {
  refused: () => 'reset',
  slow: () => 'hang',
  throttled: () => awsError('ThrottlingException'),
  denied: () => awsError('AccessDeniedException'),
  lying: (request) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: lieTo(request),
  }),
};

const ROW = { PK: { N: '1' }, data: { S: '[' } };

/** The members that we read of an answer, each with something else in it. */
const LIES: Record<string, unknown> = {
  GetItem: { Item: ROW },
  Query: { Items: [ROW] },
  ListUsers: { Users: [{ Attributes: [{}] }] },
  GetSecretValue: { SecretString: '{"current": 1}' },
  GetParameter: { Parameter: { Value: '{"current": 1}' } },
  SendEmail: { MessageId: '' },
  'jwks.json': { keys: [{}] },
};

/** Where nothing is read of an answer, it is a page that somebody else has put there. */
function lieTo(request: string): string {
  const [operation = ''] = request.split(' ');
  return Object.hasOwn(LIES, operation) ? JSON.stringify(LIES[operation]) : '<html>';
}

/** A request to the table is named with the kind of item: `GetItem PROFILE`. */
function namesOf({ operation, body, agent }: Asked): { process: string; name: string } {
  // Powertools adds to it.
  const [, app = ''] = /\bapp\/([a-z-]+\.\d+)/.exec(agent) ?? [];
  if (operation === '/v2/email/outbound-emails') return { process: app, name: 'SendEmail' };
  const [, process, file = ''] = /^\/([\w.-]+)\/(.+)$/.exec(operation) ?? [];
  if (process !== undefined) return { process, name: file };
  const [, kind] = /"S":"([A-Z]+)[#"]/.exec(body) ?? [];
  return { process: app, name: kind === undefined ? operation : `${operation} ${kind}` };
}
