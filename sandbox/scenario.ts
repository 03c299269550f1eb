/** Scenario files: who there is, what they try, and what must come of it (docs/sandbox.md). */

import * as v from 'valibot';
import { parseDocument } from 'yaml';
import { readInput } from '../cli/input.ts';
import type { PolicyKeys } from './policy-file.ts';

const name = v.pipe(v.string(), v.nonEmpty());
const status = v.pipe(v.number(), v.integer());

const signUp = v.strictObject({
  sign_up: name,
  expect: v.strictObject({ status, message: v.exactOptional(v.string()) }),
});
const confirm = v.strictObject({ confirm: name, expect: v.strictObject({ status }) });
const signIn = v.strictObject({
  sign_in: name,
  with: v.exactOptional(v.picklist(['password', 'email_otp', 'magic_link', 'provider'])),
  answer: v.exactOptional(v.string()),
  expect: v.strictObject({
    status,
    message: v.exactOptional(v.string()),
    claims: v.exactOptional(v.record(v.string(), v.unknown())),
  }),
});
const call = v.strictObject({
  call: v.pipe(v.string(), v.regex(/^[A-Z]+ \/\S*$/)),
  as: v.exactOptional(name),
  token: v.exactOptional(v.picklist(['expired', 'forged', 'tampered'])),
  api: v.exactOptional(v.picklist(['rest', 'http'])),
  expect: v.strictObject({
    status,
    code: v.exactOptional(v.string()),
    rule: v.exactOptional(v.nullable(v.string())),
  }),
});
const revoke = v.strictObject({
  revoke: name,
  block: v.exactOptional(v.boolean()),
  expect: v.strictObject({ status }),
});
const VERBS = { sign_up: signUp, confirm, sign_in: signIn, revoke } as const;

const scenarioSchema = v.strictObject({
  policy: v.exactOptional(v.record(name, v.unknown())),
  providers: v.exactOptional(v.record(name, v.strictObject({ mapping: v.record(name, v.string()) }))),
  people: v.exactOptional(
    v.record(
      name,
      v.strictObject({
        email: v.string(),
        groups: v.exactOptional(v.array(name)),
        attributes: v.exactOptional(v.record(name, v.string())),
        provider: v.exactOptional(name),
        claims: v.exactOptional(v.record(name, v.unknown())),
      }),
    ),
  ),
  machines: v.exactOptional(v.record(name, v.strictObject({ scopes: v.array(name) }))),
  // Told apart by the verb, so that an error is about the step that was meant.
  steps: v.pipe(
    v.array(
      v.lazy((step) => {
        const verb = Object.keys(VERBS).find((each) => has(step, each)) as keyof typeof VERBS | undefined;
        return verb ? VERBS[verb] : call;
      }),
    ),
    v.minLength(1),
  ),
});

export type SignUpStep = v.InferOutput<typeof signUp>;
export type ConfirmStep = v.InferOutput<typeof confirm>;
export type SignInStep = v.InferOutput<typeof signIn>;
export type RevokeStep = v.InferOutput<typeof revoke>;
export type CallStep = v.InferOutput<typeof call>;
export type Step = SignUpStep | ConfirmStep | SignInStep | RevokeStep | CallStep;

export interface Person {
  email: string;
  groups?: string[];
  attributes?: Record<string, string>;
  /** The external provider that knows this person too. */
  provider?: string;
  /** What it says beside `sub` and the address. */
  claims?: Record<string, unknown>;
}

export interface Scenario {
  /** For what the policy itself says nothing of. */
  policy: PolicyKeys;
  providers: Record<string, { mapping: Record<string, string> }>;
  people: Record<string, Person>;
  machines: Record<string, { scopes: string[] }>;
  steps: Step[];
}

/** Throws with every mistake of the file: what, where, and for names which are known. */
export function readScenario(file: string): Scenario {
  const document = parseDocument(readInput(file));
  const yamlErrors = document.errors.map(({ message }) => message.split('\n')[0]);
  if (yamlErrors.length > 0) throw new Error(`${file} is not valid YAML: ${yamlErrors.join('; ')}`);
  const read = v.safeParse(scenarioSchema, document.toJS({ maxAliasCount: 0 }));
  const mistakes = read.success
    ? [...unknownProviders(read.output), ...unknownNames(read.output.steps, read.output)]
    : read.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  if (!read.success || mistakes.length > 0)
    throw new Error(
      `${file} is not a scenario:\n  ${mistakes.join('\n  ')}\n  help: docs/sandbox.md shows the form`,
    );
  const { policy = {}, providers = {}, people = {}, machines = {}, steps } = read.output;
  return { policy, providers, people, machines, steps };
}

function unknownProviders({ people = {}, providers = {} }: Partial<Scenario>): string[] {
  return Object.entries(people).flatMap(([who, { provider }]) =>
    provider === undefined || Object.hasOwn(providers, provider)
      ? []
      : [`people.${who}.provider: \`${provider}\` is not one of the providers`],
  );
}

function unknownNames(steps: readonly object[], { people = {}, machines = {} }: Partial<Scenario>): string[] {
  return steps.flatMap((step, index) => {
    const names = step as Record<string, string | undefined>;
    const person = Object.keys(VERBS)
      .map((verb) => names[verb])
      .find((each) => each !== undefined);
    const as = names['as'];
    if (person !== undefined && !Object.hasOwn(people, person))
      return [`steps.${index}: \`${person}\` is not one of the people`];
    if (as !== undefined && !Object.hasOwn(people, as) && !Object.hasOwn(machines, as))
      return [`steps.${index}.as: \`${as}\` is neither a person nor a machine`];
    return [];
  });
}

function has(step: unknown, key: string): boolean {
  return typeof step === 'object' && step !== null && key in step;
}
