import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { PAGES, PUBLISHED } from '../../bench/publish.ts';
import { budgetsOf, type Results } from '../../bench/report.ts';
import { createProgram } from '../../cli/program.ts';
import { readScenario } from '../../sandbox/scenario.ts';
import { cliPage } from '../../scripts/cli-page.ts';
import { cedarRequest } from '../../shared/policy/cedar-request.ts';
import { DECISION_CODES } from '../../shared/policy/codes.ts';
import { MAIL_VALUES, templateIssues } from '../../shared/mail/templates.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';
import { EnvReader } from '../../shared/runtime/env.ts';
import { readIssuers } from '../../shared/runtime/issuers.ts';
import { readRows } from '../mutation/page.ts';
import { filesWithMutants } from '../mutation/portions.ts';
import { buildCommand, ROOT, run, temporaryFolder } from '../support/bundles.ts';

const folder = temporaryFolder();

const FILES = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The fenced blocks of one kind, with their file. */
const blocks = (kind: string) =>
  FILES.flatMap((file) =>
    [...textOf(file).matchAll(/^```([^\n]*)\n(.*?)^```$/gms)]
      .filter((match) => match[1] === kind)
      .map((match, index) => ({ name: `${file} ${index + 1}`, text: String(match[2]) })),
  );

describe('every policy in the docs is valid', () => {
  it.each(blocks('yaml'))('$name', ({ text }) => {
    const parsed = parsePolicy(text);
    expect(parsed.ok ? [] : parsed.issues).toEqual([]);
  });
});

describe('every scenario in the docs is one', () => {
  it.each(blocks('yaml scenario'))('$name', ({ name, text }) => {
    expect(readScenario(folder.write(`${name.replace(/\W/g, '-')}.yml`, text)).steps.length).toBeGreaterThan(
      0,
    );
  });
});

describe('every list of issuers in the docs is one', () => {
  it('of which there are some', () => {
    expect(blocks('json issuers').length).toBeGreaterThan(0);
  });

  it.each(blocks('json issuers'))('$name', ({ text }) => {
    const reader = new EnvReader({ ISSUERS: text });
    expect(readIssuers(reader).map(({ map }) => Object.keys(map))).toEqual([['groups', 'scopes', 'email']]);
    reader.assertClean();
  });
});

describe('every mail template in the docs is one', () => {
  it.each(blocks('html welcome/body.html'))('$name', ({ text }) =>
    expect(templateIssues('welcome', 'body.html', text)).toEqual([]),
  );

  it('and docs/mail.md has each that there is, with its values', () => {
    const rows = Object.entries(MAIL_VALUES).map(([name, { values }]) => [name, ...values]);
    for (const [name, ...values] of rows) {
      const row = textOf('docs/mail.md')
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\` |`));
      for (const value of values) expect(row).toContain(`\`${value}\``);
    }
  });
});

describe('every Cedar request in the docs is one', () => {
  it.each(blocks('json cedar'))('$name', async ({ text }) => {
    const claims = {
      sub: 'u1',
      client_id: 'client1',
      'cognito:groups': ['editor'],
      gatehouse_domain: 'example.com',
      tenant: 'acme',
      auth_time: 1_800_000_000,
    };
    const principal = await principalOf(claims, claimedOrigin(claims));
    const route = { verb: 'GET', path: '/tenants/acme/orders' };
    expect(JSON.parse(text)).toEqual(
      cedarRequest(principal, route, { nowSeconds: 1_800_000_100, ttlSeconds: 60 }),
    );
  });
});

describe('every command in the docs prints what it says', () => {
  const commands = blocks('console').flatMap(({ name, text }) =>
    text
      .split(/^\$ /m)
      .slice(1)
      .map((each) => ({
        name,
        command: each.slice(0, each.indexOf('\n')),
        output: each.slice(each.indexOf('\n') + 1),
      })),
  );

  let gatehouse = '';
  beforeAll(async () => {
    gatehouse = await buildCommand(folder.path);
  });

  it('of which there are some', () => {
    expect(commands.length).toBeGreaterThan(3);
  });

  it.each(commands)('$name: $command', async ({ command, output }) => {
    expect(command).toMatch(/^npx gatehouse /);
    const { stdout, stderr } = await run('sh', [
      '-c',
      command.replace('npx gatehouse', `"${process.execPath}" "${gatehouse}"`),
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: output, stderr: '' });
  });
});

describe('the numbers in the docs', () => {
  const results = JSON.parse(textOf('bench/results.json')) as Results;

  it.each(Object.entries(PAGES))('%s has those of the last run', (page, render) => {
    expect(PUBLISHED.exec(textOf(page))?.[0]).toBe(render(results));
  });

  it('are of a full run', () => {
    expect(results.quick).toBe(false);
    for (const { value } of budgetsOf(results)) expect(value).toBeGreaterThan(0);
  });
});

describe('the docs are complete', () => {
  it('README names every variable that is read', () => {
    const read = new Set(
      [
        ...['config', 'issuers', 'primed-keys']
          .map((name) => textOf(`shared/runtime/${name}.ts`))
          .join('\n')
          .matchAll(/(?:reader\.\w+\(|problem\()\s*'([A-Z_]+)'/g),
      ].map((match) => String(match[1])),
    );
    const named = new Set(
      [...textOf('README.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => String(match[1])),
    );
    expect([...named].toSorted()).toEqual([...read].toSorted());
  });

  it('docs/cli.md is what the command says of itself', () => {
    expect(textOf('docs/cli.md')).toBe(cliPage(createProgram(() => undefined)));
  });

  it('docs/mutation.md has a row for each file that has mutants', () => {
    expect(readRows().map(({ file }) => file)).toEqual(filesWithMutants().toSorted());
  });

  it('docs/explain.md names every decision code', () => {
    const section = textOf('docs/explain.md').split('## Decision codes')[1] ?? '';
    expect([...section.matchAll(/`(\w+)`/g)].map((match) => match[1])).toEqual([...DECISION_CODES]);
  });

  it.each(FILES)('every link of %s leads somewhere', (file) => {
    for (const [, target = ''] of textOf(file).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect({ target, exists: existsSync(join(ROOT, dirname(file), target)) }).toEqual({
        target,
        exists: true,
      });
    }
  });
});
