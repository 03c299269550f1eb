/** Puts what the schema refuses into words: what is wrong, and how to mend it. */

import type { BaseIssue } from 'valibot';
import type { LocatedIssue, PolicyIssueCode } from './issues.ts';
import { parsePattern } from './pattern.ts';
import { suggest } from './suggest.ts';

type Wording = (input: unknown, key: string) => { message: string; hint: string };

/** A wording for every code that `schema.ts` gives to a check. */
const WORDINGS: Partial<Record<string, Wording>> = {
  POLICY_VERSION: (input) => ({
    message: `version ${shown(input)} is not known`,
    hint: 'this Gatehouse reads `version: 1`',
  }),
  POLICY_VALUE: (input, key) => ({
    message: `${shown(input)} is not a value that \`${key}\` can have`,
    hint: 'policy.schema.json has the range and the characters allowed',
  }),
  POLICY_EMPTY: (_, key) => ({
    message: `\`${key}\` is empty`,
    hint: `give it at least one value, or leave \`${key}\` out`,
  }),
  POLICY_DOMAIN: (input) => ({
    message: `${shown(input)} is not a domain that an e-mail address can have`,
    hint: 'write `example.com`, or `*.example.com` for its subdomains; international names in lower case',
  }),
  POLICY_DURATION: (input, key) => ({
    message: `${shown(input)} is not a duration for \`${key}\``,
    hint: 'write a whole number and a unit: 60s, 15m, 12h or 30d',
  }),
  POLICY_GROUP_NAME: (input) => ({
    message: `${shown(input)} cannot name a group`,
    hint: '1 to 128 letters, digits, symbols or punctuation, no spaces, and not the `{poolId}_{provider}` form that Cognito keeps for itself',
  }),
  POLICY_ROLE: (input) => ({
    message: `${shown(input)} is not the ARN of an IAM role`,
    hint: 'write for example `arn:aws:iam::123456789012:role/admin`',
  }),
  POLICY_POOL: (input) => ({
    message: `${shown(input)} is the issuer of a user pool`,
    hint: 'write the pool by its id, which stands at the end of the URL',
  }),
  POLICY_TEMPLATE: (input) => ({
    message: `${shown(input)} is not a claim template`,
    hint: 'text with `${user.ATTRIBUTE}` in it, for example `${user.custom:tenant}`; or a number, true or false',
  }),
  POLICY_RESERVED_CLAIM: (input) => ({
    message: `claim ${shown(input)} cannot be set by a policy`,
    hint: 'Cognito or Gatehouse decides by it; choose another name',
  }),
  POLICY_WHERE_VALUE: (input) => ({
    message: `${shown(input)} is not one claim`,
    hint: 'write exactly one `${claims.NAME}`, for example `${claims.sub}`',
  }),
  POLICY_REDIRECT_URI: (input) => ({
    message: `${shown(input)} is not a redirect URI`,
    hint: 'an exact https: URL without `#` and `*` (http: only on localhost)',
  }),
  POLICY_MFA_FALSE: (input) => ({
    message:
      input === false ? '`mfa: false` is not a condition' : `\`mfa\` is not the word \`true\` without quotes`,
    hint: 'write `mfa: true`, leave it out, or use a deny rule with `unless: { mfa: true }`',
  }),
};

/** Turns one finding of the schema into an issue of ours; unknown keys are left to `shape.ts`. */
export function describeSchemaIssue(issue: BaseIssue<unknown>): LocatedIssue {
  const path = (issue.path ?? []).map((step) => step.key as string | number);
  const atKey = issue.path?.at(-1)?.origin === 'key';
  // An index says nothing to a reader; the name of its list does.
  const key = path.findLast((step) => typeof step === 'string') ?? 'the file';
  const place = { path, atKey };
  if (path.length === 0 && issue.input === null)
    return {
      code: 'POLICY_TYPE',
      message: 'the file is empty',
      hint: 'begin it with `version: 1`',
      ...place,
    };
  if (issue.message === 'POLICY_PATTERN') return { ...patternFlaw(String(issue.input)), ...place };
  const wording = WORDINGS[issue.message];
  if (wording) return { code: issue.message as PolicyIssueCode, ...wording(issue.input, key), ...place };
  if (issue.type === 'strict_object' && atKey) return missingKey(String(path.at(-1)), place);
  if (issue.type === 'picklist') return notListed(issue, key, place);
  return wrongType(issue, key, place);
}

