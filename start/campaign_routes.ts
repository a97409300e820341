import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const CampaignsController = () => import('#controllers/admin/campaigns_controller')
const CampaignPeopleController = () => import('#controllers/admin/campaign_people_controller')
const CampaignWindowsController = () => import('#controllers/admin/campaign_windows_controller')
const CampaignSessionsController = () => import('#controllers/admin/campaign_sessions_controller')
const StreamerController = () => import('#controllers/streamer_controller')

/** Campaigns, and what streamers see of them. */
router
  .group(() => {
    campaigns()
    people()
    windows('/campaigns/:id/members/:connection', 'campaigns')
    sessions()
  })
  .use([pages, middleware.auth(), middleware.organization({ area: 'campaigns' }), middleware.shell()])

router
  .group(() => {
    router.get('/streamer', [StreamerController, 'show']).as('streamer')
    windows('/streamer/:id/:connection', 'streamer')
  })
  .use([pages, middleware.auth(), middleware.organization({ area: 'channels' }), middleware.shell()])

function campaigns(): void {
  router.get('/campaigns', [CampaignsController, 'index']).as('campaigns')
  router.get('/campaigns/new', [CampaignsController, 'create']).as('campaigns.create')
  router
    .post('/campaigns', [CampaignsController, 'store'])
    .as('campaigns.store')
    .use(audited('campaign.create', 'campaign'))
  router.get('/campaigns/:id', [CampaignsController, 'show']).as('campaigns.show')
  router
    .post('/campaigns/:id', [CampaignsController, 'update'])
    .as('campaigns.update')
    .use(audited('campaign.update', 'campaign'))
  router
    .post('/campaigns/:id/archive', [CampaignsController, 'archive'])
    .as('campaigns.archive')
    .use(audited('campaign.archive', 'campaign'))
}

/** Who belongs to a campaign. */
function people(): void {
  router
    .post('/campaigns/:id/members', [CampaignPeopleController, 'addMember'])
    .as('campaigns.members')
    .use(audited('campaign.add_member', 'campaign_member'))
  router
    .post('/campaigns/:id/members/:connection/remove', [CampaignPeopleController, 'removeMember'])
    .as('campaigns.members.remove')
    .use(audited('campaign.remove_member', 'campaign_member'))
  router
    .post('/campaigns/:id/game-masters', [CampaignPeopleController, 'addGameMaster'])
    .as('campaigns.game_masters')
    .use(audited('campaign.add_game_master', 'campaign_game_master'))
  router
    .post('/campaigns/:id/game-masters/:user/remove', [CampaignPeopleController, 'removeGameMaster'])
    .as('campaigns.game_masters.remove')
    .use(audited('campaign.remove_game_master', 'campaign_game_master'))
}

/** The windows of a member, from the page of the campaign or from the streamer's own. */
function windows(path: string, name: string): void {
  router
    .post(`${path}/grant`, [CampaignWindowsController, 'grant'])
    .as(`${name}.grant`)
    .use(audited('campaign.grant', 'campaign_member'))
  router
    .post(`${path}/extend`, [CampaignWindowsController, 'extend'])
    .as(`${name}.extend`)
    .use(audited('campaign.extend', 'campaign_member'))
  router
    .post(`${path}/revoke`, [CampaignWindowsController, 'revoke'])
    .as(`${name}.revoke`)
    .use(audited('campaign.revoke', 'campaign_member'))
}

function sessions(): void {
  router
    .post('/campaigns/:id/sessions', [CampaignSessionsController, 'start'])
    .as('campaigns.start')
    .use(audited('campaign.start_session', 'campaign'))
  router
    .post('/campaigns/:id/sessions/:session/end', [CampaignSessionsController, 'end'])
    .as('campaigns.end')
    .use(audited('campaign.end_session', 'campaign_session'))
}
