import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { aCampaign, moreMembers, openWindow } from '#tests/helpers/campaign_people'
import { emptyTables } from '#tests/helpers/database'

test.group('Campaign pages in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a refused start is announced, and passes axe on a narrow screen', async ({ browser, assert }) => {
    const made = await aCampaign()
    await moreMembers(made, 3)
    const { page, close } = await openPage(browser, { viewport: { width: 390, height: 844 } })
    await signIn(page, made.people.game_master.email, '/campaigns')
    await page.goto(`/campaigns/${made.campaign.id}`)
    await page.getByRole('button', { name: 'Start a session' }).click()
    await page.getByRole('alert', { name: 'Nothing was started' }).waitFor()
    assert.deepEqual(await axeFindings(page), [])
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.isAtMost(Number(overflow), 0)
    await close()
  })

  test('without JavaScript a campaign is made, filled and led', async ({ browser }) => {
    const { people, channel } = await aCampaign()
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await signIn(page, people.admin.email)
    await page.getByRole('link', { name: 'Campaigns' }).click()
    await page.getByRole('link', { name: 'New campaign' }).click()
    await page.getByLabel('Name').fill('Late quiz')
    await page.getByRole('button', { name: 'Make the campaign' }).click()
    await page.getByLabel('Find a channel by a part of its name').fill('ana')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByLabel('Channel', { exact: true }).selectOption(channel.id)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('rowheader', { name: 'Ana Live' }).waitFor()
    await page.getByRole('button', { name: 'Start a session' }).click()
    await page.getByText('The streamer has not let the campaign use the channel.').waitFor()
    await close()
  })

  test('a window that opens elsewhere shows by itself', async ({ browser }) => {
    const { people, campaign, channel } = await aCampaign()
    const { page, close } = await openPage(browser)
    await signIn(page, people.streamer.email, '/streamer')
    await page.getByRole('button', { name: 'Grant Ana Live to Friday quiz' }).waitFor()
    await openWindow(campaign.id, channel.id)
    await page.getByText('open until').waitFor({ timeout: 8_000 })
    await page.getByRole('button', { name: 'Revoke Ana Live to Friday quiz' }).waitFor()
    await close()
  })
})
