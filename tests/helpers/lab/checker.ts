import type { Row } from '#store/driver'
import type { AuthorizationLab } from '#tests/helpers/lab/authorization_lab'
import { isUsable, type GrantState } from '#tests/helpers/lab/grants'
import type { LabDatabase } from '#tests/helpers/lab/lab_database'
import type { TruthEntry } from '#tests/helpers/lab/truth_log'

/** What truth log and database say together about one account. */
export interface Finding {
  account: string
  /** Nothing in the row would be honoured by the provider any more, although nobody revoked the grant. */
  lost: boolean
  /** The provider's newest token is not the stored one. */
  behind: boolean
  /** The loss is known for what it is: an answer that never arrived. */
  flagged: boolean
  /** Some attempt was recorded as in doubt, or is still open. */
  inDoubt: boolean
  /** Spent tokens that were presented beyond the class's tolerance. */
  reused: number
  /** A token was presented while the same token was already being presented. */
  presentedTwice: boolean
  /** The row is out of service although its token would be honoured. */
  falselyDeactivated: boolean
  /** Presentations of all kinds. */
  presented: number
}

/** Compares the truth log with the database. Judge only when the token endpoint is idle. */
export class Checker {
  constructor(
    private readonly lab: Pick<AuthorizationLab, 'truth'>,
    private readonly database: LabDatabase,
    private readonly now: () => number
  ) {}

  async judge(accounts: readonly string[]): Promise<Finding[]> {
    const rows = await this.database.rows(accounts)
    const doubtful = new Set(
      (await this.database.attempts(accounts)).filter((one) => one.in_doubt).map((one) => one.owner)
    )
    if (rows.length !== accounts.length) throw new Error('an account is missing from the database')
    return rows.map((row, index) => this.#judge(accounts[index], row, doubtful.has(accounts[index])))
  }

  #judge(account: string, row: Row, inDoubt: boolean): Finding {
    const story = this.lab.truth.of(account)
    const grant = story.findLast((entry) => entry.grant)?.grant
    if (!grant) throw new Error(`the truth log knows nothing of ${account}`)
    const usable = this.#usable(grant, row)
    const revoked = story.some(({ event }) => event === 'revoked')
    return {
      account,
      lost: !usable && !revoked,
      behind: this.database.tokenOf(row) !== grant.live,
      flagged: row.status_reason === 'lost_answer',
      inDoubt: inDoubt || Number(row.open_attempts) > 0,
      reused: story.filter(({ verdict }) => verdict === 'reused').length,
      presentedTwice: overlaps(story),
      falselyDeactivated: usable && (!row.is_active || row.status === 'needs_reauth'),
      presented: story.filter(({ event }) => event === 'presented').length,
    }
  }

  #usable(grant: GrantState, row: Row): boolean {
    const held = ['refresh_token', 'spare_refresh_token'].map((column) => this.database.tokenOf(row, column))
    return held.some((token) => token !== null && isUsable(grant, token, this.now()))
  }
}

/** Whether two requests of an account were open at the same time. */
function overlaps(story: readonly TruthEntry[]): boolean {
  const open = new Set<number>()
  for (const { event, request } of story) {
    if (event === 'presented') {
      if (open.size > 0) return true
      open.add(request)
    }
    if (event === 'closed' || event === 'cut') open.delete(request)
  }
  return false
}
