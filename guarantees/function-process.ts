/** A built function in a process of its own, which can be ended at any moment, as Lambda ends one. */

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export type Answer = { ok: true; payload: unknown } | { ok: false; message: string };

export interface Reply {
  id: number;
  answer: Answer;
}

export class FunctionProcess {
  /** What it has asked so far, as the proxies between it and its services name it. */
  readonly asked: readonly string[];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer | 'ended') => void>();
  #last = 0;

  /** `env` is the whole of its environment. */
  constructor(file: string, env: Record<string, string>, asked: readonly string[] = []) {
    this.asked = asked;
    // Its log lines are nobody's here.
    this.#child = fork(join(import.meta.dirname, 'function-child.ts'), [file], {
      env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', ({ id, answer }: Reply) => this.#settle(id, answer));
    this.#child.on('exit', () => {
      for (const id of this.#waiting.keys()) this.#settle(id, 'ended');
    });
  }

  /** `ended`: the process was, before it answered. */
  invoke(event: unknown): Promise<Answer | 'ended'> {
    const { promise, resolve } = Promise.withResolvers<Answer | 'ended'>();
    const id = ++this.#last;
    this.#waiting.set(id, resolve);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) this.#settle(id, 'ended');
    else this.#child.send({ id, event });
    return promise;
  }

  /** At once, without a word. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #settle(id: number, answer: Answer | 'ended'): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
