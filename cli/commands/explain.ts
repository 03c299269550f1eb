/** `gatehouse explain`: what the policy says to a request, and why. */

import { type Command, Option } from 'commander';
import type { Claims } from '../../shared/policy/claims.ts';
import { type Circumstances, decide } from '../../shared/policy/decide.ts';
import { explain } from '../../shared/policy/explain.ts';
import { claimedOrigin, type IssuerMap, principalOf } from '../../shared/policy/principal.ts';
import { ConfigError, EnvReader } from '../../shared/runtime/env.ts';
import { readIssuers } from '../../shared/runtime/issuers.ts';
import { explanationAsJson, explanationAsText } from '../explanation.ts';
import { CommandFailure, EXIT, type ExitCode, UsageError } from '../failure.ts';
import { isInlineJson, isJsonObject, parseJson, readInput, readLines } from '../input.ts';
import { type LoadedPolicy, loadPolicy } from '../policy-file.ts';
import { tokenClaims } from '../token-claims.ts';
import { wholeNumber } from '../whole-number.ts';

interface ExplainOptions {
  policy: string;
  claims?: string;
  token?: string;
  batch?: string;
  issuers?: string;
  ttl: number;
  now?: number;
  json?: true;
}

const HELP = `
A token is decoded, not verified, and its exp is not judged. Claims without iss are taken as Cognito's. A batch has a
line for each question, like {"claims": {"sub": "u1"}, "request": "GET /articles/1"}, and is answered line by line.
docs/explain.md shows what it prints, and what the codes mean.

Exit code: 0 allowed, 1 denied, 2 usage, 3 invalid input. With --batch: 3 if a line is malformed, else 1 if any
is denied.

Examples:
  gatehouse explain "GET /articles/1" --claims '{"sub": "u1", "cognito:groups": ["reader"]}'
  gatehouse explain "DELETE /articles/1" --token token.txt --ttl 60 --json
  gatehouse explain --batch requests.jsonl`;

export function registerExplain(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('explain')
    .summary('say what the policy answers to a request, and why')
    .description('Says what the policy answers to a request, by which rule, and what the nearest miss is.')
    .argument('[request]', 'verb and path, like "GET /articles/1"')
    .option('--claims <json>', 'claims: JSON, a file, or - for standard input')
    .option('--token <file>', 'a JWT: a file, or - for standard input')
    .option('--policy <file>', 'policy file', 'policy.yml')
    .option('--issuers <json>', 'other issuers and their maps, as in ISSUERS: JSON or a file')
    .addOption(
      new Option('--ttl <seconds>', 'how long the gateway caches answers').argParser(wholeNumber).default(0),
    )
    .addOption(
      new Option('--now <epoch>', 'decide as at this moment, in seconds since 1970').argParser(wholeNumber),
    )
    .option('--batch <file>', 'answer each line of a JSON Lines file (- for standard input)')
    .option('--json', 'print JSON: at least {effect, code, rule}')
    .addHelpText('after', HELP)
    .action(async (request: string | undefined, options: ExplainOptions) =>
      done(await run(request, options)),
    );
}

async function run(request: string | undefined, options: ExplainOptions): Promise<ExitCode> {
  assertUsage(request, options);
  const policy = loadPolicy(options.policy);
  const circumstances = {
    nowSeconds: options.now ?? Date.now() / 1000,
    ttlSeconds: options.ttl,
    revoked: false,
  };
  const maps = issuerMaps(options.issuers);
  if (options.batch !== undefined) return explainBatch(options.batch, policy, circumstances, maps);

  const asked = parseRequest(request);
  if (!asked)
    throw new UsageError('that is not a request\n  help: write verb and path, like "GET /articles/1"');
  const claims =
    options.claims === undefined ? tokenClaims(String(options.token)) : readClaims(options.claims);
  const principal = await principalOf(claims, claimedOrigin(claims, maps));
  const explanation = explain(policy.artefact, principal, asked, circumstances);
  console.log(
    options.json
      ? JSON.stringify(explanationAsJson(explanation, policy), null, 2)
      : explanationAsText(explanation, asked, policy),
  );
  return explanation.effect === 'allow' ? EXIT.ok : EXIT.findings;
}

function assertUsage(request: string | undefined, { claims, token, batch }: ExplainOptions): void {
  if (batch !== undefined) {
    if ((request ?? claims ?? token) !== undefined)
      throw new UsageError(
        '--batch takes requests and claims from its file\n  help: leave the request, --claims and --token out',
      );
    return;
  }
  if (request === undefined)
    throw new UsageError(
      'the request is missing\n  help: gatehouse explain "GET /articles/1" --claims claims.json',
    );
  if ((claims === undefined) === (token === undefined))
    throw new UsageError(
      'give either --claims or --token\n  help: gatehouse explain "GET /articles/1" --claims claims.json',
    );
}

/** One answer a line, in order; what is not a question is answered too, with a deny. */
async function explainBatch(
  file: string,
  policy: LoadedPolicy,
  circumstances: Circumstances,
  maps: Record<string, IssuerMap>,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  for await (const line of readLines(file)) {
    const question = parseQuestion(line);
    if (!question) {
      console.log('{"effect":"deny","code":"input_invalid","rule":null}');
      code = EXIT.failure;
      continue;
    }
    const principal = await principalOf(question.claims, claimedOrigin(question.claims, maps));
    const {
      effect,
      code: decision,
      rule,
    } = decide(policy.artefact, principal, question.request, circumstances);
    console.log(JSON.stringify({ effect, code: decision, rule }));
    if (effect === 'deny' && code === EXIT.ok) code = EXIT.findings;
  }
  return code;
}

function parseQuestion(
  line: string | null,
): { claims: Claims; request: NonNullable<ReturnType<typeof parseRequest>> } | null {
  try {
    const value: unknown = JSON.parse(line ?? '');
    if (!isJsonObject(value)) return null;
    const request = parseRequest(value['request']);
    return request && isJsonObject(value['claims']) ? { claims: value['claims'], request } : null;
  } catch {
    return null;
  }
}

/** `VERB /path`; null for anything else. Whether the verb is one is for the decision to say. */
function parseRequest(text: unknown) {
  const parts = typeof text === 'string' ? /^(\S+) (\/.*)$/s.exec(text) : null;
  return parts?.[1] && parts[2] ? { verb: parts[1], path: parts[2], flaw: null } : null;
}

function readClaims(source: string): Claims {
  const what = 'what --claims gives';
  const claims = parseJson(isInlineJson(source) ? source : readInput(source, what), what);
  if (!isJsonObject(claims))
    throw new CommandFailure(
      'claims must be a JSON object\n  help: like {"sub": "u1", "cognito:groups": ["reader"]}',
    );
  return claims;
}

function issuerMaps(source: string | undefined): Record<string, IssuerMap> {
  if (source === undefined) return {};
  const reader = new EnvReader({
    ISSUERS: isInlineJson(source) ? source : readInput(source, 'what --issuers gives'),
  });
  const issuers = readIssuers(reader);
  try {
    reader.assertClean();
  } catch (error) {
    throw error instanceof ConfigError ? new CommandFailure(error.message) : error;
  }
  return Object.fromEntries(issuers.map(({ issuer, map }) => [issuer, map]));
}
