import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const RunsController = () => import('#controllers/admin/runs_controller')
const RunActionsController = () => import('#controllers/admin/run_actions_controller')
const ScheduleController = () => import('#controllers/admin/schedule_controller')
const ActivityController = () => import('#controllers/admin/activity_controller')

/** Runs, the refresh log and the schedule. */
router
  .group(() => {
    router.get('/runs', [RunsController, 'index']).as('runs')
    router.get('/runs/:id', [RunsController, 'show']).as('runs.show')
    router.get('/activity', [ActivityController, 'index']).as('activity')
    router.get('/activity/:id', [ActivityController, 'show']).as('activity.show')
    router.get('/schedule', [ScheduleController, 'index']).as('schedule')
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.shell()])

router
  .group(() => {
    router
      .post('/runs/:id/cancel', [ScheduleController, 'cancel'])
      .as('runs.cancel')
      .use(audited('job.cancel', 'run'))
    router
      .post('/runs/:id/retry', [RunActionsController, 'retry'])
      .as('runs.retry')
      .use(audited('connection.refresh_many', 'run'))
    router
      .get('/runs/:id/report/:format', [RunActionsController, 'report'])
      .as('runs.report')
      .use(audited('connection.export', 'run'))
    router
      .post('/schedule/:name/run', [ScheduleController, 'run'])
      .as('schedule.run')
      .use(audited('job.run', 'job'))
    router
      .post('/schedule/:name/pause', [ScheduleController, 'pause'])
      .as('schedule.pause')
      .use(audited('job.pause', 'job'))
    router
      .post('/schedule/:name/resume', [ScheduleController, 'resume'])
      .as('schedule.resume')
      .use(audited('job.resume', 'job'))
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.operator()])
