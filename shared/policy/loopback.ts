/** Where plain HTTP is as good as HTTPS: this machine itself, which emulators and developers use. */

export function isLoopbackHttp({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}
