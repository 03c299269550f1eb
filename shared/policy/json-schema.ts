/** The published JSON Schema of `policy.yml`, for editors; made from the schema that checks it. */

import { toJsonSchema } from '@valibot/to-json-schema';
import { policySchema } from './schema.ts';

/** What a single file cannot say in JSON Schema (references, patterns, domains) is checked by `gatehouse check`. */
export function policyJsonSchema(): object {
  const schema = toJsonSchema(policySchema, { errorMode: 'ignore', target: 'draft-07' });
  return { ...schema, title: 'Gatehouse policy, version 1' };
}
