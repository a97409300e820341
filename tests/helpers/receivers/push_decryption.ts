import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto'

/** What a browser keeps to itself: its key pair and its authentication secret (RFC 8291 §3.1, §3.2). */
export interface BrowserKeys {
  privateKey: Buffer
  publicKey: Buffer
  auth: Buffer
}

/** A push message, opened, with the values that must never come again. */
export interface OpenedPush {
  text: string
  salt: string
  /** The sender's key of this one message. */
  senderKey: string
}

const TAG_LENGTH = 16

/**
 * Opens a push message as a browser does, by RFC 8291 and RFC 8188, with nothing but the system's cryptography, so that
 * a mistake of the sender's library is not made twice. Throws where anything is not as the RFCs say.
 */
export function openPush(body: Buffer, keys: BrowserKeys): OpenedPush {
  // RFC 8188 §2.1: salt, record size, length of the key id, key id. RFC 8291 §4: the key id is the sender's public key.
  const salt = body.subarray(0, 16)
  const recordSize = body.readUInt32BE(16)
  const senderKey = body.subarray(21, 21 + body[20])
  const record = body.subarray(21 + body[20])
  if (senderKey.length !== 65) throw new Error('The key id is no public key of P-256')
  if (recordSize < 18 || record.length > recordSize)
    throw new Error('More than the one record of RFC 8291 §4')
  const { key, nonce } = contentKeys(salt, senderKey, keys)
  const cipher = createDecipheriv('aes-128-gcm', key, nonce)
  cipher.setAuthTag(record.subarray(-TAG_LENGTH))
  const padded = Buffer.concat([cipher.update(record.subarray(0, -TAG_LENGTH)), cipher.final()])
  return {
    text: withoutPadding(padded).toString('utf8'),
    salt: salt.toString('base64url'),
    senderKey: senderKey.toString('base64url'),
  }
}

/** RFC 8291 §3.3 and §3.4, then RFC 8188 §2.2 and §2.3. */
function contentKeys(salt: Buffer, senderKey: Buffer, { privateKey, publicKey, auth }: BrowserKeys) {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(privateKey)
  const shared = curve.computeSecret(senderKey)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, senderKey])
  const input = derive(shared, auth, info, 32)
  return {
    key: derive(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16),
    nonce: derive(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12),
  }
}

function derive(input: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, info, length))
}

/** RFC 8188 §2: the last record ends with a 2 and any number of zeros. */
function withoutPadding(padded: Buffer): Buffer {
  let end = padded.length - 1
  while (end > 0 && padded[end] === 0) end -= 1
  if (padded[end] !== 2) throw new Error('The last record has no delimiter')
  return padded.subarray(0, end)
}
