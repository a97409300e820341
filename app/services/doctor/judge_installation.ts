import { finding, type Finding } from '#services/doctor/finding'
import type { ReadinessFacts } from '#services/observability/readiness'
import { DEFAULT_LIMITS } from '#services/figures/alert_rules'
import { schedulerPulse } from '#services/scheduler/scheduler_pulse'

/** What was read of an installation. Lengths are milliseconds, sizes bytes. */
export interface InstallationFacts {
  appUrl: string
  isProduction: boolean
  /** Whether Evergrant answers there, asked from this machine. */
  isReached: boolean
  /** Keys that are not retired, the sealing one included. */
  keysInUse: number
  dialect: 'sqlite' | 'postgres'
  pendingMigrations: number
  /** What SQLite's own check found; null where all is well, or on PostgreSQL. */
  damage: string | null
  /** SQLite's own check was left out. */
  unread: boolean
  /** Left on the disk of a SQLite file; null where that is another machine's matter. */
  freeBytes: number | null
  /** How long ago a backup was found to be good; null where none ever was. */
  backupAge: number | null
  /** How far the database's clock is ahead of ours. */
  clockOffset: number
  readiness: ReadinessFacts
  providers: ProviderFindings
  /** Whether messages can leave by these ways. */
  push: boolean
  mail: boolean
}

export interface ProviderFindings {
  /** With a client registration. */
  configured: readonly { id: string; name: string; redirectUrl: string }[]
  /** Added ones that cannot be used. */
  broken: readonly string[]
  /** Those that reject our own client registration. */
  rejecting: readonly string[]
}

const { overdue } = DEFAULT_LIMITS
const DAY = 24 * 3_600_000
const OLDEST_BACKUP = 7 * DAY
const LEAST_FREE = 1024 ** 3
const CLOCK_TOLERANCE = 5_000

/** Everything that there is to say about an installation. Pure. */
export function judgeInstallation(facts: InstallationFacts): Finding[] {
  return [
    facts.keysInUse > 1
      ? finding('keys', 'warning', 'several', { count: facts.keysInUse })
      : finding('keys', 'ok', 'fine'),
    judgeAddress(facts),
    ...judgeDatabase(facts),
    judgeBackup(facts.backupAge),
    judgeClock(facts.clockOffset),
    facts.readiness.quarantined
      ? finding('quarantine', 'problem', 'held')
      : finding('quarantine', 'ok', 'none'),
    judgeScheduler(facts.readiness),
    judgeOverdue(facts.readiness.lateness),
    ...judgeProviders(facts.providers),
    judgeNotifications(facts),
  ]
}

/** Providers send people back to this address, and most of them only by https. */
function judgeAddress({ appUrl, isProduction, isReached }: InstallationFacts): Finding {
  const { protocol, hostname } = new URL(appUrl)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (isLocal && isProduction) return finding('address', 'warning', 'local', { url: appUrl })
  if (protocol !== 'https:' && !isLocal) return finding('address', 'problem', 'insecure', { url: appUrl })
  return isReached
    ? finding('address', 'ok', 'fine', { url: appUrl })
    : finding('address', 'warning', 'silent', { url: appUrl })
}

function judgeDatabase({
  dialect,
  pendingMigrations,
  damage,
  unread,
  freeBytes,
}: InstallationFacts): Finding[] {
  const database = dialect === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  const disk =
    freeBytes === null
      ? []
      : [
          freeBytes < LEAST_FREE
            ? finding('disk', 'problem', 'full', { mebibytes: Math.floor(freeBytes / 1024 ** 2) })
            : finding('disk', 'ok', 'fine', { gibibytes: Math.floor(freeBytes / 1024 ** 3) }),
        ]
  if (damage !== null) return [finding('database', 'problem', 'damaged', { damage }), ...disk]
  if (pendingMigrations > 0) {
    return [finding('database', 'problem', 'behind', { count: pendingMigrations }), ...disk]
  }
  return [finding('database', 'ok', unread ? 'answers' : 'fine', { database }), ...disk]
}

/** Tokens rotate: an older backup brings back grants that have ended since. */
function judgeBackup(age: number | null): Finding {
  if (age === null) return finding('backup', 'warning', 'never')
  const days = Math.floor(age / DAY)
  return isOldBackup(age)
    ? finding('backup', 'warning', 'old', { days })
    : finding('backup', 'ok', 'fine', { days })
}

/** Whether the last good check of a backup is so long ago that somebody should hear of it. Milliseconds. */
export function isOldBackup(age: number): boolean {
  return age > OLDEST_BACKUP
}

function judgeClock(offset: number): Finding {
  const seconds = Math.round(Math.abs(offset) / 1_000)
  if (Math.abs(offset) <= CLOCK_TOLERANCE) return finding('clock', 'ok', 'fine')
  return finding('clock', 'problem', offset > 0 ? 'slow' : 'fast', { seconds })
}

function judgeScheduler({ tick, lateness }: ReadinessFacts): Finding {
  if (!tick) return finding('scheduler', lateness > overdue ? 'problem' : 'warning', 'never')
  const seconds = Math.round(tick.age / 1_000)
  return schedulerPulse(tick.age, tick.interval) === 'stalled'
    ? finding('scheduler', 'problem', 'silent', { seconds })
    : finding('scheduler', 'ok', 'fine', { seconds })
}

function judgeOverdue(lateness: number): Finding {
  const minutes = Math.round(lateness / 60_000)
  return lateness > overdue
    ? finding('overdue', 'problem', 'late', { minutes })
    : finding('overdue', 'ok', 'fine')
}

function judgeNotifications({ push, mail }: InstallationFacts): Finding {
  if (!push && !mail) return finding('notifications', 'warning', 'silent')
  return finding('notifications', 'ok', push && mail ? 'fine' : push ? 'push' : 'mail')
}

function judgeProviders({ configured, broken, rejecting }: ProviderFindings): Finding[] {
  const found = [
    ...broken.map((name) => finding('providers', 'problem', 'broken', { name })),
    ...rejecting.map((name) => finding('providers', 'problem', 'rejecting', { name })),
  ]
  if (configured.length === 0) return [...found, finding('providers', 'warning', 'none')]
  const redirects = configured.map(({ name, redirectUrl }) =>
    finding('redirects', 'ok', 'register', { name, url: redirectUrl })
  )
  if (found.length > 0) return [...found, ...redirects]
  return [finding('providers', 'ok', 'fine', { count: configured.length }), ...redirects]
}
