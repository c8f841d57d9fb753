// The cryptography of secret ballots: libsodium's sealed boxes (crypto_box_seal) and shares of the key.
// X25519, XSalsa20-Poly1305 and BLAKE2b are noble's, in plain JavaScript: the policy of the pages allows no wasm.
import { x25519 } from "@noble/curves/ed25519.js";
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { combine, split } from "shamir-secret-sharing";

export type Bytes = Uint8Array<ArrayBuffer>;

export const KEY = 32;
export const SHARE = 33; // 32 bytes and the place of the share on the curve
export const OVERHEAD = 48; // the sender's passing key and the mark of what is whole
const SHARES = 3;
const ENOUGH = 2;

const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);
const SIGMA = words(new TextEncoder().encode("expand 32-byte k"));
const ZERO = new Uint32Array(4);

export const hex = (bytes: Uint8Array): string => bytesToHex(bytes);
export const unhex = (text: string): Bytes => hexToBytes(text) as Bytes;
export const receiptOf = (sealed: Uint8Array): string => bytesToHex(sha256(sealed));

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function unbase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** What both sides of a box compute: the shared point, hashed into a key (crypto_box_beforenm). */
function sharedKey(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const key = new Uint32Array(8);
  hsalsa(SIGMA, words(x25519.getSharedSecret(secret, publicKey)), ZERO, key);
  return new Uint8Array(key.buffer);
}

const nonceOf = (passing: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  blake2b.create({ dkLen: 24 }).update(passing).update(publicKey).digest();

export function publicKeyOf(secret: Uint8Array): Bytes {
  return x25519.getPublicKey(secret) as Bytes;
}

/** Seal a message so that only the holder of the private key opens it; nobody can say who sealed it. */
export function seal(message: Uint8Array, publicKey: Uint8Array): Bytes {
  const { secretKey, publicKey: passing } = x25519.keygen();
  const box = xsalsa20poly1305(sharedKey(secretKey, publicKey), nonceOf(passing, publicKey)).encrypt(message);
  secretKey.fill(0);
  const sealed = new Uint8Array(KEY + box.length);
  sealed.set(passing);
  sealed.set(box, KEY);
  return sealed;
}

/** Open a sealed message; `null` where it was changed, or sealed to another key. */
export function open(sealed: Uint8Array, publicKey: Uint8Array, secret: Uint8Array): Uint8Array | null {
  if (sealed.length < OVERHEAD) return null;
  const passing = sealed.slice(0, KEY);
  try {
    return xsalsa20poly1305(sharedKey(secret, passing), nonceOf(passing, publicKey)).decrypt(sealed.slice(KEY));
  } catch {
    return null;
  }
}

export interface Made {
  publicKey: Bytes;
  shares: Bytes[];
}

/** Make a key, split it into three shares of which any two suffice, prove that they do, and forget it. */
export async function keyMake(): Promise<Made> {
  const { secretKey, publicKey } = x25519.keygen();
  const shares = (await split(secretKey, SHARES, ENOUGH)) as Bytes[];
  for (const [one, other] of [[0, 1], [0, 2], [1, 2]] as const) {
    const joined = await join(shares[one]!, shares[other]!, publicKey);
    if (!joined) throw new Error("shares do not join");
    joined.fill(0);
  }
  secretKey.fill(0);
  return { publicKey: publicKey as Bytes, shares };
}

/** Join two shares; `null` where they do not give the private key of this public key. */
export async function join(one: Bytes, other: Bytes, publicKey: Uint8Array): Promise<Bytes | null> {
  try {
    const secret = (await combine([one, other])) as Bytes;
    return secret.length === KEY && hex(publicKeyOf(secret)) === hex(publicKey) ? secret : null;
  } catch {
    return null;
  }
}