function wrongType(issue: BaseIssue<unknown>, key: string, place: Place): LocatedIssue {
  const takesLists = issue.type === 'union' && issue.expected?.includes('Array') === true;
  if (takesLists && Array.isArray(issue.input)) return badElement(issue.input, key, place);
  const expected = (takesLists ? SCALARS : EXPECTATIONS[issue.type]) ?? {
    words: `${issue.expected}`,
    hint: 'policy.schema.json shows its form',
  };
  return {
    code: 'POLICY_TYPE',
    message: `\`${key}\` is ${shown(issue.input)}, which is not ${expected.words}`,
    hint: expected.hint,
    ...place,
  };
}

/** By valibot's type name: what was expected, and how that is written in YAML. */
const EXPECTATIONS: Partial<Record<string, { words: string; hint: string }>> = {
  strict_object: { words: 'a mapping', hint: 'write `key: value` lines below it, or `{}` for none' },
  record: { words: 'a mapping', hint: 'write `key: value` lines below it, or `{}` for none' },
  array: { words: 'a list', hint: 'put it in brackets: `[value]`' },
  string: { words: 'text', hint: 'put it in quotes' },
  number: { words: 'a number', hint: 'write a whole number without quotes' },
  boolean: { words: 'true or false', hint: 'write `true` or `false` without quotes' },
  union: { words: 'text, a number, true or false', hint: 'write one value' },
};

const SCALARS = {
  words: 'text, a number, true, false or a list of those',
  hint: 'write one value, or several in brackets',
};

type Place = Pick<LocatedIssue, 'path' | 'atKey'>;

function patternFlaw(text: string) {
  const pattern = parsePattern(text);
  if ('code' in pattern) return pattern;
  throw new Error('the schema refused a pattern that the parser takes');
}

function missingKey(key: string, place: Place): LocatedIssue {
  return key === 'version'
    ? {
        code: 'POLICY_VERSION',
        message: '`version` is missing',
        hint: 'begin the file with `version: 1`',
        ...place,
      }
    : {
        code: 'POLICY_MISSING_KEY',
        message: `\`${key}\` is missing`,
        hint: `add \`${key}: ...\` here`,
        ...place,
      };
}

function notListed(issue: BaseIssue<unknown>, key: string, place: Place): LocatedIssue {
  const options = [...(issue.expected ?? '').matchAll(/"([^"]*)"/g)].map((match) => String(match[1]));
  const similar = suggest(String(issue.input), options);
  return {
    code: 'POLICY_VALUE',
    message: place.atKey
      ? `${shown(issue.input)} is not a decision code`
      : `\`${key}\` is ${shown(issue.input)}, which it cannot be`,
    hint: similar
      ? `did you mean \`${similar}\`?`
      : `one of ${options.map((name) => `\`${name}\``).join(', ')}`,
    ...place,
  };
}

/** Of a list that is no list of scalars: the first element that is none. */
function badElement(list: unknown[], key: string, { path }: Place): LocatedIssue {
  const index = list.findIndex((element) => typeof element === 'object');
  return {
    code: 'POLICY_TYPE',
    message: `an element of \`${key}\` is ${shown(list[index])}, which is not text, a number, true or false`,
    hint: 'write one value, or several in brackets',
    path: [...path, index],
  };
}

/** A value as an error shows it: short, on one line, in backticks. */
function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = String(value).replace(/[\p{Cc}\s]+/gu, ' ');
  return `\`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\``;
}
