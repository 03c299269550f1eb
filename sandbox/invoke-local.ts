/** What `serverless invoke local` calls in place of a bundle: the bundle, with exit code 1 for a refusal. */

import { pathToFileURL } from 'node:url';
import { isRefusal } from './outcome.ts';
import { openSampleTable } from './samples.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Names the bundle to call. */
export const BUNDLE_VARIABLE = 'GATEHOUSE_BUNDLE';
/** Not empty: the table of the sample events is to be there. */
export const SAMPLE_TABLE_VARIABLE = 'GATEHOUSE_SAMPLE_TABLE';

export async function handler(event: unknown, context: unknown): Promise<unknown> {
  const bundle = pathToFileURL(process.env[BUNDLE_VARIABLE] ?? '').href;
  const table = process.env[SAMPLE_TABLE_VARIABLE] ? await openSampleTable() : null;
  Object.assign(process.env, table?.env);
  try {
    const loaded = (await import(bundle)) as { handler: Handler };
    const payload = await loaded.handler(event, context);
    if (isRefusal({ answer: { ok: true, payload } })) process.exitCode = 1;
    return payload;
  } finally {
    await table?.close();
  }
}
