/** The published JSON Schema of `policy.yml`, for editors; made from the schema that checks it. */

import { toJsonSchema } from '@valibot/to-json-schema';
import { policySchema, ruleSchema } from './schema.ts';

/**
 * For editors: what JSON Schema cannot say (references, patterns, domain names) is for `gatehouse check`. A rule has
 * either `allow` or `deny`, which the checking schema leaves to `references.ts`.
 */
export function policyJsonSchema(): object {
  const schema = toJsonSchema(policySchema, {
    errorMode: 'ignore',
    target: 'draft-07',
    overrideSchema: ({ valibotSchema, jsonSchema }) =>
      valibotSchema === ruleSchema
        ? { ...jsonSchema, oneOf: [{ required: ['allow'] }, { required: ['deny'] }] }
        : jsonSchema,
  });
  return { ...schema, title: 'Gatehouse policy, version 1' };
}
