/** `gatehouse check`: every error of a policy file, and of a deployment that is to enforce it. */

import type { Command } from 'commander';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { formatIssues, type PrintableIssue } from '../../shared/policy/print.ts';
import { type AwsOptions, addAwsOptions } from '../aws-options.ts';
import { checkDeployment } from '../check-deployment.ts';
import { EXIT, type ExitCode, UsageError } from '../failure.ts';
import { readInput } from '../input.ts';

interface CheckOptions extends AwsOptions {
  policy?: string;
  serverless?: string;
  stage: string;
  param: string[];
  offline?: true;
  json?: true;
}

const HELP = `
With --serverless, the file is resolved by the framework that is installed beside it. Its policy is the one that
custom.gatehouse.policyFile names, and the user pool is asked whether it has the app clients and the tier
(cognito-idp:DescribeUserPool, DescribeUserPoolClient); without AWS credentials that is left out, and said.

Exit code: 0 valid, 3 not.

Examples:
  gatehouse check
  gatehouse check staging/policy.yml --json
  gatehouse check --serverless serverless.yml --stage prod`;

export function registerCheck(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .summary('show every error of a policy file, and of a deployment')
    .description('Shows every error of a policy file, with its place and how to mend it.')
    .argument('[file]', 'policy file (default: policy.yml)')
    .option('--policy <file>', 'policy file, as for other commands')
    .option('--serverless <file>', 'check this serverless.yml, and the policy that it deploys')
    .option('--stage <name>', 'stage of the serverless.yml', 'dev')
    .option<string[]>('--param <name=value>', 'parameter of the stage; may be repeated', append, [])
    .option('--offline', 'do not ask the user pool');
  addAwsOptions(command)
    .option('--json', 'print {"errors": [{code, file, line, column, message, hint}]}')
    .addHelpText('after', HELP)
    .action(async (argument: string | undefined, options: CheckOptions) =>
      done(await check(argument, options)),
    );
}

async function check(argument: string | undefined, options: CheckOptions): Promise<ExitCode> {
  const files = [argument, options.policy, options.serverless].filter((file) => file !== undefined);
  if (files.length > 1) {
    throw new UsageError(
      'more than one file is given\n  help: name a policy, as argument or with --policy, or a --serverless file, which names its own',
    );
  }
  const [file = 'policy.yml'] = files;
  const { valid, issues } =
    options.serverless === undefined ? checkPolicy(file) : await checkDeployment(file, options);
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
    console.log(issues.length === 0 ? valid : formatIssues(issues));
  }
  return issues.length === 0 ? EXIT.ok : EXIT.failure;
}

function checkPolicy(file: string): { valid: string; issues: readonly PrintableIssue[] } {
  const parsed = parsePolicy(readInput(file), file);
  if (!parsed.ok) return { valid: '', issues: parsed.issues };
  const { rules, groups } = parsed.policy;
  const counts = `${count(rules?.length, 'rule')}, ${count(Object.keys(groups ?? {}).length, 'group')}`;
  return { valid: `${file} is valid: ${counts}`, issues: [] };
}

function count(number = 0, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}
