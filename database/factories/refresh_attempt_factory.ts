import Factory from '@adonisjs/lucid/factories'
import { DateTime } from 'luxon'
import RefreshAttempt from '#models/refresh_attempt'
import { uuid } from '#models/uuid'

/** Entries of the refresh log that went well; merge `organizationId` and `connectionId`. */
export const RefreshAttemptFactory = Factory.define(RefreshAttempt, ({ faker }) => ({
  id: uuid(),
  provider: 'twitch',
  kind: 'scheduled',
  outcome: 'success' as const,
  strike: 0,
  inDoubt: false,
  durationMs: faker.number.int({ min: 20, max: 400 }),
  oldExpiresAt: DateTime.utc().plus({ minutes: 5 }),
  newExpiresAt: DateTime.utc().plus({ hours: 4 }),
  createdAt: DateTime.utc(),
}))
  .state('rejected', (attempt) => {
    attempt.outcome = 'failed'
    attempt.failureClass = 'rejected'
    attempt.errorCode = 'invalid_grant'
    attempt.httpStatus = 400
    attempt.newExpiresAt = null
  })
  .build()
