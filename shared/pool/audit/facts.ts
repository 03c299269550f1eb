/** What an audit looks at: settings as AWS describes them. No users, no secrets. */

import type { IdentityPool, RoleMapping } from '@aws-sdk/client-cognito-identity';
import type {
  GetUserPoolMfaConfigResponse,
  GroupType,
  IdentityProviderType,
  UserPoolClientType,
  UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Policy } from '../../policy/schema.ts';
import type { AuthorizerConfig } from '../../runtime/config.ts';
import type { IamStatement } from './iam-document.ts';

/** The parts of an audit by name; each is read by itself, and may be out of reach by itself. */
export interface FactValues {
  settings: AuditSettings;
  policy: Policy;
  pool: UserPoolType;
  mfa: MfaSettings;
  clients: AppClient[];
  groups: GroupType[];
  providers: Provider[];
  triggers: TriggerFunction[];
  identityPool: IdentityPoolFacts;
  roles: Role[];
  apis: Api[];
  /** Of the stage that is named. */
  cachedRoutes: CachedRoute[];
  /** Null: a function that is no authorizer of Gatehouse's, or not of this pool. */
  authorizers: ReadonlyMap<string, AuthorizerConfig | null>;
}

export type PartName = keyof FactValues;

export type Facts = { [N in PartName]: Part<FactValues[N]> };

export interface Part<T> {
  /** Null: nobody asked for it, or nothing of it could be read. */
  value: T | null;
  /** What is missing of it. A part with gaps is never called fine. */
  gaps: Gap[];
}

export interface Gap {
  kind: 'not_given' | 'unreadable';
  /** What is missing: `lambda:GetPolicy of arn:…`, or `the identity pool`. */
  what: string;
  /** AWS's name for the error, or how to ask for it. */
  why: string;
}

/** What only the person who asks can know. */
export interface AuditSettings {
  /** Hosts to which tokens and people may be sent; empty: as most URLs have it. `*.example.com` is every subdomain. */
  hosts: string[];
  /** Routes that are meant to be open, as findings print them: `GET /health`. */
  openRoutes: string[];
}

export type MfaSettings = Omit<GetUserPoolMfaConfigResponse, '$metadata'>;

export type AppClient = Omit<UserPoolClientType, 'ClientSecret'>;

/** `ProviderDetails`, which holds secrets, is never kept. */
export type Provider = Pick<IdentityProviderType, 'ProviderName' | 'ProviderType' | 'AttributeMapping'>;

export interface TriggerFunction {
  /** The pool's slots that call it: `PreSignUp`. */
  slots: string[];
  /** As the pool names it, with version or alias. */
  arn: string;
  /** Of its resource policy; none if it has no policy, or is not there. */
  statements: IamStatement[];
}

export interface IdentityPoolFacts {
  pool: IdentityPool;
  /** By `authenticated` and `unauthenticated`. */
  roles: Record<string, string>;
  roleMappings: Record<string, RoleMapping>;
}

/** A role that the identity pool can give, or that a group has. */
export interface Role {
  arn: string;
  /** Who gets it: `authenticated identities`, `group admin`. */
  givenTo: string[];
  guests: boolean;
  trust: IamStatement[];
  /** By the policy that says them, inline or managed. */
  permissions: { policy: string; statements: IamStatement[] }[];
}

export interface Api {
  kind: 'REST' | 'HTTP' | 'WEBSOCKET';
  id: string;
  name: string;
  routes: ApiRoute[];
  authorizers: ApiAuthorizer[];
  /** HTTP APIs: the API itself answers a browser's preflight. */
  cors: boolean;
}

export interface ApiRoute {
  /** `GET /items/{id}`, `ANY /{proxy+}`, `$default`, `$connect`. */
  key: string;
  /** `NONE`, `CUSTOM`, `AWS_IAM`, `COGNITO_USER_POOLS`, `JWT`. */
  authorization: string;
  authorizerId: string | null;
  apiKeyRequired: boolean;
}

export interface ApiAuthorizer {
  id: string;
  name: string;
  /** `TOKEN`, `REQUEST`, `COGNITO_USER_POOLS`, `JWT`. */
  type: string;
  /** Seconds; the service's default where the API says nothing. */
  ttlSeconds: number;
  identitySources: string[];
  /** The Lambda function; null for other kinds, and where a stage variable names it. */
  functionArn: string | null;
  /** HTTP APIs. */
  payloadVersion: string | null;
  simpleResponses: boolean;
}

/** REST: a route whose responses a stage keeps, for whoever calls next. */
export interface CachedRoute {
  apiId: string;
  key: string;
  authorization: string;
  /** What its responses are told apart by: `method.request.header.Authorization`. */
  keyParameters: string[];
}
