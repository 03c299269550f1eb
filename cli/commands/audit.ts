/** `gatehouse audit`: what an expert would say of a live user pool, and of what stands around it. */

import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type AuditReport, isAtLeast } from '../../shared/pool/audit/audit.ts';
import { SEVERITIES, type Severity } from '../../shared/pool/audit/rule.ts';
import { RULES } from '../../shared/pool/audit/rules.ts';
import { suggest } from '../../shared/policy/suggest.ts';
import { POOL_ID } from '../../shared/runtime/config.ts';
import { auditAsText } from '../audit-report.ts';
import { auditAsSarif } from '../audit-sarif.ts';
import { type AwsOptions, addAwsOptions } from '../aws-options.ts';
import { EXIT, type ExitCode, UsageError } from '../failure.ts';
import { loadPolicy } from '../policy-file.ts';
import { append } from '../repeated.ts';

export interface AuditOptions extends AwsOptions {
  policy?: string;
  identityPool?: string;
  restApi?: string;
  httpApi?: string;
  stage?: string;
  host: string[];
  open: string[];
  ignore: string[];
  failOn: Severity | 'never';
  json?: true;
  sarif?: true;
}

const DEFAULT_POLICY = 'policy.yml';

const HELP = `
Reads settings and nothing else: no user is looked at, and nothing is written. docs/audit has a page for every rule, and
the permissions that it takes. What AWS does not let be read is listed as not examined, never as fine.

Exit code: 0 nothing found, 1 findings at or above --fail-on, else 3 if something could not be examined.

Examples:
  gatehouse audit eu-west-1_AbCdEf123
  gatehouse audit eu-west-1_AbCdEf123 --fail-on high --ignore POOL_MFA_OFF
  gatehouse audit eu-west-1_AbCdEf123 --rest-api a1b2c3d4e5 --stage prod --open "GET /health"
  gatehouse audit eu-west-1_AbCdEf123 --identity-pool eu-west-1:11111111-2222-3333-4444-555555555555 --json
  gatehouse audit eu-west-1_AbCdEf123 --policy staging/policy.yml --sarif`;

export function registerAudit(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('audit')
    .summary('show the pitfalls of a live user pool')
    .description(
      'Shows the pitfalls of a live user pool, its app clients, identity pool and APIs, and how to mend them.',
    )
    .argument('<pool>', 'user pool id')
    .option(
      '--policy <file>',
      `policy that the pool is to hold to (default: ${DEFAULT_POLICY}, if it is there)`,
    )
    .option('--identity-pool <id>', 'also look at this identity pool, and the roles that it gives')
    .option('--rest-api <id>', 'also look at the routes and authorizers of this REST API')
    .option('--http-api <id>', 'also look at those of this HTTP or WebSocket API')
    .option('--stage <name>', 'stage of the APIs: what it keeps, and its variables')
    .option<string[]>(
      '--host <name>',
      'host of yours, for callback and logout URLs; may be repeated',
      append,
      [],
    )
    .option<string[]>('--open <route>', 'route that is meant to be open; may be repeated', append, [])
    .option<string[]>('--ignore <id>', 'rule to leave out; may be repeated', append, [])
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 for findings from this severity on')
        .choices([...SEVERITIES, 'never'])
        .default('low'),
    );
  addAwsOptions(command)
    .option(
      '--json',
      'print {pool, region, findings: [{id, severity, title, evidence, mend, page}], examined, notExamined, ignored}',
    )
    .option('--sarif', 'print SARIF 2.1.0')
    .addHelpText('after', HELP)
    .action(async (poolId: string, options: AuditOptions) => done(await audit(poolId, options)));
}

async function audit(poolId: string, options: AuditOptions): Promise<ExitCode> {
  refuseUnusable(poolId, options);
  const policyFile = options.policy ?? (existsSync(DEFAULT_POLICY) ? DEFAULT_POLICY : null);
  const policy = policyFile === null ? null : loadPolicy(policyFile).policy;
  // The SDK is loaded for those who ask.
  const { auditPool } = await import('../audit-pool.ts');
  const { region, report } = await auditPool(poolId, policy, options);
  if (options.json) console.log(JSON.stringify({ pool: poolId, region, ...report }, null, 2));
  else if (options.sarif) console.log(JSON.stringify(auditAsSarif(poolId, report, policyFile), null, 2));
  else console.log(auditAsText(poolId, report));
  return exitCodeOf(report, options.failOn);
}

function refuseUnusable(
  poolId: string,
  { host, ignore, json, sarif, stage, restApi, httpApi, identityPool, open }: AuditOptions,
): void {
  if (!POOL_ID.test(poolId))
    throw new UsageError(`${poolId} is no user pool id\n  help: it looks like eu-west-1_AbCdEf123`);
  if (json && sarif) throw new UsageError('--json and --sarif are two forms of one result\n  help: give one');
  if (stage !== undefined && restApi === undefined && httpApi === undefined)
    throw new UsageError('--stage is of an API\n  help: name the API with --rest-api or --http-api');
  const notAHost = host.find((name) => !/^(?:\*\.)?[\w-]+(?:\.[\w-]+)*$/.test(name));
  if (notAHost !== undefined)
    throw new UsageError(
      `${notAHost} is no host name\n  help: write app.example.com, or *.example.com for all below it`,
    );
  if (identityPool !== undefined && !/^[\w-]+:[\da-f-]{36}$/.test(identityPool))
    throw new UsageError(
      `${identityPool} is no identity pool id\n  help: it looks like eu-west-1:11111111-2222-3333-4444-555555555555`,
    );
  const notARoute = open.find((route) => !/^(?:[A-Z]+ \/\S*|\$\w+)$/.test(route));
  if (notARoute !== undefined)
    throw new UsageError(
      `${notARoute} is no route\n  help: write it as findings name it, like "GET /health"`,
    );
  const ids = RULES.map(({ id }) => id);
  for (const each of ignore.filter((id) => !ids.includes(id))) {
    const similar = suggest(each, ids);
    throw new UsageError(
      `there is no rule ${each}\n  help: ${similar ? `did you mean ${similar}?` : 'docs/audit lists them'}`,
    );
  }
}

/** What was found comes first: it is certain, whatever else there may be. */
function exitCodeOf({ findings, notExamined }: AuditReport, failOn: Severity | 'never'): ExitCode {
  if (failOn !== 'never' && findings.some(({ severity }) => isAtLeast(severity, failOn)))
    return EXIT.findings;
  return notExamined.some(({ kind }) => kind === 'unreadable') ? EXIT.failure : EXIT.ok;
}
