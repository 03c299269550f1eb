/**
 * The policy's meaning a second time: docs/policy.md read aloud, for `decide` to be compared with. It takes the plain
 * object that `yaml` makes of a policy, is in no hurry, and imports nothing of ours. Takes valid policies only; other
 * issuers' tokens are taken to have no `map`. Truth is `true`, `false`, or `undefined` for unknown.
 */

import { domainToASCII, domainToUnicode } from 'node:url';

type Json = Record<string, unknown>;
type Truth = boolean | undefined;

interface Condition {
  groups?: string[];
  domains?: string[];
  scopes?: string[];
  clients?: string[];
  pools?: string[];
  claims?: Record<string, unknown>;
  mfa?: true;
  auth_age?: string;
  machine?: boolean;
}

interface Rule {
  id: string;
  allow?: string[];
  deny?: string[];
  to?: Condition;
  unless?: Condition;
  where?: Record<string, string>;
}

interface Policy {
  domains?: { allow?: string[]; deny?: string[] };
  groups?: Record<string, { includes?: string[]; members?: { domains?: string[] } }>;
  rules?: Rule[];
}

type Question = { policy: Policy; claims: Json; now: number; ttl: number };

const HTTP_VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const COGNITO =
  /^https:\/\/(?:issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/([a-z]+(?:-[a-z]+)+-\d_\w+)$/;

/** `effect code rule`, as in test/cases/decide.yml. */
export function naive(policy: Policy, claims: Json, request: string, when: { now: number; ttl: number }) {
  const [verb = '', path = ''] = request.split(' ');
  const segments = readPath(path);
  if (!segments) return 'deny path_ambiguous null';
  if (verb !== 'CONNECT' && !HTTP_VERBS.includes(verb)) return 'deny verb_unknown null';

  const question = { policy, claims, ...when };
  const { allow, deny } = policy.domains ?? {};
  if ((allow || deny) && !isMachine(claims)) {
    const { domain, flaw } = mailOf(claims);
    if (domain === null) return `deny ${flaw} null`;
    if (deny?.some((each) => inDomain(domain, each))) return 'deny domain_denied null';
    if (allow && !allow.some((each) => inDomain(domain, each))) return 'deny domain_denied null';
  }

  const applying = (policy.rules ?? []).filter((rule) => applies(rule, question, verb, segments));
  const smallest = (rules: Rule[]) => rules.map(({ id }) => id).reduce((a, b) => (a < b ? a : b));
  const denies = applying.filter((rule) => rule.deny);
  if (denies.length > 0) return `deny denied_by_rule ${smallest(denies)}`;
  if (applying.length > 0) return `allow allowed ${smallest(applying)}`;
  return 'deny no_rule null';
}

function applies(rule: Rule, question: Question, verb: string, segments: string[]): boolean {
  const { claims } = question;
  const matches = (rule.allow ?? rule.deny ?? []).flatMap((each) => {
    const captured = match(each, verb, segments);
    return captured ? [captured] : [];
  });
  if (matches.length === 0) return false;
  const to = rule.to ? condition(rule.to, question) : true;
  if (rule.deny) return to !== false && !(rule.unless && condition(rule.unless, question) === true);
  const bound = matches.some((captured) =>
    Object.entries(rule.where ?? {}).every(([variable, reference]) => {
      const value = evidence(claims, reference.slice('${claims.'.length, -1));
      return typeof value === 'string' && value !== '' && captured[variable] === value;
    }),
  );
  const named = !isForeign(claims) || rule.to?.pools?.includes(String(claims['iss'])) === true;
  return to === true && bound && named;
}

/** The captured segments, or null if the pattern is for something else. */
function match(pattern: string, verb: string, segments: string[]): Record<string, string> | null {
  const [verbs = '', path = ''] = pattern.split(/ +/);
  if (!(verbs === 'ANY' ? HTTP_VERBS : verbs.split(',')).includes(verb)) return null;
  const words = path === '/' ? [] : path.slice(1).split('/');
  const rest = words.at(-1) === '**';
  if (rest) words.pop();
  if (rest ? segments.length < words.length : segments.length !== words.length) return null;
  const captured: Record<string, string> = {};
  for (const [index, word] of words.entries()) {
    const segment = segments[index] as string;
    if (word.startsWith('{')) captured[word.slice(1, -1)] = segment;
    else if (word !== '*' && decodeURIComponent(word) !== segment) return null;
  }
  return captured;
}

function readPath(path: string): string[] | null {
  if (!path.startsWith('/')) return null;
  if (path === '/') return [];
  try {
    const segments = path.replace(/\/$/, '').slice(1).split('/').map(decodeURIComponent);
    segments.forEach(encodeURIComponent); // throws for half a character
    return segments.some((each) => /^\.{0,2}$|[/\\%*?;{}\p{Cc}]/u.test(each)) ? null : segments;
  } catch {
    return null;
  }
}

/** One false makes all false, else one unknown makes all unknown. */
function condition(wanted: Condition, question: Question): Truth {
  const truths = keysOf(wanted, question);
  return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
}

function keysOf(wanted: Condition, { policy, claims, now, ttl }: Question): Truth[] {
  const machine = isMachine(claims);
  const truths: Truth[] = [];
  if (wanted.groups) {
    const member = machine ? [false] : wanted.groups.map((name) => isMember(name, policy, claims));
    truths.push(member.includes(true) ? true : member.includes(undefined) ? undefined : false);
  }
  if (wanted.domains) {
    const { domain } = mailOf(claims);
    const inOne = domain === null ? undefined : wanted.domains.some((each) => inDomain(domain, each));
    truths.push(machine ? false : inOne);
  }
  if (wanted.scopes) {
    const scope = isForeign(claims) ? undefined : claims['scope'];
    const had = typeof scope === 'string' ? scope.split(' ') : undefined;
    truths.push(had && wanted.scopes.some((each) => had.includes(each)));
  }
  if (wanted.clients) truths.push(oneOf(wanted.clients, clientOf(claims)));
  if (wanted.pools) truths.push(oneOf(wanted.pools, poolOf(claims)));
  for (const [name, value] of Object.entries(wanted.claims ?? {})) {
    const texts = [value].flat().map(String);
    const has = evidence(claims, name);
    if (Array.isArray(has)) truths.push(has.some((each) => !isNothing(each) && texts.includes(String(each))));
    else truths.push(isNothing(has) ? undefined : texts.includes(String(has)));
  }
  if (wanted.mfa) {
    const amr = claims['amr'];
    const had = (names: string[]) => Array.isArray(amr) && names.some((name) => amr.includes(name));
    const second = Array.isArray(amr) ? had(['mfa', 'swk', 'hwk']) && !had(['fed']) : undefined;
    truths.push(machine ? false : second);
  }
  if (wanted.auth_age) {
    const unit = { s: 1, m: 60, h: 3600, d: 86400 }[wanted.auth_age.at(-1) as 's' | 'm' | 'h' | 'd'];
    const oldest = now + ttl - parseInt(wanted.auth_age, 10) * unit;
    const time = claims['auth_time'];
    const known = typeof time === 'number' && Number.isFinite(time);
    truths.push(machine ? false : known ? time <= now && time >= oldest : undefined);
  }
  if (wanted.machine !== undefined) truths.push(wanted.machine === machine);
  return truths;
}

/** In the group itself, or in one that includes it. */
function isMember(name: string, policy: Policy, claims: Json): Truth {
  const groups = policy.groups ?? {};
  const domains = groups[name]?.members?.domains;
  const { domain } = mailOf(claims);
  const listed = isForeign(claims) ? [] : (claims['cognito:groups'] ?? []);
  const byDomain = domains && (domain === null ? undefined : domains.some((each) => inDomain(domain, each)));
  const byListing = Array.isArray(listed) ? listed.includes(name) : undefined;
  const including = Object.keys(groups).filter((other) => groups[other]?.includes?.includes(name));
  const truths = [
    domains ? byDomain : byListing,
    ...including.map((other) => isMember(other, policy, claims)),
  ];
  return truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
}

function oneOf(wanted: string[], had: unknown): Truth {
  return typeof had === 'string' && had !== '' ? wanted.includes(had) : undefined;
}

/** Null and objects are no evidence. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'object';
}

/** Not what users write themselves and nobody has verified; nor what Cognito decides by, from somebody else. */
function evidence(claims: Json, name: string): unknown {
  if (!Object.hasOwn(claims, name)) return undefined;
  const cognitos = /^(cognito:.*|(email|phone_number)(_verified)?|scope|gatehouse_domain)$/s;
  if (isForeign(claims) && cognitos.test(name)) return undefined;
  const ofUser = name === 'email' || name === 'phone_number';
  return ofUser && !isYes(claims[`${name}_verified`]) ? undefined : claims[name];
}

function isYes(value: unknown): boolean {
  return value === true || value === 'true';
}

function poolOf({ iss }: Json): unknown {
  return typeof iss === 'string' ? (COGNITO.exec(iss)?.[1] ?? iss) : undefined;
}

function isForeign({ iss }: Json): boolean {
  return iss !== undefined && !COGNITO.test(String(iss));
}

function tokenUse(claims: Json): unknown {
  if ('token_use' in claims) return claims['token_use'];
  return 'aud' in claims || 'cognito:username' in claims ? 'id' : 'access';
}

function isMachine(claims: Json): boolean {
  const { sub, client_id } = claims;
  if (isForeign(claims) || tokenUse(claims) !== 'access' || 'username' in claims) return false;
  return typeof sub === 'string' && sub !== '' && sub === client_id;
}

function clientOf(claims: Json): unknown {
  if (isForeign(claims)) return claims['client_id'] ?? claims['azp'];
  const use = tokenUse(claims);
  return use === 'id' ? claims['aud'] : use === 'access' ? claims['client_id'] : undefined;
}

function mailOf(claims: Json): { domain: string | null; flaw: string } {
  const { email, email_verified: verified, gatehouse_domain: stamp } = claims;
  const none = { domain: null, flaw: 'email_missing' };
  if (isForeign(claims) || isMachine(claims)) return none;
  if ('email' in claims) {
    if (typeof email !== 'string' || email === '') return none;
    return isYes(verified)
      ? { domain: domainOf(email), flaw: 'domain_denied' }
      : { ...none, flaw: 'email_unverified' };
  }
  if (typeof stamp !== 'string' || stamp === '') return none;
  return { domain: domainOf(`x@${stamp}`) === stamp ? stamp : null, flaw: 'domain_denied' };
}

/** Of a plain mailbox. Node's IDNA maps what IDNA2008 refuses, so a name that it would change is refused here. */
function domainOf(address: string): string | null {
  const [local = '', host, ...more] = address.split('@');
  if (host === undefined || more.length > 0 || !/^[^\s".()<>,:;[\]\\]+(\.[^\s".()<>,:;[\]\\]+)*$/.test(local))
    return null;
  const folded = host.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(/\.$/, '');
  const ascii = domainToASCII(folded);
  const unmapped = folded === ascii || folded === domainToUnicode(ascii);
  const labels = ascii.split('.');
  const plain = labels.every(
    (label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) && !/^(?!xn)..--/.test(label),
  );
  return unmapped && plain && labels.length > 1 && /[^0-9]/.test(labels.at(-1) ?? '') ? ascii : null;
}

/** Whole labels: `*.` stands for one or more of them. */
function inDomain(domain: string, pattern: string): boolean {
  const wild = pattern.startsWith('*.');
  const host = domainToASCII(wild ? pattern.slice(2) : pattern);
  return wild ? domain.endsWith(`.${host}`) : domain === host;
}
