import { pageOf, type OperationGroup } from '#openapi/operation'
import { ref } from '#transformers/api_schema'
import { channelChange, deliveryList, newChannel } from '#validators/api/channels'

const CHANNEL = { says: 'The channel.', schema: ref('Channel') }
const WEBHOOK = {
  kind: 'webhook',
  name: 'Billing',
  target: 'https://billing.example.com/hooks',
  events: ['connection.needs_reauth'],
}

export const channelOperations: OperationGroup = {
  name: 'Channels',
  description: 'Receivers of an organization’s notifications, and what was sent to them.',
  operations: {
    'GET /api/v1/channels': {
      id: 'listChannels',
      summary: 'List channels',
      description: 'By name, all at once: there are fifty at most.',
      answers: { 200: { says: 'All of them.', schema: pageOf(ref('Channel')) } },
    },
    'POST /api/v1/channels': {
      id: 'createChannel',
      summary: 'Create a channel',
      description:
        'With `events` it hears of them at once. The signing secret of a webhook is told this once.',
      body: newChannel,
      example: WEBHOOK,
      answers: { 201: { says: 'The channel.', schema: ref('NewChannel'), hasLocation: true } },
    },
    'GET /api/v1/channels/{id}': {
      id: 'showChannel',
      summary: 'Show a channel',
      answers: { 200: CHANNEL },
      errors: ['not_found'],
    },
    'PATCH /api/v1/channels/{id}': {
      id: 'updateChannel',
      summary: 'Change a channel',
      description: 'What is not named stays. `events: null` takes its own rule away.',
      body: channelChange,
      example: { events: ['connection.needs_reauth'] },
      answers: { 200: CHANNEL },
      errors: ['not_found'],
    },
    'DELETE /api/v1/channels/{id}': {
      id: 'deleteChannel',
      summary: 'Delete a channel',
      answers: { 204: { says: 'It is gone, and its own rule with it.' } },
      errors: ['not_found'],
    },
    'POST /api/v1/channels/{id}/test': {
      id: 'testChannel',
      summary: 'Send a test',
      answers: { 202: { says: 'It leaves at once.', schema: ref('BegunTest'), hasLocation: true } },
      errors: ['not_found'],
    },
    'POST /api/v1/channels/{id}/rotate-secret': {
      id: 'rotateSecret',
      summary: 'Replace the signing secret',
      description: 'The one before it signs along for a day.',
      answers: { 200: { says: 'The new secret, this once.', schema: ref('SigningSecret') } },
      errors: ['not_found', 'no_signing_secret'],
    },
    'POST /api/v1/channels/{id}/enable': {
      id: 'enableChannel',
      summary: 'Use a disabled channel again',
      answers: { 200: CHANNEL },
      errors: ['not_found'],
    },
    'GET /api/v1/channels/{id}/deliveries': {
      id: 'listDeliveries',
      summary: 'List the deliveries of a channel',
      query: deliveryList,
      exampleQuery: { state: 'dead' },
      answers: { 200: { says: 'One page, the newest first.', schema: pageOf(ref('Delivery')) } },
      errors: ['not_found'],
    },
    'GET /api/v1/deliveries/{id}': {
      id: 'showDelivery',
      summary: 'Show a delivery',
      answers: { 200: { says: 'With each attempt.', schema: ref('DeliveryDetail') } },
      errors: ['not_found'],
    },
    'POST /api/v1/deliveries/{id}/redeliver': {
      id: 'redeliver',
      summary: 'Send a delivery again',
      answers: { 202: { says: 'It leaves at once, under its own id.', schema: ref('DeliveryDetail') } },
      errors: ['not_found', 'under_way', 'channel_disabled'],
    },
  },
}
