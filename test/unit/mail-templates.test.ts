import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromHeader } from '../../shared/mail/sender.ts';
import { type MailPart, renderMail, templateIssues } from '../../shared/mail/templates.ts';
import { TEMPLATES } from '../support/templates.ts';

describe('a template that would not do what it says', () => {
  it.each<[string, MailPart, string, string]>([
    ['a value that there is not', 'body.txt', 'Hi\n  {{code}} {{cod}}', '2:12 there is no value `cod`'],
    ['a value of another template', 'body.txt', '{{code}} {{link}}', '1:10 there is no value `link`'],
    ['a section over no value', 'body.txt', '{{code}}{{#x}}{{/x}}', '1:9 there is no value `x`'],
    [
      'what a section holds',
      'body.txt',
      '{{code}}{{#minutes}}{{y}}{{/minutes}}',
      '1:21 there is no value `y`',
    ],
    [
      'what stands for the value itself',
      'body.txt',
      '{{code}}{{#minutes}}{{.}}{{/minutes}}',
      '1:21 there is no value `.`',
    ],
    ['a member of a value', 'body.txt', '{{code}}{{code.length}}', '1:9 there is no value `code.length`'],
    [
      'what every object inherits',
      'body.txt',
      '{{code}}{{constructor}}',
      '1:9 there is no value `constructor`',
    ],
    ['three braces', 'body.html', '{{code}}{{{minutes}}}', '1:9 `minutes` is not escaped'],
    ['an ampersand', 'body.html', '{{code}}{{& minutes}}', '1:9 `minutes` is not escaped'],
    [
      'another template',
      'body.html',
      '{{code}}{{> footer}}',
      '1:9 a template holds no other one, and keeps its braces',
    ],
    [
      'other braces',
      'body.html',
      '{{=<% %>=}}<%code%>',
      '1:1 a template holds no other one, and keeps its braces',
    ],
    [
      'a section that stays open',
      'body.txt',
      '{{code}}{{#minutes}}',
      '1:21 Unclosed section "minutes" at 20',
    ],
    ['a tag that stays open', 'body.txt', '{{code}} {{minutes', '1:19 Unclosed tag at 18'],
    ['no text', 'subject.txt', ' \n', '1:1 is empty'],
    ['a body without its code', 'body.html', '{{minutes}}', '1:1 `code` is nowhere in it'],
    ['a code that only decides', 'body.txt', '{{#code}}Hi{{/code}}', '1:1 `code` is nowhere in it'],
  ])('%s', (_, part, text, expected) => {
    const issues = templateIssues('otp', part, text);
    expect(issues.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([expected]);
    for (const { hint } of issues) expect(hint).not.toBe('');
  });

  it.each<[string, MailPart, string]>([
    ['a subject without the code', 'subject.txt', 'Your code'],
    [
      'a section, its opposite and a comment',
      'body.txt',
      '{{code}}{{! why }}{{#minutes}}a{{/minutes}}{{^minutes}}b{{/minutes}}',
    ],
  ])('%s is none', (_, part, text) => expect(templateIssues('otp', part, text)).toEqual([]));
});

describe('the templates that come with it', () => {
  it('greet by name where there is one', () => {
    const named = renderMail(TEMPLATES, 'welcome', { email: 'a@example.com', name: 'Ada' });
    expect(named.text).toMatch(/^Hello Ada,\n/);
    expect(named.html).toContain('>Hello Ada</h1>');
    const nameless = renderMail(TEMPLATES, 'welcome', { email: 'a@example.com' });
    expect(nameless.text).toMatch(/^Hello,\n/);
    expect(nameless.html).toContain('>Hello</h1>');
  });

  it('show a code and a link as they are, and load nothing from elsewhere', () => {
    const link = 'https://app.example.com/signed-in?a=1&b=2#token';
    const otp = renderMail(TEMPLATES, 'otp', { code: '01234567', minutes: '5' });
    const magic = renderMail(TEMPLATES, 'magic-link', { link, minutes: '10' });
    expect(otp.subject).not.toContain('01234567');
    expect(otp.text).toContain('    01234567\n');
    expect(otp.html).toContain('>01234567</p>');
    expect(magic.text).toContain(`\n${link}\n`);
    const href = /href="([^"]*)"/.exec(magic.html)?.[1] ?? '';
    expect(unescape(href)).toBe(link);
    for (const { html } of [otp, magic]) expect(html).not.toMatch(/\{\{|<img|src=|@import|url\(/);
  });
});

const HOSTILE = [
  '<b>',
  '"',
  "'",
  '&',
  '`',
  '=',
  '\r\nBcc: x@y.example',
  '\n\n',
  '{{code}}',
  '\u2028',
  '\u202E',
  '\u0000',
  'Ada',
];
const hostile = fc.array(fc.constantFrom(...HOSTILE), { maxLength: 6 }).map((parts) => parts.join(''));

describe('hostile values', () => {
  const template = {
    'subject.txt': 'Hello {{name}}\n',
    'body.txt': 'a\n{{name}}\nz\n',
    'body.html': '<p title="{{name}}">{{name}}</p>',
  };
  const templates = { ...TEMPLATES, welcome: template };

  it('stay values: no markup, no line, no header, no template', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const mail = renderMail(templates, 'welcome', { name });
        expect(mail.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202E]/u);
        expect(mail.text.split(/\r|\n|\u2028/)).toHaveLength(4);
        expect(mail.html).toMatch(/^<p title="[^"'<>`\n]*">[^"'<>`\n]*<\/p>$/);
        if (name.includes('{{code}}')) expect(mail.text).toContain('{{code}}');
      }),
    );
  });

  it('a subject with a name that would add a header', () =>
    expect(renderMail(templates, 'welcome', { name: 'Ada\r\nBcc: x@y.example' }).subject).toBe(
      'Hello Ada Bcc: x@y.example',
    ));
});

describe('the sender', () => {
  it.each([
    ['a@example.com', 'a@example.com'],
    ['Gatehouse Team <a@example.com>', 'Gatehouse Team <a@example.com>'],
    ['Gatehouse, Inc. <a@example.com>', '"Gatehouse, Inc." <a@example.com>'],
    ['"Gatehouse, Inc." <a@example.com>', '"Gatehouse, Inc." <a@example.com>'],
    ['Say "hi" <a@example.com>', '"Say \\"hi\\"" <a@example.com>'],
    ['Tür <a@example.com>', '=?UTF-8?B?VMO8cg==?= <a@example.com>'],
  ])('%s', (from, expected) => expect(fromHeader(from)).toBe(expected));

  it('a long name in another script is several words, each whole', () => {
    const name = '門'.repeat(40);
    const header = fromHeader(`${name} <a@example.com>`);
    const words = header.slice(0, header.indexOf(' <')).split(' ');
    for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
    const decoded = words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString());
    expect(decoded.join('')).toBe(name);
    expect(decoded.join('')).not.toContain('\uFFFD');
  });
});

function unescape(html: string): string {
  return html
    .replace(/&#x([0-9A-F]+);/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('&amp;', '&');
}
