/** The routes that an API declares, as API Gateway writes them: `GET /articles/{id}`, `ANY /{proxy+}`. */

import { HTTP_VERBS, type Verb } from '../pattern.ts';
import { ONE, STAR, type Token } from './language.ts';

export interface DeclaredRoute {
  verbs: readonly Verb[];
  language: Token[];
}

/** Null for what is no route. `{proxy+}` stands last and takes one segment or more (contracts A10). */
export function parseDeclaredRoute(text: string): DeclaredRoute | null {
  const [, method = '', path = ''] = /^([A-Z]+) (\/\S*)$/.exec(text) ?? [];
  const verbs = method === 'ANY' ? HTTP_VERBS : HTTP_VERBS.filter((verb) => verb === method);
  const words = path === '/' ? [] : path.slice(1).split('/');
  const tokens = words.map((word, index) => tokensOf(word, index === words.length - 1));
  if (verbs.length === 0 || tokens.includes(null)) return null;
  return { verbs, language: tokens.flatMap((each) => each ?? []) };
}

function tokensOf(word: string, last: boolean): Token[] | null {
  if (/^\{[\w.-]+\}$/.test(word)) return [ONE];
  if (/^\{[\w.-]+\+\}$/.test(word)) return last ? [ONE, STAR] : null;
  return word === '' || /[{}*?]/.test(word) ? null : [word];
}
