/** `gatehouse export cedar`: the policy in another language, for whoever reads, analyses or enforces that. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { CEDAR_SCHEMA, cedarPolicies } from '../../shared/policy/cedar.ts';
import { cedarGroups } from '../../shared/policy/cedar-request.ts';
import type { Policy } from '../../shared/policy/schema.ts';
import { EXIT, type ExitCode, UsageError } from '../failure.ts';
import { loadPolicy } from '../policy-file.ts';
import { writeWhole } from '../write-whole.ts';

interface CedarOptions {
  policy?: string;
  out?: string;
  json?: true;
}

const HELP = `
Cedar permits what \`gatehouse explain\` allows, if it is asked about the entities that docs/cedar.md describes. Before it is
asked, ambiguous paths, unknown verbs and revoked tokens must be refused: the policies cannot see them.

Examples:
  gatehouse export cedar
  gatehouse export cedar staging/policy.yml --out cedar
  gatehouse export cedar --json`;

export function registerExport(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('export')
    .summary('write the policy in another language')
    .description('Writes the policy in another language.')
    .command('cedar')
    .description('Prints the policy as Cedar policies, one for each rule.')
    .argument('[file]', 'policy file (default: policy.yml)')
    .option('--policy <file>', 'policy file, as for other commands')
    .option('--out <folder>', 'write policies.cedar, schema.cedarschema and groups.json there')
    .option('--json', 'print {policies: {id: text}, schema, groups: [entity]}')
    .addHelpText('after', HELP)
    .action((argument: string | undefined, options: CedarOptions) => done(exportCedar(argument, options)));
}

function exportCedar(argument: string | undefined, options: CedarOptions): ExitCode {
  if (argument !== undefined && options.policy !== undefined)
    throw new UsageError('more than one file is given\n  help: name a policy, as argument or with --policy');
  if (options.out !== undefined && options.json)
    throw new UsageError('--json prints, and --out writes files\n  help: give one of the two');
  const { policy } = loadPolicy(argument ?? options.policy ?? 'policy.yml');
  if (options.json) console.log(JSON.stringify(asJson(policy), null, 2));
  else if (options.out === undefined) process.stdout.write(policiesText(policy));
  else for (const file of writeFiles(policy, options.out)) console.log(file);
  return EXIT.ok;
}

function asJson(policy: Policy) {
  return {
    policies: Object.fromEntries(cedarPolicies(policy).map(({ id, text }) => [id, text])),
    schema: CEDAR_SCHEMA,
    groups: cedarGroups(policy),
  };
}

const HEAD = `// What \`gatehouse export cedar\` makes of a policy. Refuse ambiguous paths, unknown verbs and revoked tokens before asking:
// these policies cannot see them.
`;

function policiesText(policy: Policy): string {
  return [HEAD, ...cedarPolicies(policy).map(({ text }) => `${text}\n`)].join('\n');
}

/** Gives the names of the files, as Cedar's own command takes them. Throws `CommandFailure`. */
function writeFiles(policy: Policy, folder: string): string[] {
  const files = {
    'policies.cedar': policiesText(policy),
    'schema.cedarschema': CEDAR_SCHEMA,
    'groups.json': `${JSON.stringify(cedarGroups(policy), null, 2)}\n`,
  };
  return Object.entries(files).map(([name, text]) => {
    const file = join(folder, name);
    writeWhole(file, text);
    return file;
  });
}
