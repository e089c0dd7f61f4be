/** The fixtures of the pictures: a bit of everything that the page shows. */
export const SUITE = {
  ring: { clusters: [{ name: 'west' }, { name: 'east' }] },
  jobs: [
    {
      job_id: 42,
      tag: 'nightly-backup',
      endpoint: '/create/backup',
      request: { backup_name: 'nightly', datasink_name: 's3' },
      lifecycle: {
        steps: [{ after: '20s', progress: 40 }, { after: '30s', progress: 90 }, { hold: true }],
      },
    },
    {
      job_id: 43,
      tag: 'index-orders',
      endpoint: '/alter/table',
      lifecycle: { steps: [{ hold: true, progress: 35 }] },
    },
    {
      job_id: 44,
      tag: 'import-orders',
      endpoint: '/insert/records/fromfiles',
      lifecycle: {
        steps: [{ after: 0, progress: 61 }],
        outcome: 'ERROR',
        error: 'file kifs://data/orders.csv not found',
      },
    },
    {
      job_id: 45,
      tag: 'statistics',
      endpoint: '/collect/statistics',
      lifecycle: { duration: 0 },
    },
    {
      job_id: 46,
      tag: 'report-2029',
      endpoint: '/execute/sql',
      lifecycle: { steps: [{ after: 0, progress: 25 }], outcome: 'CANCELLED' },
    },
    { job_id: 47, tag: 'rebalance', endpoint: '/admin/rebalance', lifecycle: { duration: '5m' } },
  ],
  rules: [
    {
      name: 'orders exist',
      when: { endpoint: '/has/table', request: { table_name: 'sales.orders' } },
      then: { response: { table_exists: true } },
    },
    {
      name: 'orders are locked',
      when: { endpoint: '/clear/table' },
      times: 1,
      then: { error: 'the table is locked' },
    },
  ],
  faults: [
    {
      name: 'half an answer',
      when: { endpoint: '/show/schema' },
      fault: { cut: { after: '50%' } },
    },
  ],
  tables: [{ name: 'sales.orders', columns: ['id long', 'note char16?'], rows: [[1, 'a']] }],
}
