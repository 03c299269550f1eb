/**
 * Defects that the differential tests must find: each is one change in the text of one file of shared/policy, built
 * into a pipeline of its own.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { judgeOf } from './pipeline.ts';

export interface Defect {
  name: string;
  file: string;
  /** Stands in the file exactly once. */
  from: string;
  to: string;
}

export const DEFECTS: Defect[] = [
  {
    name: 'a deny rule is ignored where its `to` is unknown',
    file: 'decide.ts',
    from: 'allOf(truths(to)) !== false &&',
    to: 'allOf(truths(to)) === true &&',
  },
  {
    name: 'an `unless` that is unknown exempts',
    file: 'decide.ts',
    from: 'rule.unless && allOf(truths(unless)) === true',
    to: 'rule.unless && allOf(truths(unless)) !== false',
  },
  {
    name: '`where` is compared case-insensitively',
    file: 'decide.ts',
    from: 'segment === value',
    to: 'segment?.toLowerCase() === value.toLowerCase()',
  },
  {
    name: '`where` takes a claim that is no text',
    file: 'decide.ts',
    from: "typeof value === 'string' && segment === value",
    to: 'segment === String(value)',
  },
  {
    name: '`where` is not looked at',
    file: 'decide.ts',
    from: 'where.every(({ matches }) => matches)',
    to: 'true',
  },
  {
    name: 'a foreign issuer need not be named',
    file: 'decide.ts',
    from: '!principal.foreign ||',
    to: 'true ||',
  },
  {
    name: 'a machine stands before the domain gate',
    file: 'decide.ts',
    from: "principal.kind === 'machine' ? null : domainRefusal",
    to: 'domainRefusal',
  },
  {
    name: '`domains.deny` does not beat `domains.allow`',
    file: 'decide.ts',
    from: 'domains.deny && domainMatches(domains.deny, domain)',
    to: 'domains.deny && !domains.allow && domainMatches(domains.deny, domain)',
  },
  {
    name: 'allow beats deny',
    file: 'compile.ts',
    from: 'Number(!a.deny) - Number(!b.deny)',
    to: 'Number(!b.deny) - Number(!a.deny)',
  },
  {
    name: 'the first rule of the file is named, not the smallest id',
    file: 'compile.ts',
    from: '|| (a.id < b.id ? -1 : 1)',
    to: '',
  },
  {
    name: 'a trailing slash is kept',
    file: 'path.ts',
    from: "path.endsWith('/') ? path.slice(1, -1) : path.slice(1)",
    to: 'path.slice(1)',
  },
  {
    name: 'a path is decoded twice',
    file: 'path.ts',
    from: 'return decodeURIComponent(raw);',
    to: 'return decodeURIComponent(decodeURIComponent(raw));',
  },
  {
    name: 'a `;` in a path is nothing special',
    file: 'path.ts',
    from: '*?;{}',
    to: '*?{}',
  },
  {
    name: '`**` needs a segment',
    file: 'routes.ts',
    from: 'for (const route of node.rests)',
    to: 'if (depth < segments.length) for (const route of node.rests)',
  },
  {
    name: 'a pattern matches what begins with it',
    file: 'routes.ts',
    from: 'if (segment === undefined) {\n    for (const route of node.ends) found.push(route);\n    return;\n  }',
    to: 'for (const route of node.ends) found.push(route);\n  if (segment === undefined) return;',
  },
  {
    name: 'literals are compared case-insensitively',
    file: 'routes.ts',
    from: 'Object.hasOwn(node.literals, segment) ? node.literals[segment] : undefined',
    to: 'Object.entries(node.literals).find(([text]) => text.toLowerCase() === segment.toLowerCase())?.[1]',
  },
  {
    name: 'a literal of a pattern is not decoded',
    file: 'pattern.ts',
    from: 'const text = decodeSegment(word);',
    to: 'const text = word;',
  },
  {
    name: '`ANY` includes CONNECT',
    file: 'compile.ts',
    from: 'verbs: pattern.verbs,',
    to: "verbs: pattern.verbs.length === 7 ? [...pattern.verbs, 'CONNECT'] : pattern.verbs,",
  },
  {
    name: '`includes` is not transitive',
    file: 'memberships.ts',
    from: 'for (const name of reached) {',
    to: 'for (const name of names) {',
  },
  {
    name: 'the listing is trusted for a group by domain',
    file: 'memberships.ts',
    from: 'listed.filter((name) => !isDomainGroup(policy, name))',
    to: 'listed',
  },
  {
    name: 'without a domain nobody is in a group by domain',
    file: 'memberships.ts',
    from: 'principal.domain === null ? domainGroups : []',
    to: '[]',
  },
  {
    name: 'a listing that cannot be read lists nothing',
    file: 'memberships.ts',
    from: "principal.groups === 'unknown' ? Object.keys(groups) : []",
    to: '[]',
  },
  {
    name: '`auth_age` forgets the cache',
    file: 'conditions.ts',
    from: 'usableUntilSeconds - authTime <= ageSeconds',
    to: 'nowSeconds - authTime <= ageSeconds',
  },
  {
    name: '`auth_age` is false at exactly the age',
    file: 'conditions.ts',
    from: 'authTime <= ageSeconds',
    to: 'authTime < ageSeconds',
  },
  {
    name: 'a sign-in in the future is a recent one',
    file: 'conditions.ts',
    from: 'authTime <= nowSeconds && ',
    to: '',
  },
  {
    name: 'a scope is found within another',
    file: 'conditions.ts',
    from: 'had.includes(each)',
    to: "had.join(' ').includes(each)",
  },
  {
    name: 'without a scope claim scopes are known to be none',
    file: 'conditions.ts',
    from: "principal.scopes === null ? 'unknown'",
    to: 'principal.scopes === null ? false',
  },
  {
    name: 'every element of a list claim must be wanted',
    file: 'conditions.ts',
    from: 'value.some((element)',
    to: 'value.every((element)',
  },
  {
    name: 'a number is not compared as text',
    file: 'conditions.ts',
    from: 'isScalar(value) ? wanted.includes(String(value))',
    to: 'isScalar(value) ? wanted.includes(value as string)',
  },
  {
    name: 'a federated second factor counts',
    file: 'conditions.ts',
    from: " && !amr.includes('fed')",
    to: '',
  },
  {
    name: '`*.a.io` matches whatever ends so',
    file: 'domain.ts',
    from: "domain.indexOf('.', dot + 1)) {",
    to: "-1) {\n    if (Object.keys(patterns).some((each) => each.startsWith('*.') && domain.endsWith(each.slice(2)))) return true;",
  },
  {
    name: '`*.a.io` matches one label only',
    file: 'domain.ts',
    from: "dot = domain.indexOf('.', dot + 1)) {",
    to: 'dot = -1) {',
  },
  {
    name: 'an unverified address has a domain',
    file: 'principal.ts',
    from: "if (!emailVerified) return { email, emailVerified, domain: null, domainFlaw: 'email_unverified' };",
    to: '',
  },
  {
    name: 'a token with a user name can be a machine',
    file: 'principal.ts',
    from: " &&\n    !Object.hasOwn(claims, 'username')",
    to: '',
  },
  {
    name: 'the stamp is preferred to the address',
    file: 'principal.ts',
    from: "if (Object.hasOwn(claims, 'email')) return",
    to: "if (Object.hasOwn(claims, 'email') && !Object.hasOwn(claims, 'gatehouse_domain')) return",
  },
  {
    name: 'an address that nobody has verified is evidence',
    file: 'claims.ts',
    from: 'USER_WRITTEN.includes(name) && !isVerified(claim(claims, verifiedFlag(name)))',
    to: 'false',
  },
];

const ROOT = join(import.meta.dirname, '..', '..');

/** Builds the pipeline with a defect in it. Within the repository, so that packages are found from there. */
export async function planted({ file, from, to }: Defect, folder: string): Promise<typeof judgeOf> {
  const outfile = join(mkdtempSync(join(folder, 'defect-')), 'pipeline.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'pipeline.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    plugins: [
      {
        name: 'plant',
        setup: ({ onLoad }) => {
          onLoad({ filter: /shared\/policy\/[^/]+\.ts$/ }, ({ path }) => {
            if (basename(path) !== file) return undefined;
            const text = readFileSync(path, 'utf8');
            if (text.split(from).length !== 2) throw new Error(`\`${from}\` does not stand once in ${file}`);
            return { contents: text.replace(from, () => to), loader: 'ts', resolveDir: dirname(path) };
          });
        },
      },
    ],
  });
  const { judgeOf: defective } = (await import(pathToFileURL(outfile).href)) as {
    judgeOf: typeof judgeOf;
  };
  return defective;
}

/** A folder for what is built, and how to be rid of it. */
export function plantingFolder(): { folder: string; remove: () => void } {
  const parent = join(ROOT, '.local');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'planted-'));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
