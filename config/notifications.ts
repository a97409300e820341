import retention from '#config/retention'
import { Secret } from '#oauth/secret'
import env from '#start/env'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How notifications travel; durations in milliseconds. */
const notifications = {
  /** A matter waits this long for more accounts before its first message leaves. */
  gather: env.get('NOTIFY_GATHER') ?? 30 * SECOND,
  /** Further accounts join a matter for this long without a new message. */
  matterWindow: env.get('NOTIFY_MATTER_WINDOW') ?? HOUR,
  /** A receiver that does not answer within this time has failed. */
  timeout: 10 * SECOND,
  /** Waits between the attempts of one message; after the last it is a dead letter. */
  backoff: [
    ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR],
    ...[10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  ],
  /** A channel that has failed for this long without a break is disabled. */
  disableAfter: 5 * 24 * HOUR,
  /** Messages on their way at a time: in all, and to one receiver. */
  concurrency: { total: 20, perReceiver: 2 },
  /** How long matters and what is known of their delivery are kept. */
  keep: retention.notifications,
  allowPrivate: env.get('ALLOW_PRIVATE_RECEIVERS') ?? false,
  vapid: {
    publicKey: env.get('VAPID_PUBLIC_KEY') ?? '',
    privateKey: new Secret(env.get('VAPID_PRIVATE_KEY')?.release() ?? ''),
  },
}

export default notifications
