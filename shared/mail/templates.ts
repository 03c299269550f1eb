/** Mail templates: what they may say, and what becomes of them. Mustache, because it can do nothing but fill in. */

import mustache from 'mustache';
import type { MailTemplate } from './ports.ts';

/** The files of a template's folder. */
export const MAIL_PARTS = ['subject.txt', 'body.txt', 'body.html'] as const;
export type MailPart = (typeof MAIL_PARTS)[number];
export type MailTemplates = Readonly<Record<MailTemplate, Readonly<Record<MailPart, string>>>>;

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

interface MailValues {
  /** What a template may fill in; the caller may leave any of it empty. */
  values: readonly string[];
  /** Without it the mail is of no use, so both bodies must have it. */
  needed?: string;
}

export const MAIL_VALUES: Readonly<Record<MailTemplate, MailValues>> = {
  welcome: { values: ['email', 'name'] },
  otp: { values: ['code', 'minutes'], needed: 'code' },
  'magic-link': { values: ['link', 'minutes'], needed: 'link' },
};

/** Something in a template that would not do what it says. */
export interface TemplateIssue {
  line: number;
  column: number;
  message: string;
  hint: string;
}

/** Everything that is wrong with one file of a template. */
export function templateIssues(template: MailTemplate, part: MailPart, text: string): TemplateIssue[] {
  const { values, needed } = MAIL_VALUES[template];
  const at = (offset: number, message: string, hint: string): TemplateIssue => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, message, hint };
  };
  if (text.trim() === '') return [at(0, 'is empty', 'write what the mail says')];
  const tags = parse(text);
  if ('problem' in tags)
    return [
      at(text.length, tags.problem, 'close every `{{#name}}` with `{{/name}}`, and every `{{` with `}}`'),
    ];
  const issues = tags.flatMap(({ kind, name, start }) => {
    if (kind === '&')
      return [at(start, `\`${name}\` is not escaped`, `write {{${name}}}: people choose their own names`)];
    if (kind === '>' || kind === '=')
      return [at(start, 'a template holds no other one, and keeps its braces', 'write it out')];
    if (values.includes(name)) return [];
    return [
      at(
        start,
        `there is no value \`${name}\``,
        `there is ${values.map((each) => `{{${each}}}`).join(', ')}`,
      ),
    ];
  });
  const isMissing =
    needed !== undefined &&
    part !== 'subject.txt' &&
    !tags.some(({ kind, name }) => kind === 'name' && name === needed);
  return isMissing
    ? [...issues, at(0, `\`${needed}\` is nowhere in it`, `write {{${needed}}} where people look for it`)]
    : issues;
}

/** The mail with its values: escaped for HTML, on one line each, and the subject a single line. */
export function renderMail(
  templates: MailTemplates,
  template: MailTemplate,
  values: Readonly<Record<string, string>>,
): Mail {
  const parts = templates[template];
  const view = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, oneLine(value)]));
  const plain = (text: string) => mustache.render(text, view, undefined, { escape: String });
  return {
    subject: oneLine(plain(parts['subject.txt'])),
    text: plain(parts['body.txt']),
    html: mustache.render(parts['body.html'], view),
  };
}

/**
 * Line ends would let a name go on as text of ours, or as a header; what turns the direction of writing would let it
 * read as something else.
 */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();
}

interface Tag {
  kind: string;
  name: string;
  start: number;
}

function parse(text: string): Tag[] | { problem: string } {
  try {
    return flatten(mustache.parse(text));
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** Mustache's tokens are `[kind, text, start, end, inner?]`. */
function flatten(tokens: unknown[][]): Tag[] {
  return tokens.flatMap(([kind, name, start, , inner]) => {
    const nested = Array.isArray(inner) ? flatten(inner as unknown[][]) : [];
    if (kind === 'text' || kind === '!') return nested;
    return [{ kind: String(kind), name: String(name), start: Number(start) }, ...nested];
  });
}
