/** YAML text to plain data with positions, safe against text that is made to hurt: aliases, depth, size. */

import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Path, PolicyIssueCode } from './issues.ts';

export interface Position {
  line: number;
  column: number;
}

export interface YamlIssue extends Position {
  code: PolicyIssueCode;
  message: string;
  hint: string;
}

export interface YamlReading {
  /** False if the document is no data to check further; there are issues then. */
  readable: boolean;
  /** The document as plain data. */
  value: unknown;
  issues: YamlIssue[];
  /** Where a path stands: its value, or the key of its last step; the nearest existing place if it does not. */
  positionOf: (path: Path, atKey?: boolean) => Position;
}

/** 10,000 rules take about 1.5 MB. */
const MAX_CHARACTERS = 5_000_000;

// The parser recurses. Real policies nest seven deep; these two stop what could exhaust its stack before it starts.
const DEEP_BLOCK = /^[ \-?:]{257,}/m;
const MAX_OPEN_BRACKETS = 100;

/** Keys that mean something to JavaScript; the validator would skip them silently. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads YAML 1.2, one document, string keys. Never throws; everything wrong is in `issues`. */
export function readYaml(text: string): YamlReading {
  const refusal = refuseHostileText(text);
  if (refusal) return refused(refusal);

  const lineCounter = new LineCounter();
  // `uniqueKeys: false`: the library's own check is quadratic; `duplicateKeys` below is not.
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    stringKeys: true,
  });
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  // `tagged` speaks of every tag, known or not.
  const flaws = [...document.errors, ...document.warnings].filter(
    ({ code }) => code !== 'TAG_RESOLVE_FAILED',
  );
  // The stack's end, of `a: a: a:` for example.
  const exhausted = flaws.find((flaw) => flaw.code === 'RESOURCE_EXHAUSTION');
  if (exhausted) return refused(tooDeep(at(exhausted.pos[0])));
  const issues: YamlIssue[] = flaws.map(({ pos, message }) => ({
    ...at(pos[0]),
    code: 'POLICY_YAML',
    message: `not valid YAML: ${oneLine(message)}`,
    hint: 'mend the YAML here; indentation and quotes are the usual causes',
  }));
  if (document.directives?.yaml.explicit === true) {
    issues.push({
      ...at(0),
      code: 'POLICY_YAML',
      message: 'a `%YAML` directive changes how values are read',
      hint: 'remove it; a policy is YAML 1.2',
    });
  }
  issues.push(...forbiddenNodes(document.contents, at));
  // A key that stands twice, or a number that is misread, leaves data that can be checked for the rest.
  const readable = issues.every(({ code }) => code !== 'POLICY_YAML' && code !== 'POLICY_ALIAS');
  return {
    readable,
    value: readable ? document.toJS() : undefined,
    issues,
    positionOf: (path, atKey = false) => at(offsetOf(document.contents, path, atKey)),
  };
}

function refuseHostileText(text: string): YamlIssue | null {
  if (text.length > MAX_CHARACTERS) {
    return {
      code: 'POLICY_TOO_LARGE',
      line: 1,
      column: 1,
      message: `the file has ${text.length} characters; the limit is ${MAX_CHARACTERS}`,
      hint: 'use `*`, `**` and `{name}` in patterns in place of many literal routes',
    };
  }
  const deepAt = DEEP_BLOCK.exec(text)?.index ?? firstDeepBracket(text);
  if (deepAt === null) return null;
  return tooDeep({ line: text.slice(0, deepAt).split('\n').length, column: 1 });
}

function tooDeep(position: Position): YamlIssue {
  return {
    ...position,
    code: 'POLICY_TOO_DEEP',
    message: 'the file is nested too deeply',
    hint: 'a policy nests seven levels at the most',
  };
}

function refused(issue: YamlIssue): YamlReading {
  return { readable: false, value: undefined, issues: [issue], positionOf: () => ({ line: 1, column: 1 }) };
}

function firstDeepBracket(text: string): number | null {
  let open = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    open += bracket === '[' || bracket === '{' ? 1 : -1;
    if (open > MAX_OPEN_BRACKETS) return index;
  }
  return null;
}

