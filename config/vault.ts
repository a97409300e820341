import env from '#start/env'

/** The key ring that seals tokens at rest, newest key first. */
export default {
  keys: env.get('ENCRYPTION_KEYS'),
  /** What the tags of owners in log lines are derived from. */
  logKey: env.get('APP_KEY'),
}
