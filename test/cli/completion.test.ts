import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { complete } from '../../cli/complete.ts';
import { createProgram } from '../../cli/program.ts';
import { buildCommand, run, temporaryFolder } from '../support/bundles.ts';

describe('what may come next', () => {
  const program = createProgram(() => undefined);

  it.each<[string[], string[]]>([
    [['ch'], ['check']],
    [
      ['keys', ''],
      ['pull', 'help'],
    ],
    [['check', '--st'], ['--stage']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    // Behind an option that takes a value comes the value.
    [['check', '--stage', ''], []],
    [['check', '--stage', 'prod', '--ca'], ['--caching']],
    [['check', '--caching', '--of'], ['--offline']],
    [['explain', '--he'], ['--help']],
    [['nothing-of-ours', 'x'], []],
  ])('%j: %j', (words, expected) => {
    expect(complete(program, words)).toEqual(expected);
  });

  it('at the start: every command', () => {
    const all = complete(program, ['']);
    expect(all).toEqual(expect.arrayContaining(['check', 'explain', 'keys', 'completion', 'help']));
    expect(complete(program, [])).toEqual(all);
  });
});

const installed = (shell: string) => spawnSync(shell, ['--version']).status === 0;

describe('in a shell', () => {
  const folder = temporaryFolder();
  afterAll(folder.remove);
  let environment: Record<string, string> = {};
  beforeAll(async () => {
    const command = await buildCommand(folder.path);
    const launcher = join(folder.path, 'gatehouse');
    writeFileSync(launcher, `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
    chmodSync(launcher, 0o755);
    environment = { PATH: `${folder.path}:${process.env['PATH']}`, HOME: folder.path };
  });

  const asked: [string, string][] = [
    [
      'bash',
      'source <(gatehouse completion bash); COMP_WORDS=(gatehouse check --ca); COMP_CWORD=2; _gatehouse; echo "${COMPREPLY[@]}"',
    ],
    ['fish', 'gatehouse completion fish | source; complete -C "gatehouse check --ca"'],
    [
      'zsh',
      'compdef() { :; }; compadd() { shift; print -- $@; }; source <(gatehouse completion zsh); words=(gatehouse check --ca); CURRENT=3; _gatehouse',
    ],
  ];
  it('as JSON, the same', async () => {
    const ask = (args: string) => run('sh', ['-c', `gatehouse completion ${args}`], { env: environment });
    const [plain, json] = await Promise.all([ask('bash'), ask('bash --json')]);
    expect(JSON.parse(json.stdout)).toEqual({ shell: 'bash', script: plain.stdout.trimEnd() });
  });

  for (const [shell, script] of asked) {
    const test = installed(shell) ? it : it.skip;
    test(`${shell}${installed(shell) ? '' : ' (not installed here)'} completes an option`, async () => {
      const { stdout, stderr } = await run(shell, ['-c', script], { env: environment });
      expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: '--caching', stderr: '' });
    });
  }
});
