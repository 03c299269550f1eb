/**
 * The server's side of the Secure Remote Password protocol as Cognito speaks it: SRP-6a (RFC 5054) over the 3072-bit
 * group of RFC 3526, SHA-256, and a claim that is signed with a key derived by HKDF ("Caldera Derived Key").
 */

import {
  createHash,
  createHmac,
  getDiffieHellman,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const G = 2n;
const K = toBigInt(sha256(padded(N), padded(G)));

export interface SrpUser {
  /** The part of the pool's id after its Region. */
  poolName: string;
  userId: string;
  password: string;
  salt: Buffer;
}

/** What the server keeps between its challenge and the client's claim. */
export interface SrpExchange {
  user: SrpUser;
  clientPublic: bigint;
  serverSecret: bigint;
  serverPublic: bigint;
}

export interface SrpClaim {
  secretBlock: string;
  timestamp: string;
  signature: string;
}

/** Answers a client's `SRP_A`. Null if it is no public value that a client may send: zero modulo N tells the key. */
export function startSrp(srpA: string, user: SrpUser): SrpExchange | null {
  if (!/^[0-9a-f]{1,768}$/i.test(srpA)) return null;
  const clientPublic = BigInt(`0x${srpA}`);
  if (clientPublic % N === 0n) return null;
  const serverSecret = toBigInt(randomBytes(32));
  const serverPublic = (K * power(G, privateKey(user)) + power(G, serverSecret)) % N;
  return { user, clientPublic, serverSecret, serverPublic };
}

/** Whether the claim was signed by somebody who knows the password. */
export function verifySrp(exchange: SrpExchange, { secretBlock, timestamp, signature }: SrpClaim): boolean {
  const { user, clientPublic, serverSecret, serverPublic } = exchange;
  const scramble = toBigInt(sha256(padded(clientPublic), padded(serverPublic)));
  const verifier = power(G, privateKey(user));
  const shared = power((clientPublic * power(verifier, scramble)) % N, serverSecret);
  const key = hkdfSync('sha256', padded(shared), padded(scramble), 'Caldera Derived Key', 16);
  const expected = createHmac('sha256', Buffer.from(key))
    .update(user.poolName + user.userId)
    .update(Buffer.from(secretBlock, 'base64'))
    .update(timestamp)
    .digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** `SRP_B` and `SALT` go out as hexadecimal text. */
export function toHex(value: bigint | Buffer): string {
  return typeof value === 'bigint' ? value.toString(16) : toBigInt(value).toString(16);
}

function privateKey({ poolName, userId, password, salt }: SrpUser): bigint {
  const identity = sha256(Buffer.from(`${poolName}${userId}:${password}`));
  return toBigInt(sha256(padded(toBigInt(salt)), identity));
}

/** Big-endian, with a zero byte before a set sign bit: numbers are hashed as Java's `BigInteger` writes them. */
function padded(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/i.test(even) ? `00${even}` : even, 'hex');
}

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** Modulo N. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base % N, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % N) {
    if (rest & 1n) result = (result * square) % N;
  }
  return result;
}
