import type { Role } from '#models/membership'
import { uuid } from '#models/uuid'
import { idOf } from '#notifications/rows'
import type { Rule } from '#notifications/rule_match'
import { ruleProblems, type RuleInput, type RuleOwner, type RuleProblem } from '#notifications/rule_problems'
import { toRule } from '#notifications/rule_row'
import { NUMBER_FIELDS, RULE_NUMBERS, withUsual } from '#notifications/rule_numbers'
import type { ChannelKind } from '#notifications/types'
import type { Clock } from '#oauth/types'
import { all, run, type Row, type StoreDriver, type Value, type Work } from '#store/driver'

/** A rule with whose it is: null is the organization's. */
export type StoredRule = Rule & { userId: string | null }

/** Who asks. The rules of the organization are there for admins and operators, one's own for everybody. */
export interface RuleActor {
  organizationId: string
  userId: string
  role: Role
}

export type SavedRule =
  | { ok: true; id: string }
  | { ok: false; problems: RuleProblem[] }
  /** There is no such rule that the actor may change. */
  | { ok: false; problems: []; isGone: true }

const MANAGERS: readonly Role[] = ['admin', 'operator']
/** Of one person, or of the organization. */
const MOST_RULES = 50

const OWN = 'organization_id = ? AND user_id = ?'
const SHARED = 'organization_id = ? AND user_id IS NULL'
const list = (owner: string) => `SELECT * FROM notification_rules WHERE ${owner} ORDER BY created_at, id`
const FIND = 'SELECT * FROM notification_rules WHERE organization_id = ? AND id = ?'
const CHANNELS = 'SELECT id, kind FROM notification_channels WHERE organization_id = ?'
const NUMBERS = NUMBER_FIELDS.map((field) => RULE_NUMBERS[field].column)
const COUNT = (owner: string) => `SELECT count(*) AS rules FROM notification_rules WHERE ${owner}`

/** Values: id, organization, user, those of the rule, now, now. */
const INSERT = `INSERT INTO notification_rules (id, organization_id, user_id, name, events, providers, tags, channels,
    severity, scope, digest, is_active, ${NUMBERS.join(', ')}, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${NUMBERS.map(() => '?').join(', ')}, ?t, ?t)`

/** Values: those of the rule, now, id. */
const UPDATE = `UPDATE notification_rules SET name = ?, events = ?, providers = ?, tags = ?, channels = ?, severity = ?,
    scope = ?, digest = ?, is_active = ?, ${NUMBERS.map((name) => `${name} = ?`).join(', ')}, updated_at = ?t WHERE id = ?`
const DELETE = 'DELETE FROM notification_rules WHERE id = ?'

/** What people and organizations want to hear of. Each answer and each change is bound to what the actor may see. */
export class RuleService {
  constructor(private readonly deps: { driver: StoreDriver; clock: Pick<Clock, 'now'> }) {}

  /** The actor's own rules, oldest first; without any, `DEFAULT_RULES` hold. */
  async list({ organizationId, userId }: RuleActor): Promise<StoredRule[]> {
    return (await this.deps.driver.read(list(OWN), [organizationId, userId])).map(toStored)
  }

  /** The organization's rules, oldest first. Whether the reader may see them is for the caller to say. */
  async ofOrganization(organizationId: string): Promise<StoredRule[]> {
    return (await this.deps.driver.read(list(SHARED), [organizationId])).map(toStored)
  }

  /** Null where there is none, or none that this actor may change. */
  async find(actor: RuleActor, ruleId: string): Promise<StoredRule | null> {
    const id = idOf(ruleId)
    if (id === null) return null
    const [row] = await this.deps.driver.read(FIND, [actor.organizationId, id])
    return row && mayChange(actor, row) ? toStored(row) : null
  }

  /** Stores a rule of the actor, or of the organization where `ofOrganization` is set. */
  create(
    actor: RuleActor,
    input: RuleInput,
    { ofOrganization = false }: { ofOrganization?: boolean } = {}
  ): Promise<SavedRule> {
    const { organizationId, userId, role } = actor
    if (ofOrganization && !MANAGERS.includes(role)) return Promise.resolve(GONE)
    const now = this.deps.clock.now()
    return this.deps.driver.transaction(function* (): Work<SavedRule> {
      const owner = yield* ownerOf(actor, ofOrganization)
      const problems = [...ruleProblems(input, owner), ...(yield* tooMany(actor, ofOrganization))]
      if (problems.length > 0) return { ok: false, problems }
      const id = uuid(now)
      const whose = ofOrganization ? null : userId
      yield* run(INSERT, [id, organizationId, whose, ...valuesOf(input, ofOrganization), now, now])
      return { ok: true, id }
    })
  }

  /** Replaces all of a rule but its owner. */
  update(actor: RuleActor, ruleId: string, input: RuleInput): Promise<SavedRule> {
    const now = this.deps.clock.now()
    const id = idOf(ruleId)
    return this.deps.driver.transaction(function* (): Work<SavedRule> {
      const [row] = id === null ? [] : yield* all(FIND, [actor.organizationId, id])
      if (id === null || !row || !mayChange(actor, row)) return GONE
      const isShared = row.user_id === null
      const problems = ruleProblems(input, yield* ownerOf(actor, isShared))
      if (problems.length > 0) return { ok: false, problems }
      yield* run(UPDATE, [...valuesOf(input, isShared), now, id])
      return { ok: true, id }
    })
  }

  /** False where there is no such rule that the actor may change. */
  async remove(actor: RuleActor, ruleId: string): Promise<boolean> {
    const rule = await this.find(actor, ruleId)
    return rule !== null && (await this.deps.driver.transaction(() => run(DELETE, [rule.id]))) > 0
  }
}

const GONE: SavedRule = { ok: false, problems: [], isGone: true }

function* ownerOf({ organizationId, role }: RuleActor, isShared: boolean): Work<RuleOwner> {
  if (!isShared) return { role }
  const rows = yield* all(CHANNELS, [organizationId])
  return { role: null, channels: new Map(rows.map(({ id, kind }) => [id as string, kind as ChannelKind])) }
}

function* tooMany({ organizationId, userId }: RuleActor, isShared: boolean): Work<RuleProblem[]> {
  const [row] = yield* isShared
    ? all(COUNT(SHARED), [organizationId])
    : all(COUNT(OWN), [organizationId, userId])
  if (Number(row.rules) < MOST_RULES) return []
  const message = `${MOST_RULES} rules are the most. Change or remove one of them.`
  return [{ field: null, code: 'many_rules', values: { most: MOST_RULES }, message }]
}

function mayChange({ userId, role }: RuleActor, row: Row): boolean {
  return row.user_id === null ? MANAGERS.includes(role) : row.user_id === userId
}

/** A rule of the organization hears everything. */
function valuesOf(input: RuleInput, isShared: boolean): Value[] {
  const { name, events, providers, tags, channels, severity, scope, digest, isActive, numbers } = input
  const lists = [events, providers, tags, channels].map((of) => JSON.stringify([...new Set(of)]))
  const filled = withUsual(events, numbers)
  const own = NUMBER_FIELDS.map((field) => filled[field])
  return [name.trim(), ...lists, severity, isShared ? 'organization' : scope, digest, isActive, ...own]
}

function toStored(row: Row): StoredRule {
  return { ...toRule(row), userId: row.user_id as string | null }
}
