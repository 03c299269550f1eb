/** Verifies bearer tokens of the configured user pools and issuers, and reads the principal from them. */

import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import type { Jwks } from 'aws-jwt-verify/jwk';
import type { DecomposedJwt } from 'aws-jwt-verify/jwt';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import {
  JwtVerifierBase,
  type JwtVerifierProperties,
  type VerifyProperties,
} from 'aws-jwt-verify/jwt-verifier';
import type { Claims } from '../policy/claims.ts';
import { type IssuerMap, type Origin, type Principal, principalOf } from '../policy/principal.ts';
import { TokenError } from './errors.ts';
import { judgeFailure } from './judge-failure.ts';
import { KeyCache, keysFetcher } from './keys.ts';
import { type MemoryLimits, TokenMemory } from './memory.ts';
import {
  assertHeader,
  assertLifetimeAndSubject,
  assertRegisteredTypes,
  decodeUnverified,
  type UnverifiedToken,
} from './strict.ts';

export interface TokenVerifierConfig {
  pools: readonly string[];
  /** Accepted app clients; null for any client of the pools, never by default. */
  clientIds: readonly string[] | null;
  tokenUse: 'access' | 'id' | 'any';
  /** Names under which this API is an audience of Cognito access tokens that are bound to a resource. */
  audiences: readonly string[];
  issuers: readonly IssuerConfig[];
  /** Keys known beforehand, by issuer. */
  keys: ReadonlyMap<string, Jwks>;
}

export interface IssuerConfig {
  issuer: string;
  jwksUri: string;
  audience: string[];
  map: IssuerMap;
}

export interface VerifiedToken {
  principal: Principal;
  expiresSeconds: number;
}

/** What the verifier needs from outside; the defaults are the real thing. */
export interface VerifierOptions {
  now?: () => number;
  fetcher?: Pick<typeof keysFetcher, 'fetch'>;
}

export type VerifyToken = (token: string) => Promise<VerifiedToken>;

const MEMORY: MemoryLimits = { maxEntries: 10_000, maxBytes: 64 * 1024 * 1024 };

/**
 * Makes the one verifier of a process. It throws `TokenError` for a token that is refused, and any other error
 * (`KeysUnavailableError` above all) where it could not tell: that must never become a 401 nor an allow.
 */
export function createTokenVerifier(config: TokenVerifierConfig, options: VerifierOptions = {}): VerifyToken {
  const now = options.now ?? Date.now;
  const memory = new TokenMemory<VerifiedToken>(MEMORY);
  const keys = new KeyCache(options.fetcher ?? keysFetcher);
  let trusted = trustedIssuers(config, keys);
  for (const [issuer, jwks] of config.keys) {
    const uri = trusted.get(issuer)?.jwksUri;
    if (uri !== undefined) keys.addJwks(uri, jwks);
  }
  keys.onReplaced = () => {
    // The library keeps parsed keys by `kid`, and the memory what they proved: new keys, new everything.
    trusted = trustedIssuers(config, keys);
    memory.forgetAll();
  };

  return async (token) => {
    const nowSeconds = now() / 1000;
    const remembered = memory.recall(token, nowSeconds);
    if (remembered) return remembered;

    const generation = trusted;
    const unverified = decodeUnverified(token);
    assertHeader(unverified);
    const expiresSeconds = assertLifetimeAndSubject(unverified, nowSeconds);
    const issuer = trusted.get(unverified.payload['iss'] as string);
    if (!issuer) throw new TokenError('TOKEN_ISSUER');
    assertRegisteredTypes(unverified);
    const claims = await issuer.verify(unverified).catch((error: unknown) => {
      throw judgeFailure(error);
    });
    const verified = { principal: await principalOf(claims, issuer.origin), expiresSeconds };
    if (generation === trusted) memory.remember(token, verified);
    return verified;
  };
}

