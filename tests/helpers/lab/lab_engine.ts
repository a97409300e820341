import type { ProviderInput } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import type { Provider } from '#oauth/types'
import { buildEngine, type Engine, type EngineOptions } from '#services/build_engine'
import { RefreshReport } from '#services/refresh_report'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'
import { aProvider, MINUTE, TIMING } from '#tests/helpers/refresh_fixtures'
import { GRACE, type LabReuse } from '#tests/helpers/lab/grants'
import { seededRandom } from '#tests/helpers/lab/lab_clock'

const KEYS = 'k1:dGVzdC1vbmx5LWtleS0xMjM0NTY3ODkwMTIzNDU2Nzg='

/** The vault of the laboratory; every process of it opens the same tokens. */
export function labVault(): Vault {
  return new Vault((parseKeyRing(KEYS) as { ring: KeyRing }).ring)
}

/** What tells one provider of the laboratory from another. */
export interface LabProvider {
  id: string
  reuse: LabReuse
  perSecond?: number
  concurrency?: number
}

/** A provider as its documentation would describe it: the reuse class is known, nothing else is special. */
export function labProvider({ id, reuse, perSecond, concurrency }: LabProvider, endpoint: string): Provider {
  const overrides: Partial<ProviderInput> = {
    id,
    server: { token_endpoint: endpoint, authorization_endpoint: endpoint },
    allowPrivate: true,
    rateLimit: { perSecond: perSecond ?? null, concurrency: concurrency ?? null },
    refresh: { reuse, reuseGrace: reuse === 'grace' ? GRACE : 0 },
  }
  return aProvider(overrides)
}

export type LabEngineOptions = Pick<EngineOptions, 'driver' | 'clock'> &
  Partial<EngineOptions> & { endpoint: string; labProviders: readonly LabProvider[]; seed?: number }

/** Our engine, whole, with the settings that ship, against the laboratory. */
export function labEngine({ endpoint, labProviders, seed = 1, ...options }: LabEngineOptions): Engine {
  const silent = { info() {}, warn() {}, error() {} }
  return buildEngine({
    providers: new ProviderRegistry(labProviders.map((one) => labProvider(one, endpoint))),
    vault: labVault(),
    report: new RefreshReport(silent, 'tag-key', () => {}),
    random: seededRandom(seed),
    role: 'test',
    timing: TIMING,
    breaker: { failures: 5, probe: MINUTE },
    requestDeadline: 20_000,
    concurrency: 50,
    ...options,
  })
}
