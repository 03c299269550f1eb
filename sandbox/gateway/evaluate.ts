/** How API Gateway reads the policy that an authorizer has answered: IAM's rules, for one ARN. */

export interface PolicyStatement {
  Action: string | readonly string[];
  Effect: 'Allow' | 'Deny';
  Resource: string | readonly string[];
}

export interface PolicyDocument {
  Statement: readonly PolicyStatement[];
}

const INVOKE = 'execute-api:invoke';

/** Deny beats allow; what no statement names is denied all the same (contracts A9). Pure. */
export function evaluateDocument(
  document: PolicyDocument,
  methodArn: string,
): 'allow' | 'deny' | 'implicit-deny' {
  let allowed = false;
  for (const statement of document.Statement) {
    if (allowed && statement.Effect === 'Allow') continue;
    if (!applies(statement, methodArn)) continue;
    if (statement.Effect === 'Deny') return 'deny';
    allowed = true;
  }
  return allowed ? 'allow' : 'implicit-deny';
}

function applies({ Action, Resource }: PolicyStatement, methodArn: string): boolean {
  const actions = typeof Action === 'string' ? [Action] : Action;
  // The names of actions are the same in any case; resources are not.
  if (!actions.some((action) => iamMatch(action.toLowerCase(), INVOKE))) return false;
  if (typeof Resource === 'string') return iamMatch(Resource, methodArn);
  return Resource.some((resource) => iamMatch(resource, methodArn));
}

const STAR = 0x2a;
const QUESTION_MARK = 0x3f;
const WILDCARD = /[*?]/;

/** `*` is any run of characters, `/` and `:` included; `?` is exactly one. */
export function iamMatch(pattern: string, text: string): boolean {
  const plain = pattern.search(WILDCARD);
  if (plain < 0) return pattern === text;
  if (!text.startsWith(pattern.slice(0, plain))) return false;
  let at = plain;
  let next = plain;
  let star = -1;
  let starEnd = 0;
  while (next < text.length) {
    // NaN past the end, which equals nothing.
    const wanted = pattern.charCodeAt(at);
    if (wanted === STAR) {
      star = at++;
      starEnd = next;
    } else if (wanted === QUESTION_MARK) {
      at += 1;
      // A character beyond the basic plane is one character.
      next += (text.codePointAt(next) ?? 0) > 0xffff ? 2 : 1;
    } else if (wanted === text.charCodeAt(next)) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      // The last run takes one more character, and what follows it is tried again.
      at = star + 1;
      next = ++starEnd;
    } else return false;
  }
  while (pattern.charCodeAt(at) === STAR) at += 1;
  return at === pattern.length;
}
