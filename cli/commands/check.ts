/** `gatehouse check`: every error of a policy file. */

import type { Command } from 'commander';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { formatIssues } from '../../shared/policy/print.ts';
import { EXIT, type ExitCode, UsageError } from '../failure.ts';
import { readInput } from '../input.ts';

interface CheckOptions {
  policy?: string;
  json?: true;
}

export function registerCheck(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .summary('show every error of a policy file')
    .description('Shows every error of a policy file, with its place and how to mend it.')
    .argument('[file]', 'policy file (default: policy.yml)')
    .option('--policy <file>', 'policy file, as for other commands')
    .option('--json', 'print {"errors": [{code, file, line, column, message, hint}]}')
    .addHelpText(
      'after',
      '\nExit code: 0 valid, 3 not.\n\nExamples:\n  gatehouse check\n  gatehouse check staging/policy.yml --json',
    )
    .action((argument: string | undefined, options: CheckOptions) => done(check(argument, options)));
}

function check(argument: string | undefined, options: CheckOptions): ExitCode {
  if (argument !== undefined && options.policy !== undefined) {
    throw new UsageError('two policy files are given\n  help: name one, as argument or with --policy');
  }
  const file = argument ?? options.policy ?? 'policy.yml';
  const parsed = parsePolicy(readInput(file), file);
  const issues = parsed.ok ? [] : parsed.issues;
  if (options.json) {
    const errors = issues.map(({ code, file: path, line, column, message, hint }) => ({
      code,
      file: path,
      line,
      column,
      message,
      hint,
    }));
    console.log(JSON.stringify({ errors }, null, 2));
  } else {
    console.log(
      parsed.ok
        ? `${file} is valid: ${count(parsed.policy.rules?.length, 'rule')}, ${count(Object.keys(parsed.policy.groups ?? {}).length, 'group')}`
        : formatIssues(issues),
    );
  }
  return parsed.ok ? EXIT.ok : EXIT.failure;
}

function count(number = 0, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
