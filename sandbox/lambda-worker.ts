/** One Lambda execution environment: loads a bundle in a thread of its own and answers events. */

import { parentPort, workerData } from 'node:worker_threads';
import type { InvocationMessage, InvocationReply } from './lambda.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { file } = workerData as { file: string };

// The function's log is part of what an invocation gives; the thread's own output stays quiet.
let logLines: string[] = [];
process.stdout.write = process.stderr.write = (chunk: string | Uint8Array) => {
  logLines.push(...String(chunk).split('\n').filter(Boolean));
  return true;
};

// A bad environment fails here, and every invocation reports it, as on Lambda.
const loaded = import(file).then((module: { handler: Handler }) => module.handler);
loaded.catch(() => {});

parentPort?.on('message', (message: InvocationMessage) => void invoke(message));

async function invoke({ id, event }: InvocationMessage): Promise<void> {
  logLines = [];
  const reply = (answer: InvocationReply['answer']) =>
    parentPort?.postMessage({ id, answer, logLines } satisfies InvocationReply);
  try {
    const handler = await loaded;
    // Lambda speaks JSON on both sides.
    reply({ ok: true, payload: JSON.parse(JSON.stringify((await handler(JSON.parse(event), {})) ?? null)) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    reply({ ok: false, errorType: name, errorMessage: message });
  }
}
