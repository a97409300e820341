import { createHash } from 'node:crypto'
import type { PushDevice } from '#notifications/push_subscriptions'

/**
 * A device as its owner's page shows it. The page gets a fingerprint (SHA-256, hexadecimal) in place of the endpoint: it
 * is enough for a browser to find itself in the list, and nobody can send anything to it.
 */
export function pushDeviceRow({ id, device, endpoint, createdAt, lastDeliveredAt }: PushDevice) {
  const fingerprint = createHash('sha256').update(endpoint).digest('hex')
  return { id, device, fingerprint, createdAt, lastDeliveredAt }
}
