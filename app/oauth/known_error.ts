import type { FailureClass, KnownError, Provider } from '#oauth/types'

/** A failure as it is kept: what it means, the provider's code and its words. */
export interface KeptFailure {
  class: FailureClass | (string & {}) | null
  code: string | null
  message: string | null
}

/**
 * The provider's own entry for a failure; null where it has none. An entry without a finer code holds for all of its
 * finer codes.
 */
export function knownError(provider: Provider | null, kept: KeptFailure): KnownError | null {
  return provider?.knownErrors.find((known) => tells(known, kept)) ?? null
}

function tells(known: KnownError, { class: kind, code, message }: KeptFailure): boolean {
  const codes = code === null ? [] : [code, code.split('/')[0]]
  return (
    known.class === kind &&
    (known.code === undefined || [known.code].flat().some((one) => codes.includes(one))) &&
    (known.message === undefined || known.message.test(message ?? ''))
  )
}