/** Aliases, tags, numbers that are not what they seem, duplicate keys and keys that JavaScript reserves. */
function forbiddenNodes(root: Node | null, at: (offset: number) => Position): YamlIssue[] {
  const issues: YamlIssue[] = [];
  visit(root, {
    Alias: (_, alias) => {
      issues.push({
        ...at(alias.range?.[0] ?? 0),
        code: 'POLICY_ALIAS',
        message: `alias \`*${alias.source}\` is not allowed`,
        hint: 'write the value out; a policy is read without expanding aliases',
      });
    },
    Map: (_, map) => {
      issues.push(...tagged(map, at), ...badKeys(map, at));
    },
    Seq: (_, seq) => {
      issues.push(...tagged(seq, at));
    },
    Scalar: (_, scalar) => {
      issues.push(...tagged(scalar, at), ...misread(scalar, at));
    },
  });
  return issues;
}

/** A tag turns a value into something else: `!!omap` into a list that the validator takes for an empty mapping. */
function tagged(node: Scalar | YAMLMap | YAMLSeq, at: (offset: number) => Position): YamlIssue[] {
  if (node.tag === undefined) return [];
  return [
    {
      ...at(node.range?.[0] ?? 0),
      code: 'POLICY_YAML',
      message: `tag \`${oneLine(node.tag)}\` is not allowed`,
      hint: 'remove it; a policy has plain mappings, lists, text, numbers, true and false',
    },
  ];
}

/** `1.0`, `007` and `TRUE` are read as 1, 7 and true, while a claim is compared as the text that it is. */
function misread({ value, source, range }: Scalar, at: (offset: number) => Position): YamlIssue[] {
  if (
    (typeof value !== 'boolean' && !Number.isFinite(value)) ||
    source === undefined ||
    source === String(value)
  ) {
    return [];
  }
  return [
    {
      ...at(range?.[0] ?? 0),
      code: 'POLICY_VALUE',
      message: `\`${oneLine(source)}\` is read as \`${String(value)}\``,
      hint: `write \`${String(value)}\`, or put it in quotes to mean the text`,
    },
  ];
}

function badKeys(map: YAMLMap, at: (offset: number) => Position): YamlIssue[] {
  const issues: YamlIssue[] = [];
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const position = at(key.range?.[0] ?? 0);
    if (seen.has(key.value)) {
      issues.push({
        ...position,
        code: 'POLICY_DUPLICATE_KEY',
        message: `key \`${oneLine(String(key.value))}\` stands twice in this mapping`,
        hint: 'keep one of the two',
      });
    }
    if (FORBIDDEN_KEYS.has(String(key.value))) {
      issues.push({
        ...position,
        code: 'POLICY_UNKNOWN_KEY',
        message: `\`${String(key.value)}\` cannot be a key`,
        hint: 'choose another name',
      });
    }
    seen.add(key.value);
  }
  return issues;
}

function offsetOf(root: Node | null, path: Path, atKey: boolean): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      const pair = pairsOf(node).get(step);
      if (!pair) return offset;
      const keyOffset = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
      node = pair.value;
      // A key without a value has an empty node behind its colon; nobody looks there.
      const valueOffset = isNodeWithRange(node) && node.range[0] < node.range[1] ? node.range[0] : undefined;
      const last = depth === path.length - 1;
      offset = (last && atKey ? keyOffset : valueOffset) ?? keyOffset ?? offset;
    } else {
      node = isSeq(node) ? node.items[Number(step)] : undefined;
      if (!isNodeWithRange(node)) return offset;
      offset = node.range[0];
    }
  }
  return offset;
}

/** A mapping's pairs by key; kept, because a mapping with many errors is asked as often. */
const PAIRS = new WeakMap<YAMLMap, Map<unknown, Pair>>();

function pairsOf(map: YAMLMap): Map<unknown, Pair> {
  const known = PAIRS.get(map);
  if (known) return known;
  const pairs = new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : pair.key, pair]));
  PAIRS.set(map, pairs);
  return pairs;
}

function isNodeWithRange(node: unknown): node is Node & { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}
