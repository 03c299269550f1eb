/**
 * The shape of `policy.yml`, version 1: one source for the validator, the published JSON Schema and the types.
 * What a single value can get wrong is here; what takes two places to see (an undefined group, a cycle) is in
 * `references.ts`. The message of every check is the error code that `describe.ts` puts into words.
 */

import * as v from 'valibot';
import { DECISION_CODES } from './codes.ts';
import { canonicalDomainPattern } from './domain-pattern.ts';
import { DURATION, secondsOf } from './duration.ts';
import { GROUP_NAME, isAutoMadeGroup } from './group-names.ts';
import { isLoopbackHttp } from './loopback.ts';
import { parsePattern } from './pattern.ts';
import { poolOfIssuer } from './principal.ts';
import { isReservedClaim } from './reserved-claims.ts';

const IAM_ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

const text = v.pipe(v.string(), v.nonEmpty('POLICY_EMPTY'), v.regex(/^\P{Cc}*$/u, 'POLICY_VALUE'));
const list = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1, 'POLICY_EMPTY'));
const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer('POLICY_VALUE'),
    v.minValue(min, 'POLICY_VALUE'),
    v.maxValue(max, 'POLICY_VALUE'),
  );
const nonEmptyMapping = <T extends Record<string, unknown>>() =>
  v.check<T, 'POLICY_EMPTY'>((mapping) => Object.keys(mapping).length > 0, 'POLICY_EMPTY');

const groupName = v.pipe(
  v.string(),
  v.regex(GROUP_NAME, 'POLICY_GROUP_NAME'),
  v.check((name) => !isAutoMadeGroup(name), 'POLICY_GROUP_NAME'),
);
const domainPattern = v.pipe(
  v.string(),
  v.check((pattern) => canonicalDomainPattern(pattern) !== null, 'POLICY_DOMAIN'),
  v.description('`example.com` is that domain alone; `*.example.com` is every subdomain and not the apex.'),
);
const routePattern = v.pipe(
  v.string(),
  v.check((pattern) => !('code' in parsePattern(pattern)), 'POLICY_PATTERN'),
  v.description(
    '`METHODS /path`: `ANY` or a comma list; segments are literals, `*`, `{name}` or a final `**`.',
  ),
);
const duration = v.pipe(
  v.string('POLICY_DURATION'),
  v.regex(DURATION, 'POLICY_DURATION'),
  v.description('A whole number with its unit: 60s, 15m, 12h, 30d.'),
);
const durationFrom = (shortest: string, longest: string) =>
  v.pipe(
    duration,
    v.check((given) => isBetween(given, shortest, longest), 'POLICY_VALUE'),
    v.description(`A whole number with its unit, from ${shortest} to ${longest}.`),
  );
const scope = v.pipe(v.string(), v.regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'POLICY_VALUE'));
const pool = v.pipe(
  text,
  // A pool goes by its id, whichever of its two issuers signed.
  v.check((name) => poolOfIssuer(name) === null, 'POLICY_POOL'),
  v.description('A user pool id, or an issuer URL of `ISSUERS`.'),
);
const claimScalar = v.union([
  v.string(),
  v.boolean(),
  // A larger number would have been rounded before it is compared as text.
  v.pipe(
    v.number(),
    v.minValue(-Number.MAX_SAFE_INTEGER, 'POLICY_VALUE'),
    v.maxValue(Number.MAX_SAFE_INTEGER, 'POLICY_VALUE'),
  ),
]);

const condition = v.pipe(
  v.strictObject({
    groups: v.exactOptional(list(groupName)),
    domains: v.exactOptional(list(domainPattern)),
    scopes: v.exactOptional(list(scope)),
    clients: v.exactOptional(list(text)),
    pools: v.exactOptional(list(pool)),
    claims: v.exactOptional(
      v.pipe(
        v.record(text, v.union([claimScalar, list(claimScalar)])),
        nonEmptyMapping(),
        v.description('Claim name to the value it must have; of a list, any one.'),
      ),
    ),
    mfa: v.exactOptional(v.literal(true, 'POLICY_MFA_FALSE')),
    auth_age: v.exactOptional(v.pipe(duration, v.description('Longest time since the person signed in.'))),
    machine: v.exactOptional(v.boolean()),
  }),
  nonEmptyMapping(),
);

export const ruleSchema = v.strictObject({
  id: v.pipe(text, v.maxLength(128, 'POLICY_VALUE')),
  allow: v.exactOptional(list(routePattern)),
  deny: v.exactOptional(list(routePattern)),
  to: v.exactOptional(
    v.pipe(condition, v.description('Whom the rule is for; absent: every authenticated principal.')),
  ),
  unless: v.exactOptional(v.pipe(condition, v.description('Deny rules only: who is exempt.'))),
  where: v.exactOptional(
    v.pipe(
      v.record(text, v.pipe(v.string(), v.regex(/^\$\{claims\.[^{}$\s]+\}$/, 'POLICY_WHERE_VALUE'))),
      nonEmptyMapping(),
      v.description(
        'Allow rules only: a captured segment and the claim that it must equal, `${claims.NAME}`.',
      ),
    ),
  ),
});

const group = v.strictObject({
  precedence: v.exactOptional(wholeNumber(0, 2 ** 31 - 1)),
  role: v.exactOptional(v.pipe(v.string(), v.regex(IAM_ROLE, 'POLICY_ROLE'))),
  includes: v.exactOptional(list(groupName)),
  members: v.exactOptional(
    v.pipe(
      v.strictObject({
        domains: v.exactOptional(list(domainPattern)),
        idp: v.exactOptional(v.pipe(v.record(text, list(text)), nonEmptyMapping())),
      }),
      v.description(
        'Computed members: by the verified e-mail domain, or by identity provider group; not both.',
      ),
    ),
  ),
});

