/**
 * What takes two places of a policy to see: undefined groups, cycles, duplicate ids, a `where` without its
 * variable. Reads the document as it is, also where the schema has refused parts of it, so that one run shows
 * every error.
 */

import { cycleIssues } from './cycles.ts';
import type { LocatedIssue, Path } from './issues.ts';
import { parsePattern, variablesOf } from './pattern.ts';
import { signInIssues } from './sign-in-issues.ts';
import { suggest } from './suggest.ts';
import { list, type Mapping, mapping } from './untyped.ts';

export function referenceIssues(document: unknown): LocatedIssue[] {
  const policy = mapping(document);
  const groups = mapping(policy['groups']);
  return [
    ...ruleIssues(list(policy['rules'])),
    // Without a mapping of groups, which ones there are cannot be told.
    ...(Array.isArray(policy['groups']) ? [] : groupReferences(policy)).flatMap(({ name, path, atKey }) =>
      undefinedName('group', name, groups, path, atKey),
    ),
    ...memberIssues(groups, mapping(policy['providers'])),
    ...confirmedIssues(list(mapping(policy['confirmed'])['groups']), groups),
    ...cycleIssues(groups),
    ...signInIssues(mapping(policy['sign_in'])),
  ];
}

function ruleIssues(rules: unknown[]): LocatedIssue[] {
  const seen = new Set<string>();
  return rules.flatMap((value, index) => {
    const rule = mapping(value);
    const path = ['rules', index];
    const issues = [...effectIssues(rule, path), ...whereIssues(rule, path)];
    const id = rule['id'];
    if (typeof id === 'string') {
      if (seen.has(id)) {
        issues.push({
          code: 'POLICY_DUPLICATE_ID',
          message: `rule id \`${id}\` stands twice`,
          hint: 'give each rule an id of its own',
          path: [...path, 'id'],
        });
      }
      seen.add(id);
    }
    return issues;
  });
}

function effectIssues(rule: Mapping, path: Path): LocatedIssue[] {
  const allows = Object.hasOwn(rule, 'allow');
  const denies = Object.hasOwn(rule, 'deny');
  const issues: LocatedIssue[] = [];
  if (allows === denies) {
    issues.push({
      code: 'POLICY_RULE_EFFECT',
      message: allows ? 'a rule has both `allow` and `deny`' : 'a rule has neither `allow` nor `deny`',
      hint: allows ? 'split it in two' : 'add `allow: ["GET /path"]` or `deny: [...]`',
      path: allows ? [...path, 'deny'] : path,
      atKey: allows,
    });
  }
  if (denies && !allows && Object.hasOwn(rule, 'where')) {
    issues.push({
      code: 'POLICY_WHERE_ON_DENY',
      message: '`where` stands on a deny rule',
      hint: 'bind paths in allow rules; what no rule allows is denied',
      path: [...path, 'where'],
      atKey: true,
    });
  }
  if (allows && !denies && Object.hasOwn(rule, 'unless')) {
    issues.push({
      code: 'POLICY_UNLESS_ON_ALLOW',
      message: '`unless` stands on an allow rule',
      hint: 'say whom it is for in `to`, or write a deny rule',
      path: [...path, 'unless'],
      atKey: true,
    });
  }
  return issues;
}

/** Every variable of `where` must be captured by every pattern of the rule. */
function whereIssues(rule: Mapping, path: Path): LocatedIssue[] {
  const patterns = list(rule['allow']).filter((text) => typeof text === 'string');
  const captured = patterns.flatMap((text) => {
    const pattern = parsePattern(text);
    return 'code' in pattern ? [] : [{ text, variables: variablesOf(pattern) }];
  });
  return Object.keys(mapping(rule['where'])).flatMap((variable) =>
    captured
      .filter(({ variables }) => !variables.includes(variable))
      .map(({ text }) => ({
        code: 'POLICY_WHERE_UNBOUND' as const,
        message: `pattern \`${text}\` does not capture \`${variable}\``,
        hint: `write \`{${variable}}\` for the segment that \`where\` binds, or move the pattern to a rule of its own`,
        path: [...path, 'where', variable],
        atKey: true,
      })),
  );
}

interface Reference {
  name: unknown;
  path: Path;
  atKey?: boolean;
}

/** Every place that names a group. */
function groupReferences(policy: Mapping): Reference[] {
  const at = (values: unknown, path: Path): Reference[] =>
    list(values).map((name, index) => ({ name, path: [...path, index] }));
  const scopes = mapping(mapping(policy['tokens'])['scopes']);
  return [
    ...Object.entries(mapping(policy['groups'])).flatMap(([name, group]) =>
      at(mapping(group)['includes'], ['groups', name, 'includes']),
    ),
    ...list(policy['rules']).flatMap((rule, index) =>
      ['to', 'unless'].flatMap((part) =>
        at(mapping(mapping(rule)[part])['groups'], ['rules', index, part, 'groups']),
      ),
    ),
    ...at(mapping(policy['confirmed'])['groups'], ['confirmed', 'groups']),
    ...Object.keys(scopes).map((name) => ({ name, path: ['tokens', 'scopes', name], atKey: true })),
  ];
}

function undefinedName(
  kind: 'group' | 'provider',
  name: unknown,
  defined: Mapping,
  path: Path,
  atKey = false,
): LocatedIssue[] {
  if (typeof name !== 'string' || Object.hasOwn(defined, name)) return [];
  const similar = suggest(name, Object.keys(defined));
  return [
    {
      code: kind === 'group' ? 'POLICY_UNDEFINED_GROUP' : 'POLICY_UNDEFINED_PROVIDER',
      message: `${kind} \`${name}\` is not defined`,
      hint: similar ? `did you mean \`${similar}\`?` : `define it under \`${kind}s\``,
      path,
      atKey,
    },
  ];
}

function memberIssues(groups: Mapping, providers: Mapping): LocatedIssue[] {
  return Object.entries(groups).flatMap(([name, group]) => {
    const path = ['groups', name, 'members'];
    if (!Object.hasOwn(mapping(group), 'members')) return [];
    const members = mapping(mapping(group)['members']);
    const kinds = ['domains', 'idp'].filter((kind) => Object.hasOwn(members, kind)).length;
    const issues = Object.keys(mapping(members['idp'])).flatMap((provider) =>
      undefinedName('provider', provider, providers, [...path, 'idp', provider], true),
    );
    if (kinds !== 1) {
      issues.push({
        code: 'POLICY_MEMBERS',
        message:
          kinds === 0
            ? '`members` names neither `domains` nor `idp`'
            : '`members` has both `domains` and `idp`',
        hint: 'use one of the two; a second group can `includes` this one',
        path,
      });
    }
    return issues;
  });
}

/** A group that is computed is nobody's to give: the listing of one counts for nothing, or would undo its allow-list. */
function confirmedIssues(names: unknown[], groups: Mapping): LocatedIssue[] {
  return names.flatMap((name, index) =>
    typeof name === 'string' && Object.hasOwn(mapping(groups[name]), 'members')
      ? [
          {
            code: 'POLICY_COMPUTED_GROUP',
            message: `group \`${name}\` is computed from its \`members\`, and cannot be given as well`,
            hint: 'take it out here, or name a group without `members` that `includes` it',
            path: ['confirmed', 'groups', index],
          },
        ]
      : [],
  );
}
