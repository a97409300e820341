import type { OperationGroup } from '#openapi/operation'
import { ref } from '#transformers/api_schema'

export const healthOperations: OperationGroup = {
  name: 'Health',
  description: 'For supervisors and load balancers. No key is needed, and none is looked at.',
  operations: {
    'GET /health/live': {
      id: 'isLive',
      summary: 'Whether the process answers',
      answers: { 200: { says: 'It does.', schema: ref('Liveness') } },
    },
    'GET /health/ready': {
      id: 'isReady',
      summary: 'Whether the process may be sent work',
      description: 'Strangers hear one word, insiders hear why.',
      answers: { 200: { says: 'It may.', schema: ref('Readiness') } },
      errors: ['not_ready'],
    },
  },
}
