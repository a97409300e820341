import { pageOf, type OperationGroup } from '#openapi/operation'
import { ref } from '#transformers/api_schema'
import { attemptList, jobRun, period, runList } from '#validators/api/runs'

const RUN = { says: 'The run, with the job’s own JSON once it has left one.', schema: ref('RunDetail') }

export const runOperations: OperationGroup = {
  name: 'Jobs and runs',
  description: 'Running jobs, and what they did.',
  operations: {
    'POST /api/v1/jobs/{name}/runs': {
      id: 'runJob',
      summary: 'Run a job',
      description:
        'Joins the run that is under way, if there is one. With `wait` the call waits for its end, thirty seconds at most.',
      query: jobRun,
      exampleQuery: { wait: true },
      answers: {
        202: { says: 'The run, which goes on.', schema: ref('BegunRun'), hasLocation: true },
        200: {
          says: 'With `wait=true`, where it ended within thirty seconds: the job’s own JSON.',
          schema: ref('JobResult'),
          hasLocation: true,
        },
      },
      errors: ['unknown_job', 'not_runnable', 'stopping', 'run_failed'],
    },
    'GET /api/v1/runs': {
      id: 'listRuns',
      summary: 'List runs',
      query: runList,
      exampleQuery: { state: 'finished', job: 'auto-token-refresh' },
      answers: { 200: { says: 'One page, the newest first.', schema: pageOf(ref('Run')) } },
    },
    'GET /api/v1/runs/{id}': {
      id: 'showRun',
      summary: 'Show a run',
      answers: { 200: RUN },
      errors: ['not_found'],
    },
    'POST /api/v1/runs/{id}/cancel': {
      id: 'cancelRun',
      summary: 'Cancel a run',
      description: 'What it has in flight is finished first. Asking again changes nothing.',
      answers: { 200: RUN },
      errors: ['not_found', 'run_over'],
    },
  },
}

export const figureOperations: OperationGroup = {
  name: 'Figures',
  description: 'The refresh log and the operating figures.',
  operations: {
    'GET /api/v1/refresh-attempts': {
      id: 'listRefreshAttempts',
      summary: 'List refresh attempts',
      query: attemptList,
      exampleQuery: { outcome: 'failed' },
      answers: { 200: { says: 'One page, the newest first.', schema: pageOf(ref('RefreshAttempt')) } },
    },
    'GET /api/v1/stats': {
      id: 'showStats',
      summary: 'Show the operating figures',
      description:
        'Of the last day unless a period is named. Rates are from 0 to 1, durations in milliseconds.',
      query: period,
      answers: { 200: { says: 'The figures.', schema: ref('Stats') } },
    },
  },
}
