import { hostname, userInfo } from 'node:os'
import { basename } from 'node:path'
import type { AuditAction } from '#services/audit/actions'
import { AuditedRequest } from '#services/audit/audited_request'
import type { AuditTrail } from '#services/audit/audit_trail'
import type { TargetKind } from '#services/audit/targets'
import type { Ended } from '#services/audit/types'

/** What a command says of itself for the trail. */
export interface AuditedCommand {
  action: AuditAction
  /** What its argument `id`, `name` or a single one of `ids` names. */
  target: TargetKind | null
  /** The organization, or all of them; null: one that is still to be made. */
  organizationId: string | 'all' | null
  flags: Readonly<Record<string, unknown>>
  args: Readonly<Record<string, unknown>>
}

/** Flags with such names hold secrets; how the answer looks, and which organization is meant, is told elsewhere. */
const SECRET = /pass|secret|token|credential/i
const UNTOLD = new Set(['json', 'organization'])
const LISTED = 20
const LONGEST = 255
const NOWHERE = { ip: null, userAgent: null, requestId: null }

/** Writes that a command begins, under the name of whoever runs it on this machine. */
export async function beginCommand(trail: AuditTrail, command: AuditedCommand): Promise<AuditedRequest> {
  const { action, target: kind, organizationId, flags, args } = command
  const everywhere = organizationId === 'all'
  const entry = new AuditedRequest(trail, {
    ...{ action, kind, everywhere, origin: NOWHERE },
    params: paramsOf(args),
  })
  entry.note(toldOf({ ...args, ...flags }))
  const actor = { kind: 'command', id: null, name: operator() } as const
  await entry.by({ ...actor, organizationId: everywhere ? null : organizationId })
  return entry
}

/** How a command ended, by its exit code (SPEC §5.2). Findings are an answer; what was interrupted is not done. */
export function outcomeOfExit(code: number): Ended['outcome'] {
  if (code === 2) return 'refused'
  return code === 0 || code === 3 ? 'done' : 'failed'
}

/** A file is told by its name only: the folders are this machine's business. */
export function toldOf(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const told = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !UNTOLD.has(name) && !SECRET.test(name)
  )
  return Object.fromEntries(
    told.map(([name, value]) => [name, name === 'file' ? fileName(value) : cut(value)])
  )
}

function fileName(value: unknown): unknown {
  return typeof value === 'string' ? cut(basename(value)) : null
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, LONGEST)
  if (!Array.isArray(value)) return value
  const some = value.slice(0, LISTED).map(cut)
  return value.length > LISTED ? [...some, `… ${value.length}`] : some
}

function paramsOf({ id, name, ids }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { id: Array.isArray(ids) && ids.length === 1 ? ids[0] : id, name }
}

/** Containers may run under a user id that has no name. */
function operator(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `uid ${process.getuid?.() ?? '?'}@${hostname()}`
  }
}
