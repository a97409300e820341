import { pageOf, type OperationGroup } from '#openapi/operation'
import { ref, truth, withFields } from '#transformers/api_schema'
import { connectionSchema } from '#transformers/api_connection'
import { bulkRefresh, connectionQuery, connectLink, platformOwner } from '#validators/api/connections'
import { importFields } from '#validators/import_line'

const CONNECTION = { says: 'The connection, never with a token.', schema: ref('Connection') }
const AFTERWARDS = {
  says: 'The connection as it is then.',
  schema: withFields(connectionSchema, { reconnect_needed: truth }),
}

export const connectionOperations: OperationGroup = {
  name: 'Connections',
  description: 'Connected accounts. Answers never hold a token.',
  operations: {
    'GET /api/v1/connections': {
      id: 'listConnections',
      summary: 'List connections',
      description:
        'The newest first. `q` is a search as on the page of accounts, such as `status:reconnect tag:vip`.',
      query: connectionQuery,
      exampleQuery: { provider: 'acme', owner: 'ana' },
      answers: { 200: { says: 'One page.', schema: pageOf(ref('Connection')) } },
    },
    'POST /api/v1/connections': {
      id: 'importConnection',
      summary: 'Import a connection',
      description: 'Takes over an account that was connected elsewhere.',
      body: importFields,
      example: { provider: 'acme', owner: 'ben', access_token: 'its token' },
      answers: {
        201: { ...CONNECTION, hasLocation: true },
        200: { says: 'It was there before.', schema: ref('Connection'), hasLocation: true },
      },
    },
    'GET /api/v1/connections/{id}': {
      id: 'showConnection',
      summary: 'Show a connection',
      answers: { 200: CONNECTION },
      errors: ['not_found'],
    },
    'DELETE /api/v1/connections/{id}': {
      id: 'deleteConnection',
      summary: 'Delete a connection',
      description:
        'Ends the grant at the provider, and deletes the connection with its log and the accounts that derive from it.',
      answers: { 204: { says: 'It is gone.' } },
      errors: ['not_found', 'derived', 'connected_again'],
    },
    'POST /api/v1/connections/refresh': {
      id: 'refreshConnections',
      summary: 'Refresh many connections',
      description:
        'Give either `ids` or `filter`. What is due among them is refreshed; with `force` all that can be.',
      body: bulkRefresh,
      example: { filter: 'provider:acme', force: true },
      answers: { 202: { says: 'The run that does it.', schema: ref('BegunRun'), hasLocation: true } },
      errors: ['stopping'],
    },
    'POST /api/v1/connections/{id}/refresh': {
      id: 'refreshConnection',
      summary: 'Refresh a connection now',
      answers: { 200: { says: 'What came of it; a failure, too.', schema: ref('Refresh') } },
      errors: ['not_found'],
    },
    'POST /api/v1/connections/{id}/pause': {
      id: 'pauseConnection',
      summary: 'Pause a connection',
      answers: { 200: AFTERWARDS },
      errors: ['not_found'],
    },
    'POST /api/v1/connections/{id}/resume': {
      id: 'resumeConnection',
      summary: 'Resume a connection',
      answers: { 200: AFTERWARDS },
      errors: ['not_found'],
    },
    'POST /api/v1/connections/{id}/reactivate': {
      id: 'reactivateConnection',
      summary: 'Take a connection back into service',
      description:
        '`reconnect_needed` tells that the grant was refused before, so that only a person may revive it.',
      answers: { 200: AFTERWARDS },
      errors: ['not_found', 'disconnected'],
    },
    'GET /api/v1/platforms/health': {
      id: 'showPlatformHealth',
      summary: 'Show how the platforms of an owner stand',
      query: platformOwner,
      exampleQuery: { owner: 'ana' },
      answers: { 200: { says: 'One entry for each platform.', schema: ref('PlatformHealth') } },
    },
    'POST /api/v1/connect-links': {
      id: 'createConnectLink',
      summary: 'Make a link where a person connects',
      description:
        'With `connection_id` it renews that connection only. `expires_in` is in seconds, a day unless told.',
      body: connectLink,
      example: { provider: 'acme', owner: 'cid' },
      answers: { 201: { says: 'The link.', schema: ref('ConnectLink') } },
    },
  },
}
