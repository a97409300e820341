import { WINDOW_WORDS } from '#openapi/errors'
import { pageOf, TOKEN_ERRORS, type OperationGroup } from '#openapi/operation'
import { ref } from '#transformers/api_schema'
import { campaignList, newCampaign, newMember, newWindow } from '#validators/api/campaigns'

const GONE = { says: 'Done. A second time changes nothing.' }

export const campaignOperations: OperationGroup = {
  name: 'Campaigns',
  description: 'Campaigns, the windows in which they may use channels, and their live sessions.',
  operations: {
    'GET /api/v1/campaigns': {
      id: 'listCampaigns',
      summary: 'List campaigns',
      description: 'The newest first. With `archived=true` those that are archived.',
      query: campaignList,
      answers: { 200: { says: 'One page.', schema: pageOf(ref('CampaignSummary')) } },
    },
    'POST /api/v1/campaigns': {
      id: 'createCampaign',
      summary: 'Create a campaign',
      body: newCampaign,
      example: { name: 'Friday quiz', window_hours: 12 },
      answers: { 201: { says: 'The campaign.', schema: ref('Campaign'), hasLocation: true } },
    },
    'GET /api/v1/campaigns/{id}': {
      id: 'showCampaign',
      summary: 'Show a campaign',
      answers: { 200: { says: 'With its members and latest sessions.', schema: ref('Campaign') } },
      errors: ['not_found'],
    },
    'POST /api/v1/campaigns/{id}/members': {
      id: 'addMember',
      summary: 'Add a connection to a campaign',
      body: newMember,
      example: { connection_id: '00000000-0000-7000-8000-000000000000' },
      answers: { 201: { says: 'The member.', schema: ref('CampaignMember') } },
      errors: ['not_found', 'already_member', 'campaign_archived'],
    },
    'DELETE /api/v1/campaigns/{id}/members/{connection}': {
      id: 'removeMember',
      summary: 'Remove a connection from a campaign',
      description: 'Closes its window, too.',
      answers: { 204: GONE },
      errors: ['not_found', 'campaign_archived'],
    },
    'POST /api/v1/campaigns/{id}/members/{connection}/authorization': {
      id: 'openWindow',
      summary: 'Open a member’s window',
      description: 'The token is refreshed at once, and where that fails nothing opens.',
      body: newWindow,
      example: { hours: 6 },
      answers: { 200: { says: 'The window.', schema: ref('Window') } },
      errors: [...TOKEN_ERRORS, 'campaign_archived'],
      more: WINDOW_WORDS,
    },
    'DELETE /api/v1/campaigns/{id}/members/{connection}/authorization': {
      id: 'closeWindow',
      summary: 'Close a member’s window',
      answers: { 204: GONE },
      errors: ['not_found', 'campaign_archived'],
    },
    'POST /api/v1/campaigns/{id}/sessions': {
      id: 'startSession',
      summary: 'Start a live session',
      description: 'Every member must be healthy; otherwise nothing begins, and the answer lists who is not.',
      answers: { 201: { says: 'The session.', schema: ref('StartedSession') } },
      errors: [
        'not_found',
        'no_members',
        'already_live',
        'campaign_archived',
        'members_changing',
        'members_unhealthy',
      ],
    },
    'DELETE /api/v1/campaigns/{id}/sessions/{session}': {
      id: 'endSession',
      summary: 'End a live session',
      answers: { 204: GONE },
      errors: ['not_found'],
    },
  },
}
