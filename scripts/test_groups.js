/** How the tests are split into groups, so that each processor has work until the end. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The suites of every day, into how many groups each is split, and the fault laboratory, which is asked for by name. */
const EVERYDAY = { browser: 3, functional: 5, unit: 1 }
const FAULTS = { faults: 2 }

/** What most files take, in seconds, and those that take far longer. A wrong number costs balance, no more. */
const USUAL = 1
const USUAL_UNIT = 0.25
export const SECONDS = {
  'tests/browser/acceptance.spec.ts': 240,
  'tests/browser/acceptance_tasks.spec.ts': 35,
  'tests/browser/account.spec.ts': 27,
  'tests/browser/accounts.spec.ts': 22,
  'tests/browser/accounts_live.spec.ts': 20,
  'tests/browser/activity.spec.ts': 14,
  'tests/browser/audit.spec.ts': 18,
  'tests/browser/campaign_pages.spec.ts': 11,
  'tests/browser/campaigns.spec.ts': 18,
  'tests/browser/connect_link.spec.ts': 13,
  'tests/browser/first_person.spec.ts': 8,
  'tests/browser/loading.spec.ts': 18,
  'tests/browser/main_job.spec.ts': 28,
  'tests/browser/mcp.spec.ts': 10,
  'tests/browser/notifications.spec.ts': 18,
  'tests/browser/pages.spec.ts': 18,
  'tests/browser/programs.spec.ts': 12,
  'tests/browser/providers.spec.ts': 22,
  'tests/browser/runs.spec.ts': 50,
  'tests/browser/shell.spec.ts': 32,
  'tests/browser/web_push.spec.ts': 32,
  'tests/faults/answers.spec.ts': 14,
  'tests/faults/kill_matrix.spec.ts': 28,
  'tests/faults/notifications.spec.ts': 18,
  'tests/faults/outages.spec.ts': 26,
  'tests/faults/races.spec.ts': 32,
  'tests/faults/store.spec.ts': 18,
  'tests/faults/time.spec.ts': 10,
  'tests/faults/windows.spec.ts': 55,
  'tests/functional/account_list_work.spec.ts': 14,
  'tests/functional/canary.spec.ts': 16,
  'tests/functional/channels.spec.ts': 7,
  'tests/functional/crawl.spec.ts': 32,
  'tests/functional/database_transfer.spec.ts': 9,
  'tests/functional/demo.spec.ts': 20,
  'tests/functional/deploy.spec.ts': 24,
  'tests/functional/encryption_rotate.spec.ts': 42,
  'tests/functional/features/m.spec.ts': 8,
  'tests/functional/features/t.spec.ts': 12,
  'tests/functional/interleavings.property.spec.ts': 14,
  'tests/functional/jobs.spec.ts': 6,
  'tests/functional/new_provider.spec.ts': 10,
  'tests/functional/notification_storm.spec.ts': 26,
  'tests/functional/page_languages.spec.ts': 14,
  'tests/functional/page_secrets.spec.ts': 8,
  'tests/functional/provider_contract.spec.ts': 15,
  'tests/functional/push_commands.spec.ts': 8,
  'tests/functional/quarantine.spec.ts': 10,
  'tests/functional/scheduler_work.spec.ts': 10,
  'tests/functional/simulate.spec.ts': 7,
  'tests/functional/spool.spec.ts': 8,
  'tests/functional/sql_errors.spec.ts': 10,
  'tests/functional/start.spec.ts': 20,
  'tests/functional/start_failure.spec.ts': 20,
  'tests/functional/thousand_connections.spec.ts': 35,
  'tests/functional/token_nodes.spec.ts': 8,
  'tests/functional/verification_commands.spec.ts': 15,
}

const secondsOf = (file) => SECONDS[file] ?? (file.startsWith('tests/unit/') ? USUAL_UNIT : USUAL)

/** Deals the files to so many groups, the slowest first and each to the group that has least to do. */
export function deal(files, parts) {
  const groups = Array.from({ length: parts }, () => ({ files: [], seconds: 0 }))
  for (const file of [...files].sort((a, b) => secondsOf(b) - secondsOf(a) || a.localeCompare(b))) {
    const group = groups.reduce((least, one) => (one.seconds < least.seconds ? one : least))
    group.files.push(file)
    group.seconds += secondsOf(file)
  }
  return groups.filter(({ files: own }) => own.length > 0)
}

/** The spec files of a suite, as paths from the root of the checkout. */
export function specsOf(suite, root) {
  const below = readdirSync(join(root, 'tests', suite), { recursive: true })
    .map((file) => `tests/${suite}/${String(file).replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.spec.ts'))
  return suite === 'unit' ? [...below, 'tests/architecture.spec.ts'] : below
}

/** All groups, each with its name and what the runner is told; what takes longest comes first. */
export function testGroups(root, { faults }) {
  const suites = Object.entries({ ...EVERYDAY, ...(faults ? FAULTS : {}) })
  return suites
    .flatMap(([suite, parts]) =>
      deal(specsOf(suite, root), parts).map(({ files, seconds }, index, { length }) => ({
        name: length > 1 ? `${suite}, part ${index + 1} of ${length}` : suite,
        args: [suite, `--files=${files.join(',')}`],
        files,
        seconds,
      }))
    )
    .sort((a, b) => b.seconds - a.seconds)
}
