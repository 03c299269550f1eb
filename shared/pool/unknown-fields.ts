/**
 * What a description holds that the bundled SDK has never heard of, at any depth. The known set is the schema by which
 * that very SDK reads and writes, so it is never older or newer than what it would drop.
 */

import {
  UpdateUserPoolClientRequest$,
  UpdateUserPoolRequest$,
  UserPoolClientType$,
  UserPoolType$,
} from '@aws-sdk/client-cognito-identity-provider';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Raw } from './raw.ts';

/** Places such as `LambdaConfig.Quantum` or `SchemaAttributes[3].Origin`, in the order of the description. */
export function unknownPoolFields(description: Raw): string[] {
  return unknownFields(description, NormalizedSchema.of(UserPoolType$));
}

/** As `unknownPoolFields`, for an app client. */
export function unknownClientFields(description: Raw): string[] {
  return unknownFields(description, NormalizedSchema.of(UserPoolClientType$));
}

/** The members of the requests that replace a pool and a client. */
export const POOL_REQUEST_FIELDS: ReadonlySet<string> = memberNames(UpdateUserPoolRequest$);
export const CLIENT_REQUEST_FIELDS: ReadonlySet<string> = memberNames(UpdateUserPoolClientRequest$);

function unknownFields(value: unknown, schema: NormalizedSchema, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    if (!schema.isListSchema()) return [];
    const items = schema.getValueSchema();
    return value.flatMap((item, index) => unknownFields(item, items, `${path}[${index}]`));
  }
  if (schema.isMapSchema()) {
    const values = schema.getValueSchema();
    return Object.entries(value).flatMap(([key, each]) => unknownFields(each, values, join(path, key)));
  }
  // A structure where the SDK expects a plain value: it would drop it too.
  if (!schema.isStructSchema()) return [path];
  const known = schema.getMemberSchemas();
  return Object.entries(value).flatMap(([name, member]) => {
    const memberSchema = Object.hasOwn(known, name) ? known[name] : undefined;
    return memberSchema ? unknownFields(member, memberSchema, join(path, name)) : [join(path, name)];
  });
}

function memberNames(schema: Parameters<typeof NormalizedSchema.of>[0]): ReadonlySet<string> {
  return new Set(Object.keys(NormalizedSchema.of(schema).getMemberSchemas()));
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
