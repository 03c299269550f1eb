/** `ISSUERS`: other OIDC issuers, and what their claims may give. */

import * as v from 'valibot';
import { domainPattern, domainSet, ldhHost } from '../policy/domain.ts';
import { isLoopbackHttp } from '../policy/loopback.ts';
import { type IssuerMap, poolOfIssuer } from '../policy/principal.ts';
import type { IssuerConfig } from '../token/verifier.ts';
import type { EnvReader } from './env.ts';

const names = v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1));
const claim = v.pipe(v.string(), v.nonEmpty());
const issuersSchema = v.array(
  v.strictObject({
    issuer: v.pipe(v.string(), v.check(isTrustedUrl)),
    jwksUri: v.pipe(v.string(), v.check(isTrustedUrl)),
    audience: v.union([v.pipe(v.string(), v.nonEmpty()), names]),
    map: v.optional(
      v.strictObject({
        groups: v.optional(
          v.strictObject({ claim, values: v.record(v.string(), v.pipe(v.string(), v.nonEmpty())) }),
        ),
        scopes: v.optional(v.strictObject({ claim, values: names })),
        email: v.optional(
          v.strictObject({
            claim,
            domains: v.pipe(
              names,
              v.check((list) => list.every((each) => domainPattern(each, ldhHost) !== null)),
            ),
          }),
        ),
      }),
      {},
    ),
  }),
);

/** `ISSUERS`; also for the command line. */
export function readIssuers(reader: EnvReader): IssuerConfig[] {
  const json = reader.json('ISSUERS');
  if (json === null) return [];
  const result = v.safeParse(issuersSchema, json);
  if (!result.success) {
    const where = placeOf(result.issues[0]);
    return reader.problem(
      'ISSUERS',
      `must be a JSON list of {issuer, jwksUri, audience, map} with https: URLs (http: on loopback only); look at ${where}`,
      [],
    );
  }
  const issuers = result.output.map(({ issuer, jwksUri, audience, map }) => ({
    issuer,
    jwksUri,
    audience: [audience].flat(),
    map: issuerMap(map),
  }));
  const problem = problemWith(issuers.map(({ issuer }) => issuer));
  return problem === null ? issuers : reader.problem('ISSUERS', problem, []);
}

function problemWith(issuers: readonly string[]): string | null {
  if (issuers.length === 0) return 'must name an issuer; for none, leave it out';
  // Its tokens would be anybody's: TOKEN_USE and APP_CLIENT_IDS do not apply to another issuer's.
  if (issuers.some((issuer) => poolOfIssuer(issuer) !== null))
    return 'must not name a user pool: use USER_POOL_IDS';
  return new Set(issuers).size < issuers.length ? 'must name each issuer once' : null;
}

/** The path of an issue up to the names that the variable itself chose: those are values. */
function placeOf(issue: v.BaseIssue<unknown>): string {
  const steps = issue.path?.map(({ key }) => String(key)) ?? [];
  const values = steps.indexOf('values');
  return (values === -1 ? steps : steps.slice(0, values + 1)).join('.') || 'the whole';
}

function issuerMap({
  groups,
  scopes,
  email,
}: NonNullable<v.InferOutput<typeof issuersSchema>[number]['map']>): IssuerMap {
  return {
    ...(groups && { groups }),
    ...(scopes && { scopes }),
    ...(email && { email: { claim: email.claim, domains: domainSet(email.domains, ldhHost) } }),
  };
}

function isTrustedUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'https:' || isLoopbackHttp(url);
}
