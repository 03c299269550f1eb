/** What valibot 1.5 lets pass: it names only the first unknown key of a mapping, and takes a list for one. */

import type { GenericSchema } from 'valibot';
import type { LocatedIssue, Path } from './issues.ts';
import { suggest } from './suggest.ts';

/** The members of a valibot schema that hold further schemas. */
interface Holder {
  type: string;
  entries?: Record<string, GenericSchema>;
  item?: GenericSchema;
  value?: GenericSchema;
  wrapped?: GenericSchema;
}

/** Every unknown key, and every list where a mapping belongs, below `value`. */
export function shapeIssues(schema: GenericSchema, value: unknown, path: Path = []): LocatedIssue[] {
  const { type, entries, item, value: valueSchema, wrapped } = schema as unknown as Holder;
  if (wrapped) return shapeIssues(wrapped, value, path);
  if (item) {
    return Array.isArray(value)
      ? value.flatMap((each, index) => shapeIssues(item, each, [...path, index]))
      : [];
  }
  if ((type !== 'strict_object' && type !== 'record') || typeof value !== 'object' || value === null)
    return [];
  if (Array.isArray(value)) {
    return [
      {
        code: 'POLICY_TYPE',
        message: `\`${String(path.at(-1) ?? 'the file')}\` is a list, which is not a mapping`,
        hint: 'write `key: value` lines',
        path,
      },
    ];
  }
  return Object.entries(value).flatMap(([key, each]) => {
    const below = [...path, key];
    if (valueSchema) return shapeIssues(valueSchema, each, below);
    if (entries && Object.hasOwn(entries, key))
      return shapeIssues(entries[key] as GenericSchema, each, below);
    return [unknownKey(key, Object.keys(entries ?? {}), below)];
  });
}

function unknownKey(key: string, known: string[], path: Path): LocatedIssue {
  const similar = suggest(key, known);
  return {
    code: 'POLICY_UNKNOWN_KEY',
    message: `key \`${key}\` is not known here`,
    hint: similar
      ? `did you mean \`${similar}\`?`
      : `the keys here are ${known.map((name) => `\`${name}\``).join(', ')}`,
    path,
    atKey: true,
  };
}
