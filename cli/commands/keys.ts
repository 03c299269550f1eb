/** `gatehouse keys pull`: a pool's public keys into the file that the build embeds. */

import { existsSync } from 'node:fs';
import { isJwks, type Jwks } from 'aws-jwt-verify/jwk';
import type { Command } from 'commander';
import { POOL_ID } from '../../shared/runtime/config.ts';
import { keysFetcher } from '../../shared/token/keys.ts';
import { cognitoIssuers } from '../../shared/token/verifier.ts';
import { endpointOption } from '../aws-options.ts';
import { CommandFailure, EXIT, type ExitCode, UsageError } from '../failure.ts';
import { isJsonObject, parseJson, readInput } from '../input.ts';
import { writeWhole } from '../write-whole.ts';

interface PullOptions {
  out: string;
  endpoint?: string;
  json?: true;
}

const HELP = `
The keys are public: no AWS credentials are needed. Embedded, they spare a cold start the network; a key that is not
among them is still fetched when a token names it. Keys of other pools in the file stay.

Examples:
  gatehouse keys pull eu-west-1_AbCdEf123
  gatehouse keys pull us-east-1_AbCdEf123 --endpoint http://127.0.0.1:4566`;

export function registerKeys(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('keys')
    .summary('fetch the public keys of user pools')
    .description('Works with the public keys of user pools.')
    .command('pull')
    .description('Fetches the public keys of user pools into keys.json, which `npm run build` embeds.')
    .argument('<pool...>', 'user pool ids')
    .option('--out <file>', 'file to write', 'keys.json')
    .addOption(endpointOption('address of a local cloud, in place of AWS'))
    .option('--json', 'print {issuer: [kid]}')
    .addHelpText('after', HELP)
    .action(async (pools: string[], options: PullOptions) => done(await pull(pools, options)));
}

async function pull(pools: string[], options: PullOptions): Promise<ExitCode> {
  const wrong = pools.find((pool) => !POOL_ID.test(pool));
  if (wrong !== undefined)
    throw new UsageError(`${wrong} is no user pool id\n  help: it looks like eu-west-1_AbCdEf123`);
  const kids = await pullKeys(pools, options);
  if (options.json) console.log(JSON.stringify(kids, null, 2));
  else
    for (const [issuer, { length }] of Object.entries(kids))
      console.log(`${issuer}: ${length} ${length === 1 ? 'key' : 'keys'}`);
  return EXIT.ok;
}

/** Adds the pools' keys to a file, in place of what it had of them; gives the key ids by issuer. Throws `CommandFailure`. */
export async function pullKeys(
  pools: string[],
  // As AWS's own SDKs and CLI take it.
  { out, endpoint = process.env['AWS_ENDPOINT_URL'] }: Pick<PullOptions, 'out' | 'endpoint'>,
): Promise<Record<string, string[]>> {
  const before = readKeys(out);
  const pulled = await Promise.all(pools.map((pool) => pullPool(pool, endpoint)));
  const keys: Record<string, Jwks> = Object.assign({}, ...pulled);
  writeWhole(out, `${JSON.stringify({ ...before, ...keys }, null, 2)}\n`);
  return Object.fromEntries(
    Object.entries(keys).map(([issuer, jwks]) => [issuer, jwks.keys.map(({ kid }) => kid ?? '')]),
  );
}

/** A pool's tokens name one of two issuers, as the pool is set (contracts C5); only the first always answers. */
async function pullPool(pool: string, endpoint: string | undefined): Promise<Record<string, Jwks>> {
  const [original = '', updated = ''] = cognitoIssuers(pool);
  const address = endpoint === undefined ? original : `${endpoint.replace(/\/$/, '')}/${pool}`;
  const jwks = await fetchKeys(address);
  const others = endpoint === undefined ? await fetchKeys(updated).catch(() => null) : null;
  return { [original]: jwks, ...(others && { [updated]: others }) };
}

async function fetchKeys(address: string): Promise<Jwks> {
  const body = await keysFetcher.fetch(`${address}/.well-known/jwks.json`).catch((cause: unknown) => {
    throw new CommandFailure(
      `no keys from ${address}\n  help: check the pool's id and Region, and the network`,
      { cause },
    );
  });
  const jwks = parseJson(new TextDecoder().decode(body), `the answer of ${address}`);
  if (!isJwks(jwks as never) || (jwks as Jwks).keys.length === 0)
    throw new CommandFailure(`${address} answers no keys\n  help: check the pool's id and the --endpoint`);
  return jwks as Jwks;
}

function readKeys(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  const keys = parseJson(readInput(file), file);
  if (!isJsonObject(keys) || Array.isArray(keys['keys']))
    throw new CommandFailure(
      `${file} does not hold keys by issuer\n  help: remove it, or give another --out`,
    );
  return keys;
}
