/** The compiled policy: plain JSON, all that a decision needs, nothing to parse or resolve. */

import type { DecisionCode } from './codes.ts';
import type { DomainSet } from './domain.ts';
import type { Verb } from './pattern.ts';

export interface Artefact {
  format: 1;
  domains: {
    /** Absent: every domain. */
    allow?: DomainSet;
    deny?: DomainSet;
    disposable: 'allow' | 'deny';
    plusAddressing: 'allow' | 'deny';
  };
  providers: Record<string, CompiledProvider>;
  groups: Record<string, CompiledGroup>;
  /** The groups whose members are computed from the verified domain. */
  domainGroups: string[];
  /** True if the domain decides anything after sign-up, so that tokens must carry it. */
  usesDomain: boolean;
  /** In the order in which they are asked: deny rules first, each kind by id. */
  rules: CompiledRule[];
  routes: RouteNode;
  signUp: { mode: 'open' | 'invite'; autoConfirm: boolean };
  confirmed: { groups: string[]; welcome: boolean };
  tokens: { claims: Record<string, string | number | boolean>; scopes: Record<string, string[]> };
  signIn?: CompiledSignIn;
  messages: Partial<Record<DecisionCode, string>>;
}

export interface CompiledProvider {
  domains: DomainSet;
  link: boolean;
  /** Of the pool: where the provider's subject is, in its own spelling. */
  subjectAttribute?: string;
  /** Of the pool: where the provider's groups are. */
  groupsAttribute?: string;
  /** What the provider calls these; and what passes although it is named like an attribute of the pool's own. */
  claims: { email: string; groups: string; keep: string[] };
}

export interface CompiledGroup {
  precedence?: number;
  role?: string;
  includes: string[];
  memberDomains?: DomainSet;
  /** Identity provider to the provider's groups that count. */
  memberIdp?: Record<string, string[]>;
}

export type SignInMethod = 'email_otp' | 'magic_link';

export interface CompiledSignIn {
  methods: SignInMethod[];
  /** `attempts`: wrong answers after which a code is dead. */
  otp: { digits: number; ttlSeconds: number; attempts: number };
  /** There if a method asks for it. */
  magicLink?: { ttlSeconds: number; redirectUris: string[]; sameBrowser: boolean };
  /** How long a user waits for the next mail. */
  resendAfterSeconds: number;
  /** The first that is for the client and the domain decides. */
  rules: { clients?: string[]; domains?: DomainSet; methods: SignInMethod[]; afterSrp: boolean }[];
}

export interface CompiledRule {
  id: string;
  effect: 'allow' | 'deny';
  to?: CompiledCondition;
  unless?: CompiledCondition;
}

/** The keys of a condition, values in the form in which they are compared. */
export interface CompiledCondition {
  groups?: string[];
  domains?: DomainSet;
  scopes?: string[];
  clients?: string[];
  pools?: string[];
  claims?: { name: string; values: string[] }[];
  mfa?: true;
  authAgeSeconds?: number;
  machine?: boolean;
}

/** A step in the tree of all patterns: what is reached by one more segment, and what ends here. */
export interface RouteNode {
  literals: Record<string, RouteNode>;
  any?: RouteNode;
  /** Patterns that end at this node. */
  ends: Route[];
  /** Patterns that take the rest of the path from here (`**`). */
  rests: Route[];
}

/** One pattern of one rule. */
export interface Route {
  /** Index into `rules`. */
  rule: number;
  /** Index into the rule's list of patterns. */
  pattern: number;
  verbs: readonly Verb[];
  /** What `where` binds: the segment at this index must equal this claim. */
  binds: Bind[];
}

export interface Bind {
  variable: string;
  segment: number;
  claim: string;
}
