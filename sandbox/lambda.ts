/** Runs a built function as Lambda would: its own environment, JSON in and out, errors as `errorMessage`. */

import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface InvocationMessage {
  id: number;
  event: string;
}

export interface InvocationReply {
  id: number;
  answer: { ok: true; payload: unknown } | { ok: false; errorType: string; errorMessage: string };
  logLines: string[];
}

export type Invocation = Pick<InvocationReply, 'answer' | 'logLines'>;

export interface LocalFunction {
  invoke: (event: unknown) => Promise<Invocation>;
  close: () => Promise<void>;
}

/** Starts a bundle (`build/<function>/index.mjs`). `env` is the whole of its environment. */
export function startFunction(file: string, env: Record<string, string>): LocalFunction {
  const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
    workerData: { file: pathToFileURL(file).href },
    env,
  });
  const pending = new Map<number, (reply: InvocationReply) => void>();
  worker.on('message', (reply: InvocationReply) => {
    pending.get(reply.id)?.(reply);
    pending.delete(reply.id);
  });
  let lastId = 0;
  return {
    invoke: (event) => {
      const id = ++lastId;
      const { promise, resolve } = Promise.withResolvers<InvocationReply>();
      pending.set(id, resolve);
      worker.postMessage({ id, event: JSON.stringify(event) } satisfies InvocationMessage);
      return promise;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

/**
 * The same, scaled as Lambda scales: an execution environment has one event at a time, and while all are busy another
 * one starts.
 */
export function startScalingFunction(file: string, env: Record<string, string>): LocalFunction {
  const idle = [startFunction(file, env)];
  const all = [...idle];
  let stopped = false;
  const start = () => {
    // Whoever has waited for a late answer may ask again when nobody listens any more.
    if (stopped) throw new Error('the function is stopped');
    const environment = startFunction(file, env);
    all.push(environment);
    return environment;
  };
  return {
    invoke: async (event) => {
      const environment = idle.pop() ?? start();
      const invocation = await environment.invoke(event);
      idle.push(environment);
      return invocation;
    },
    close: async () => {
      stopped = true;
      idle.length = 0;
      await Promise.all(all.map((each) => each.close()));
    },
  };
}
