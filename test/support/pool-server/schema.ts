/** Requests judged as AWS judges them: names and types by the schemas that the SDK ships, sizes by `limits.ts`. */

import {
  UpdateUserPoolClientRequest$,
  UpdateUserPoolRequest$,
} from '@aws-sdk/client-cognito-identity-provider';
import { NormalizedSchema } from '@smithy/core/schema';
import { CLIENT_LIMITS, type Limit, POOL_LIMITS } from './limits.ts';

export type Json = Record<string, unknown>;

/** An error as AWS answers it. */
export class Rejection extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface RequestModel {
  schema: NormalizedSchema;
  limits: Readonly<Record<string, Limit>>;
}

export const POOL_MODEL: RequestModel = {
  schema: NormalizedSchema.of(UpdateUserPoolRequest$),
  limits: POOL_LIMITS,
};
export const CLIENT_MODEL: RequestModel = {
  schema: NormalizedSchema.of(UpdateUserPoolClientRequest$),
  limits: CLIENT_LIMITS,
};

export interface Place {
  path: string;
  schema: NormalizedSchema;
}

/** Every place of a request where a plain value stands: `A.B`, `A.C[]`, `A.D{}`. */
export function leavesOf(schema: NormalizedSchema, path = ''): Place[] {
  if (schema.isStructSchema())
    return [...schema.structIterator()].flatMap(([member, inner]) =>
      leavesOf(inner, path === '' ? member : `${path}.${member}`),
    );
  if (schema.isListSchema()) return leavesOf(schema.getValueSchema(), `${path}[]`);
  if (schema.isMapSchema()) return leavesOf(schema.getValueSchema(), `${path}{}`);
  return [{ path, schema }];
}

/**
 * Throws `Rejection` for what AWS would not take. `newer` are places that a newer AWS knows and this SDK does not:
 * there anything goes.
 */
export function assertRequest(model: RequestModel, request: unknown, newer: readonly string[]): void {
  check({ model, newer }, { path: '', schema: model.schema }, request);
}

interface Context {
  model: RequestModel;
  newer: readonly string[];
}

function check(context: Context, { path, schema }: Place, value: unknown): void {
  if (value === null || value === undefined) return;
  const limit = context.model.limits[path];
  if (schema.isStructSchema()) {
    for (const [member, inner] of Object.entries(asObject(path, value))) {
      const place = path === '' ? member : `${path}.${member}`;
      if (context.newer.includes(place)) continue;
      const known = schema.getMemberSchemas();
      if (!Object.hasOwn(known, member))
        throw new Rejection('SerializationException', `unknown member ${place}`);
      check(context, { path: place, schema: known[member] as NormalizedSchema }, inner);
    }
  } else if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw wrongType(path);
    assertSize(path, value.length, limit);
    for (const item of value) check(context, { path: `${path}[]`, schema: schema.getValueSchema() }, item);
  } else if (schema.isMapSchema()) {
    for (const [key, item] of Object.entries(asObject(path, value))) {
      assertSize(`${path}{key}`, key.length, context.model.limits[`${path}{key}`]);
      check(context, { path: `${path}{}`, schema: schema.getValueSchema() }, item);
    }
  } else checkLeaf({ path, schema }, value, limit);
}

function checkLeaf({ path, schema }: Place, value: unknown, limit: Limit | undefined): void {
  const expected = schema.isBooleanSchema() ? 'boolean' : schema.isNumericSchema() ? 'number' : 'string';
  if (typeof value !== expected) throw wrongType(path);
  if (typeof value === 'number') assertSize(path, value, limit);
  if (typeof value !== 'string') return;
  assertSize(path, value.length, limit);
  if (limit?.pattern && !limit.pattern.test(value)) throw invalid(path);
  if (limit?.values && !limit.values.includes(value)) throw invalid(path);
}

function assertSize(path: string, size: number, limit: Limit | undefined): void {
  if (size < (limit?.min ?? 0) || size > (limit?.max ?? Number.POSITIVE_INFINITY)) throw invalid(path);
}

function asObject(path: string, value: unknown): Json {
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(path);
  return value as Json;
}

function wrongType(path: string): Rejection {
  return new Rejection('SerializationException', `${path} is of another type`);
}

function invalid(path: string): Rejection {
  return new Rejection('InvalidParameterException', `1 validation error detected at '${path}'`);
}
