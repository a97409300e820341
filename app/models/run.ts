import { BaseModel, beforeCreate, column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { document, flag, instant } from '#models/columns'
import { uuid } from '#models/uuid'

/** One pass over many connections. Organization, job and `scheduled_for` together are unique: a scheduled run happens once. */
export default class Run extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare organizationId: string | null

  @column()
  declare job: string

  @column()
  declare kind: string

  @column()
  declare trigger: 'schedule' | 'command' | 'api' | 'ui'

  @column()
  declare actor: string | null

  @document()
  declare selection: Record<string, unknown>

  @flag()
  declare dryRun: boolean

  @column()
  declare state: 'queued' | 'running' | 'finished' | 'cancelled' | 'failed'

  @instant()
  declare scheduledFor: DateTime | null

  @column()
  declare total: number

  @column()
  declare refreshed: number

  @column()
  declare failed: number

  @column()
  declare skipped: number

  /** Of those that failed: those that are tried again by themselves. */
  @column()
  declare retrying: number

  /** What the job tells beside the counts, in its own words. */
  @document()
  declare summary: Record<string, unknown> | null

  @column()
  declare error: string | null

  /** Asked for by a person; the process that runs it ends it. */
  @instant()
  declare cancelRequestedAt: DateTime | null

  @column()
  declare workerId: string | null

  /** Held while the run is under way, where its job runs once at a time. */
  @column({ serializeAs: null })
  declare runningKey: string | null

  @instant()
  declare startedAt: DateTime | null

  @instant()
  declare finishedAt: DateTime | null

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @beforeCreate()
  static assignId(run: Run) {
    run.id ??= uuid()
  }
}