const poolAttribute = v.pipe(v.string(), v.regex(/^(?:custom:)?[\w-]{1,64}$/, 'POLICY_VALUE'));
const provider = v.strictObject({
  domains: v.pipe(
    list(domainPattern),
    v.description('The domains that this identity provider is trusted to vouch for.'),
  ),
  link: v.exactOptional(
    v.pipe(v.boolean(), v.description('Link a first sign-in to the account that has the same address.')),
  ),
  subject_attribute: v.exactOptional(
    v.pipe(
      poolAttribute,
      v.description('The attribute that the pool maps the provider’s subject to, in its own spelling.'),
    ),
  ),
  groups_attribute: v.exactOptional(
    v.pipe(poolAttribute, v.description('The attribute that the pool maps the provider’s groups to.')),
  ),
  claims: v.exactOptional(
    v.pipe(
      v.strictObject({
        email: v.exactOptional(text),
        groups: v.exactOptional(text),
        keep: v.exactOptional(list(text)),
      }),
      nonEmptyMapping(),
      v.description(
        'The claims, or SAML attributes, that the pool maps to `email` and to `groups_attribute` (default: `email`, `groups`); and those called `custom:…` or `cognito:…` that pass.',
      ),
    ),
  ),
});

const method = v.picklist(['email_otp', 'magic_link']);
const signIn = v.strictObject({
  methods: list(method),
  otp: v.exactOptional(
    v.strictObject({
      digits: v.exactOptional(wholeNumber(6, 12)),
      // At most what NIST SP 800-63B gives a code (contracts G3).
      ttl: v.exactOptional(durationFrom('1m', '10m')),
      attempts: v.exactOptional(wholeNumber(1, 10)),
    }),
  ),
  magic_link: v.exactOptional(
    v.strictObject({
      // No session of Cognito lives longer, and `same_browser` and `after_srp` need the one that asked.
      ttl: v.exactOptional(durationFrom('1m', '15m')),
      redirect_uris: list(v.pipe(v.string(), v.check(isRedirectUri, 'POLICY_REDIRECT_URI'))),
      same_browser: v.exactOptional(v.boolean()),
    }),
  ),
  // Longer than Cognito repeats an event for, so that a repeat finds the mail that has gone out (contracts B1).
  resend_after: v.exactOptional(durationFrom('30s', '15m')),
  rules: v.exactOptional(
    list(
      v.strictObject({
        clients: v.exactOptional(list(text)),
        domains: v.exactOptional(list(domainPattern)),
        methods: list(method),
        after_srp: v.exactOptional(v.boolean()),
      }),
    ),
  ),
});

export const policySchema = v.strictObject({
  version: v.literal(1, 'POLICY_VERSION'),
  domains: v.exactOptional(
    v.pipe(
      v.strictObject({
        allow: v.exactOptional(list(domainPattern)),
        deny: v.exactOptional(list(domainPattern)),
        disposable: v.exactOptional(v.picklist(['allow', 'deny'])),
        plus_addressing: v.exactOptional(v.picklist(['allow', 'deny'])),
      }),
      v.description('Who may hold an account: checked at sign-up, at token issue and by the authorizer.'),
    ),
  ),
  providers: v.exactOptional(v.record(text, provider)),
  groups: v.exactOptional(v.record(groupName, group)),
  rules: v.exactOptional(list(ruleSchema)),
  sign_up: v.exactOptional(
    v.strictObject({
      mode: v.exactOptional(v.picklist(['open', 'invite'])),
      auto_confirm: v.exactOptional(v.boolean()),
    }),
  ),
  confirmed: v.exactOptional(
    v.strictObject({ groups: v.exactOptional(list(groupName)), welcome: v.exactOptional(v.boolean()) }),
  ),
  tokens: v.exactOptional(
    v.strictObject({
      claims: v.exactOptional(
        v.record(
          v.pipe(
            text,
            v.check((name) => !isReservedClaim(name), 'POLICY_RESERVED_CLAIM'),
          ),
          v.union([
            v.pipe(v.string(), v.regex(/^(?:[^$]|\$(?!\{)|\$\{user\.[^{}$\s]+\})*$/, 'POLICY_TEMPLATE')),
            v.boolean(),
            v.pipe(v.number(), v.finite('POLICY_TEMPLATE')),
          ]),
        ),
      ),
      scopes: v.exactOptional(v.record(groupName, list(scope))),
    }),
  ),
  sign_in: v.exactOptional(signIn),
  messages: v.exactOptional(
    v.record(v.picklist(DECISION_CODES), v.pipe(text, v.maxLength(256, 'POLICY_VALUE'))),
  ),
});

/** A policy as its file says it, checked. */
export type Policy = v.InferOutput<typeof policySchema>;
export type PolicyRule = v.InferOutput<typeof ruleSchema>;
export type PolicyCondition = v.InferOutput<typeof condition>;

/** `https:` (or `http:` on loopback), exact: no fragment, no user information, no wildcard. */
function isRedirectUri(uri: string): boolean {
  if (!URL.canParse(uri) || /[#*]/.test(uri)) return false;
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || isLoopbackHttp(url);
}

/** True also for what is no duration, which has its own error. */
function isBetween(given: string, shortest: string, longest: string): boolean {
  if (!DURATION.test(given)) return true;
  return secondsOf(given) >= secondsOf(shortest) && secondsOf(given) <= secondsOf(longest);
}
