/** The other side of `function-process.ts`: loads a bundle and answers events. */

import { pathToFileURL } from 'node:url';
import type { Answer, Reply } from './function-process.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;

const loaded = import(pathToFileURL(process.argv[2] ?? '').href) as Promise<{ handler: Handler }>;

process.on('message', (message: { id: number; event: unknown }) => void reply(message));

async function reply({ id, event }: { id: number; event: unknown }): Promise<void> {
  const answer = await answerTo(event);
  process.send?.({ id, answer } satisfies Reply);
}

async function answerTo(event: unknown): Promise<Answer> {
  try {
    const { handler } = await loaded;
    return { ok: true, payload: await handler(event, {}) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