interface TrustedIssuer {
  origin: Origin;
  jwksUri: string;
  /** Checks signature, lifetime, issuer, audience or client, and use. */
  verify: (token: UnverifiedToken) => Promise<Claims>;
}

/** Every `iss` that is accepted, each with the one way to verify its tokens. */
function trustedIssuers(config: TokenVerifierConfig, keys: KeyCache): Map<string, TrustedIssuer> {
  return new Map([
    ...config.pools.flatMap((pool) => poolIssuers(pool, config, keys)),
    ...config.issuers.map((issuer) => [issuer.issuer, foreignIssuer(issuer, keys)] as const),
  ]);
}

type Properties = VerifyProperties & Record<string, unknown>;

/** The library's verifier of one issuer, for a token that is already decoded: it is not read twice. */
class DecodedTokenVerifier extends JwtVerifierBase<Properties, JwtVerifierProperties<Properties>, false> {
  readonly #properties: Properties & { jwksUri: string };

  constructor(properties: Properties & { issuer: string; jwksUri: string }, keys: KeyCache) {
    super(properties, keys);
    this.#properties = properties;
  }

  verifyDecoded(token: UnverifiedToken): Promise<JwtPayload> {
    return this.verifyDecomposedJwt(token as DecomposedJwt, this.#properties.jwksUri, this.#properties);
  }
}

/** A pool signs under one of two issuers (developer guide, federation-endpoints); either is the pool. */
function poolIssuers(
  pool: string,
  { clientIds, tokenUse, audiences }: TokenVerifierConfig,
  keys: KeyCache,
): [string, TrustedIssuer][] {
  // Explicit nulls: the library has a check skipped only where that is said.
  const cognito = {
    clientId: clientIds && [...clientIds],
    tokenUse: tokenUse === 'any' ? null : tokenUse,
  };
  return cognitoIssuers(pool).map((issuer) => {
    const jwksUri = `${issuer}/.well-known/jwks.json`;
    const verifier = new DecodedTokenVerifier(
      {
        issuer,
        jwksUri,
        // As `CognitoJwtVerifier` has it: an ID token's audience is its client, checked with the Cognito claims.
        audience: null,
        customJwtCheck: ({ header, payload }) => {
          // Cognito signs with RS256 only (developer guide, using-tokens-verifying-a-jwt).
          if (header.alg !== 'RS256') throw new TokenError('TOKEN_ALGORITHM');
          assertResource(payload, audiences);
          validateCognitoJwtFields(payload, cognito);
        },
      },
      keys,
    );
    return [
      issuer,
      { origin: { kind: 'cognito', pool }, jwksUri, verify: (token) => verifier.verifyDecoded(token) },
    ];
  });
}

/** Both `iss` values of a user pool. */
export function cognitoIssuers(pool: string): string[] {
  const region = pool.slice(0, pool.indexOf('_'));
  return [
    `https://cognito-idp.${region}.amazonaws.com/${pool}`,
    `https://issuer-cognito-idp.${region}.amazonaws.com/${pool}`,
  ];
}

function foreignIssuer({ issuer, jwksUri, audience, map }: IssuerConfig, keys: KeyCache): TrustedIssuer {
  const verifier = new DecodedTokenVerifier({ issuer, jwksUri, audience }, keys);
  return {
    origin: { kind: 'issuer', issuer, map },
    jwksUri,
    verify: (token) => verifier.verifyDecoded(token),
  };
}

/**
 * RFC 7519 4.1.3: who does not find himself in `aud` must refuse the token. A Cognito access token has `aud` only
 * if it is bound to a resource, or if a trigger put the client there; an ID token's is its client (the library).
 */
function assertResource(payload: JwtPayload, audiences: readonly string[]): void {
  const { token_use, aud, client_id } = payload as Claims;
  if (token_use !== 'access' || aud === undefined) return;
  const named = [aud].flat();
  if (!named.some((name) => name === client_id || audiences.includes(name as string))) {
    throw new TokenError('TOKEN_AUDIENCE');
  }
}
