/** `gatehouse check`: every error of a policy file, and of a deployment that is to enforce it. */

import { type Command, Option } from 'commander';
import type { Artefact } from '../../shared/policy/artefact.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { formatIssue, formatIssues, type PrintableIssue } from '../../shared/policy/print.ts';
import { policyWarnings } from '../../shared/policy/warnings.ts';
import { REFRESH } from '../../shared/runtime/config.ts';
import { type AwsOptions, addAwsOptions } from '../aws-options.ts';
import { cachingAsJson, cachingAsText } from '../caching-report.ts';
import { checkDeployment } from '../check-deployment.ts';
import { EXIT, type ExitCode, UsageError } from '../failure.ts';
import { readInput } from '../input.ts';
import { append } from '../repeated.ts';
import { wholeNumber } from '../whole-number.ts';

interface CheckOptions extends AwsOptions {
  policy?: string;
  serverless?: string;
  stage: string;
  param: string[];
  offline?: true;
  caching?: true;
  ttl: number;
  refresh: number;
  json?: true;
}

const HELP = `
With --serverless, the file is resolved by the framework that is installed beside it. Its policy is the one that
custom.gatehouse.policyFile names, and the user pool is asked whether it has the app clients and the tier
(cognito-idp:DescribeUserPool, DescribeUserPoolClient); without AWS credentials that is left out, and said.

docs/check.md shows what it prints, and what it finds.

Exit code: 0 valid, with warnings or without, 3 not.

Examples:
  gatehouse check
  gatehouse check staging/policy.yml --json
  gatehouse check --caching --ttl 60
  gatehouse check --serverless serverless.yml --stage prod`;

export function registerCheck(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .summary('show every error of a policy file, and of a deployment')
    .description('Shows every error of a policy file, with its place and how to mend it.')
    .argument('[file]', 'policy file (default: policy.yml)')
    .option('--policy <file>', 'policy file, as for other commands')
    .option('--serverless <file>', 'check this serverless.yml, and the policy that it deploys')
    .option('--stage <name>', 'stage of the deployment', 'dev')
    .option<string[]>('--param <name=value>', 'parameter of the stage; may be repeated', append, [])
    .option('--offline', 'do not ask the user pool')
    .option('--caching', 'say how answers to this policy can be cached')
    .addOption(
      new Option('--ttl <seconds>', 'how long the gateway caches answers').argParser(wholeNumber).default(60),
    )
    .addOption(
      new Option('--refresh <seconds>', 'POLICY_REFRESH_SECONDS')
        .argParser(wholeNumber)
        .default(REFRESH.fallback),
    );
  addAwsOptions(command)
    .option('--json', 'print {"errors": [{code, file, line, column, message, hint}], "warnings": …}')
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
  if (options.caching && options.serverless !== undefined)
    throw new UsageError('--caching looks at a policy\n  help: leave --serverless out');
  if (options.serverless === undefined && (options.offline || options.param.length > 0))
    throw new UsageError('--param and --offline are for a deployment\n  help: name its --serverless file');
  const { valid, issues, warnings, artefact } =
    options.serverless === undefined
      ? checkPolicy(file)
      : { ...(await checkDeployment(file, options)), warnings: [], artefact: null };
  const caching = options.caching && artefact ? artefact : null;
  if (options.json) {
    const report = caching && { caching: cachingAsJson(caching, options) };
    console.log(
      JSON.stringify({ errors: issues.map(asJson), warnings: warnings.map(asJson), ...report }, null, 2),
    );
  } else {
    console.log(issues.length === 0 ? valid : formatIssues(issues));
    for (const warning of warnings) console.log(formatIssue(warning));
    if (caching) console.log(cachingAsText(caching, options));
  }
  return issues.length === 0 ? EXIT.ok : EXIT.failure;
}

function checkPolicy(file: string): {
  valid: string;
  issues: readonly PrintableIssue[];
  warnings: readonly PrintableIssue[];
  artefact: Artefact | null;
} {
  const parsed = parsePolicy(readInput(file), file);
  if (!parsed.ok) return { valid: '', issues: parsed.issues, warnings: [], artefact: null };
  const { rules, groups } = parsed.policy;
  const counts = `${count(rules?.length, 'rule')}, ${count(Object.keys(groups ?? {}).length, 'group')}`;
  const artefact = compilePolicy(parsed.policy);
  const warnings = policyWarnings(artefact).map(({ path, atKey, ...warning }) => ({
    ...warning,
    file,
    ...parsed.positionOf(path, atKey),
  }));
  return { valid: `${file} is valid: ${counts}`, issues: [], warnings, artefact };
}

/** Nothing else that an issue may hold. */
function asJson({ code, file, line, column, message, hint }: PrintableIssue): PrintableIssue {
  return { code, file, line, column, message, hint };
}

function count(number = 0, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
