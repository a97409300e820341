import { AuditTrail, type AuditDependencies } from '#services/audit/audit_trail'
import { AuditLog } from '#services/audit/audit_log'
import { HandOuts } from '#services/audit/hand_outs'

/** The doors of the audit trail. */
export interface Audit {
  trail: AuditTrail
  handOuts: HandOuts
  log: AuditLog
  /** For the end of the process: what is counted is written first. */
  close(): Promise<void>
}

interface Parts extends AuditDependencies {
  onTrouble: (error: unknown) => void
}

export function buildAudit(parts: Parts): Audit {
  const handOuts = new HandOuts(parts)
  return {
    trail: new AuditTrail(parts),
    handOuts,
    log: new AuditLog(parts.driver),
    async close() {
      await handOuts.close()
      await parts.driver.close()
    },
  }
}
