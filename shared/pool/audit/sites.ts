/** Which hosts are one's own: those that somebody names, or those that most URLs have. */

/** Here a host beside one's own is a stranger's. */
const SHARED_HOSTING = [
  'amazonaws.com',
  'amazoncognito.com',
  'amplifyapp.com',
  'azurestaticapps.net',
  'azurewebsites.net',
  'cloudfront.net',
  'firebaseapp.com',
  'fly.dev',
  'github.io',
  'gitlab.io',
  'herokuapp.com',
  'netlify.app',
  'ngrok-free.app',
  'ngrok.app',
  'ngrok.io',
  'onrender.com',
  'pages.dev',
  'vercel.app',
  'web.app',
  'workers.dev',
];

/** `example.co.uk`: two labels of these are nobody's. */
const SECOND_LEVEL = /^(?:ac|co|com|edu|gov|net|org)\.[a-z]{2}$/;

/**
 * The part of a host name by which its owner goes: `example.com` of `app.example.com`. An approximation without the
 * public suffix list: where it errs, it takes two owners for one.
 */
export function siteOf(host: string): string {
  if (/^[\d.]+$|^\[/.test(host)) return host;
  const labels = host.split('.');
  const shared = SHARED_HOSTING.find((suffix) => host.endsWith(`.${suffix}`));
  if (shared !== undefined) return labels.slice(-shared.split('.').length - 1).join('.');
  return labels.slice(SECOND_LEVEL.test(labels.slice(-2).join('.')) ? -3 : -2).join('.');
}

/** The site that more than half of the hosts have; null if none does. */
export function majoritySite(hosts: readonly string[]): string | null {
  const sites = hosts.map(siteOf);
  return sites.find((site) => sites.filter((each) => each === site).length * 2 > sites.length) ?? null;
}

/** `app.example.com` is that host, `*.example.com` every one below it, in any letters. */
export function isNamed(host: string, names: readonly string[]): boolean {
  return names
    .map((name) => name.toLowerCase())
    .some((name) => (name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name));
}
