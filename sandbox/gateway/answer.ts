/** What API Gateway makes of an authorizer's answer, before any request is judged by it (contracts A3, A4, A6). */

import * as v from 'valibot';
import type { PolicyDocument } from './evaluate.ts';
import type { Api } from './model.ts';

/** What the function has done: answered, or thrown. */
export type Answered = { ok: true; payload: unknown } | { ok: false; errorMessage: string };

/** A policy or a simple answer can be kept and used again; the others cannot. */
export type Answer = UsableAnswer | { kind: 'unauthorized' } | { kind: 'failure' };

export type UsableAnswer =
  | { kind: 'policy'; document: PolicyDocument; context: Context }
  | { kind: 'simple'; isAuthorized: boolean; context: Context };

/** What the backend is told. */
export type Context = Readonly<Record<string, unknown>>;

const UNAUTHORIZED: Answer = { kind: 'unauthorized' };
const FAILURE: Answer = { kind: 'failure' };

/** The longest resource in a policy, in characters (authorizer output page). */
const MAX_RESOURCE_CHARACTERS = 512;

/** The largest answer of a WebSocket authorizer; for the other kinds no number is documented. */
const MAX_WEBSOCKET_ANSWER_BYTES = 8 * 1024;

const scalar = v.union([v.string(), v.number(), v.boolean()]);
const oneOrMore = (each: v.GenericSchema<string>) => v.union([each, v.pipe(v.array(each), v.minLength(1))]);

const iamAnswer = v.object({
  principalId: v.pipe(v.string(), v.nonEmpty()),
  policyDocument: v.object({
    Version: v.optional(v.picklist(['2012-10-17', '2008-10-17'])),
    Statement: v.array(
      // Strict: what `Condition`, `NotAction` and `NotResource` mean here is not documented.
      v.strictObject({
        Sid: v.optional(v.string()),
        Effect: v.picklist(['Allow', 'Deny']),
        Action: oneOrMore(v.string()),
        Resource: oneOrMore(v.pipe(v.string(), v.maxLength(MAX_RESOURCE_CHARACTERS))),
      }),
    ),
  }),
  context: v.optional(v.record(v.string(), v.unknown()), {}),
  usageIdentifierKey: v.nullish(v.string()),
});

const simpleAnswer = v.object({
  isAuthorized: v.boolean(),
  context: v.optional(v.record(v.string(), v.unknown()), {}),
});

const scalarContext = v.record(v.string(), scalar);
const unauthorizedAnswer = v.object({ errorMessage: v.literal('Unauthorized') });

export function readAnswer(api: Api, answered: Answered): Answer {
  if (api.kind === 'http') return readHttpAnswer(api, answered);
  // A REST or WebSocket API knows a 401 as an error with exactly this text.
  if (!answered.ok) return answered.errorMessage === 'Unauthorized' ? UNAUTHORIZED : FAILURE;
  if (api.kind === 'websocket' && jsonBytes(answered.payload) > MAX_WEBSOCKET_ANSWER_BYTES) return FAILURE;
  return readPolicy(answered.payload, asStrings);
}

/** An HTTP API knows a 401 as an answer; an error is a failure, whatever its text. */
function readHttpAnswer({ authorizer }: Api, answered: Answered): Answer {
  if (!answered.ok) return FAILURE;
  if (v.is(unauthorizedAnswer, answered.payload)) return UNAUTHORIZED;
  const version2 = authorizer.type === 'REQUEST' && authorizer.payloadFormatVersion === '2.0';
  if (!version2 || !authorizer.enableSimpleResponses)
    return readPolicy(answered.payload, version2 ? asItIs : asScalars);
  const read = v.safeParse(simpleAnswer, answered.payload);
  return read.success ? { kind: 'simple', ...read.output } : FAILURE;
}

function readPolicy(payload: unknown, coerce: (context: Context) => Context | null): Answer {
  const read = v.safeParse(iamAnswer, payload);
  if (!read.success) return FAILURE;
  const { principalId, policyDocument, context } = read.output;
  const told = coerce(context);
  return told ? { kind: 'policy', document: policyDocument, context: { ...told, principalId } } : FAILURE;
}

/** A nested value makes the whole answer invalid; the backend gets text of everything. */
function asStrings(context: Context): Context | null {
  if (!v.is(scalarContext, context)) return null;
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]));
}

/** Format 1.0: `claims` is taken. */
function asScalars(context: Context): Context | null {
  return v.is(scalarContext, context) && !Object.hasOwn(context, 'claims') ? context : null;
}

function asItIs(context: Context): Context {
  return context;
}

function jsonBytes(payload: unknown): number {
  return Buffer.byteLength(JSON.stringify(payload ?? null));
}
