import type { TokenValidator } from '#services/token_manager/token_validator'
import type { Verification } from '#services/verification/verification'
import type { VerificationService } from '#services/verification/verification_service'

/** The connection test of the verification as the judge of a single token. */
export function verificationValidator(service: Pick<VerificationService, 'verify'>): TokenValidator {
  return {
    async validate(connectionId) {
      const { state, reason, retryAt } = await service.verify(connectionId)
      return { state: VERDICTS[state], reason, retryAt }
    },
  }
}

const VERDICTS = {
  valid: 'valid',
  expired_refreshed: 'valid',
  invalid: 'refused',
  suspended: 'refused',
  untested: 'unknown',
} as const satisfies Record<Verification['state'], string>
