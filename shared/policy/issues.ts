/** What can be wrong with a policy file: stable codes, and issues with the place and the way to mend them. */

export type PolicyIssueCode =
  | 'POLICY_YAML'
  | 'POLICY_ALIAS'
  | 'POLICY_DUPLICATE_KEY'
  | 'POLICY_TOO_LARGE'
  | 'POLICY_TOO_DEEP'
  | 'POLICY_VERSION'
  | 'POLICY_UNKNOWN_KEY'
  | 'POLICY_MISSING_KEY'
  | 'POLICY_TYPE'
  | 'POLICY_VALUE'
  | 'POLICY_EMPTY'
  | 'POLICY_PATTERN'
  | 'POLICY_VARIABLE_TWICE'
  | 'POLICY_DOMAIN'
  | 'POLICY_DURATION'
  | 'POLICY_GROUP_NAME'
  | 'POLICY_ROLE'
  | 'POLICY_POOL'
  | 'POLICY_TEMPLATE'
  | 'POLICY_RESERVED_CLAIM'
  | 'POLICY_REDIRECT_URI'
  | 'POLICY_MFA_FALSE'
  | 'POLICY_RULE_EFFECT'
  | 'POLICY_DUPLICATE_ID'
  | 'POLICY_WHERE_ON_DENY'
  | 'POLICY_WHERE_UNBOUND'
  | 'POLICY_WHERE_VALUE'
  | 'POLICY_UNLESS_ON_ALLOW'
  | 'POLICY_UNDEFINED_GROUP'
  | 'POLICY_UNDEFINED_PROVIDER'
  | 'POLICY_INCLUDES_CYCLE'
  | 'POLICY_MEMBERS'
  | 'POLICY_COMPUTED_GROUP'
  | 'POLICY_GUESSABLE';

/** A place in the document: the keys and indexes that lead to it. */
export type Path = readonly (string | number)[];

/** An issue where it was found, before it is known which line that is. */
export interface LocatedIssue {
  code: PolicyIssueCode;
  message: string;
  hint: string;
  path: Path;
  /** Point at the key of the last step, not at its value. */
  atKey?: boolean;
}

/** An issue as people and tools read it. Lines and columns count from 1. */
export interface PolicyIssue {
  code: PolicyIssueCode;
  file: string;
  line: number;
  column: number;
  message: string;
  hint: string;
}
