import t from 'tap'
import { describeCalls, timeInTurns } from '../../bench/call-time.ts'
import { describeTurns, pooled } from '../../bench/comparison.ts'
import { parseCpuNs, readCpuNs } from '../../bench/cpu-time.ts'
import { aimOf, COLUMNS, renderTable } from '../../bench/figure.ts'
import { median, quartiles, ratioQuartiles, sum } from '../../bench/statistics.ts'
import { takeTurns, turnOrder } from '../../bench/turns.ts'

t.test('the median is the middle value, or between the middle two', async (t) => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([9, 1, 5, 6]), 5.5)
  t.equal(median([3]), 3)
  t.throws(() => median([]), { message: 'Cannot take the median: there are no values' })
})

t.test('quartiles are between two values if they are not one of them', async (t) => {
  t.strictSame(quartiles([5, 4, 3, 2, 1]), [2, 3, 4])
  t.strictSame(quartiles([1, 2, 3, 4]), [1.75, 2.5, 3.25])
  t.strictSame(quartiles([7]), [7, 7, 7])
})

t.test('ratios are taken round by round', async (t) => {
  t.strictSame(ratioQuartiles([1, 2, 9], [1, 1, 3]), [1.5, 2, 2.5])
  t.strictSame(ratioQuartiles([1], []), [Number.NaN, Number.NaN, Number.NaN])
})

t.test('the turns of several processes are those of one server', async (t) => {
  const turn = (rate: number) => ({ rate, cpuNs: undefined })
  const pair = (rate: number, other: number) => ({
    turns: [turn(rate)],
    others: [{ of: 'b', atLeast: 0.5, turns: [turn(other)] }],
  })
  t.strictSame(pooled([pair(1, 2)]), pair(1, 2))
  t.strictSame(pooled([pair(1, 2), pair(3, 4), pair(5, 6)]), {
    turns: [1, 3, 5].map(turn),
    others: [{ of: 'b', atLeast: 0.5, turns: [2, 4, 6].map(turn) }],
  })
})

t.test('the sum of no values is 0', async (t) => {
  t.equal(sum([1, 2, 4]), 7)
  t.equal(sum([]), 0)
})

t.test('each contender has each place in a round equally often', async (t) => {
  t.strictSame(turnOrder(2, 0), [0, 1])
  t.strictSame(turnOrder(2, 1), [1, 0])
  t.strictSame(
    [0, 1, 2, 3].map((round) => turnOrder(3, round)),
    [
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
      [0, 1, 2],
    ],
  )
})

/** A server that notes what happens to it, and its turns. */
function notingContender(name: string, notes: string[]) {
  const note = (what: string) => () => {
    notes.push(`${name} ${what}`)
  }
  const server = {
    url: '',
    suspend: note('suspended'),
    resume: note('resumed'),
    cpuNs: () => undefined,
    stop: async () => {},
  }
  const measure = async (turnMs: number) => {
    note(`measured for ${turnMs} ms`)()
    return name
  }
  return { server, measure }
}

t.test('only the server whose turn it is runs', async (t) => {
  const notes: string[] = []
  const contenders = [notingContender('a', notes), notingContender('b', notes)]
  const results = await takeTurns(contenders, { rounds: 2, turnMs: 5, warmUpMs: 10 })
  t.strictSame(results, [
    ['a', 'b'],
    ['a', 'b'],
  ])
  const turn = (name: string, ms: number) => [
    `${name} resumed`,
    `${name} measured for ${ms} ms`,
    `${name} suspended`,
  ]
  t.strictSame(notes, [
    'a suspended',
    'b suspended',
    ...turn('a', 10),
    ...turn('b', 10),
    ...turn('a', 5),
    ...turn('b', 5),
    ...turn('b', 5),
    ...turn('a', 5),
    'a resumed',
    'b resumed',
  ])
})

t.test('a turn that fails suspends its server', async (t) => {
  const notes: string[] = []
  const { server } = notingContender('a', notes)
  const measure = () => Promise.reject(new Error('Cannot measure'))
  const pace = { rounds: 1, turnMs: 5, warmUpMs: 10 }
  await t.rejects(takeTurns([{ server, measure }], pace), { message: 'Cannot measure' })
  t.strictSame(notes, ['a suspended', 'a resumed', 'a suspended'])
})

const TURNS = [
  { rate: 500, cpuNs: 200_000 },
  { rate: 600, cpuNs: 150_000 },
  { rate: 700, cpuNs: 160_000 },
]

const OTHER_TURNS = [
  { rate: 1000, cpuNs: 100_000 },
  { rate: 750, cpuNs: 120_000 },
  { rate: 1000, cpuNs: 80_000 },
]

t.test(
  'turns are compared round by round, by their rate and by their processor time',
  async (t) => {
    const figure = describeTurns('/get/job', {
      turns: TURNS,
      others: [
        { of: 'node:http', turns: OTHER_TURNS, atLeast: 0.65 },
        { of: 'Fastify', turns: OTHER_TURNS, atLeast: 0.95 },
        { of: 'itself', turns: TURNS },
      ],
    })
    t.strictSame(figure, {
      name: '/get/job',
      value: '600 requests/s',
      ratios: [
        '0.70 (0.60 to 0.75) of node:http',
        '0.70 (0.60 to 0.75) of Fastify',
        '1.00 (1.00 to 1.00) of itself',
      ],
      cpu: ['160.0 µs', '0.50 of node:http', '0.50 of Fastify', '1.00 of itself'],
      aim: { text: '≥ 0.65 of node:http; ≥ 0.95 of Fastify', met: false },
    })
  },
)

t.test('the processor time is omitted if the system does not report it', async (t) => {
  const turns = [{ rate: 500, cpuNs: undefined }]
  t.strictSame(describeTurns('/get/job', { turns, others: [{ of: 'node:http', turns }] }), {
    name: '/get/job',
    value: '500 requests/s',
    ratios: ['1.00 (1.00 to 1.00) of node:http'],
  })
})

t.test('the time of a call is compared with that of others', async (t) => {
  const others = [
    { of: 'among 200 rules', ns: [10_000, 12_000, 30_000], atMost: 1.25 },
    { of: 'among 10 rules', ns: [6000, 5000, 12_000] },
  ]
  t.strictSame(describeCalls('a request', { ns: [12_000, 12_000, 36_000], others }), {
    name: 'a request',
    value: '12.00 µs',
    ratios: [
      '1.20 (1.10 to 1.20) of among 200 rules (10.00 µs)',
      '2.40 (2.20 to 2.70) of among 10 rules (5.00 µs)',
    ],
    aim: { text: '≤ 1.25 of among 200 rules', met: true },
  })
})

t.test('calls are timed in turns, each in every round, after a turn that compiles', async (t) => {
  const seen: string[] = []
  const note = (name: string) => () => {
    if (seen.at(-1) !== name) seen.push(name)
  }
  const times = timeInTurns([note('a'), note('b')], { rounds: 3, turnMs: 1 })
  t.equal(seen.join(''), 'ababab')
  t.strictSame(
    times.map((ns) => ns.length),
    [3, 3],
  )
  t.ok(times.flat().every((ns) => ns > 0 && Number.isFinite(ns)))
})

t.test('a schedstat file begins with the time on a processor', async (t) => {
  t.equal(parseCpuNs('1234567 89 10\n'), 1_234_567)
})

t.test('a process that runs has used processor time, if the system reports it', async (t) => {
  t.not(readCpuNs(process.pid), 0)
})

t.test('the processor time of a process that does not exist is unknown', async (t) => {
  t.equal(readCpuNs(-1), undefined)
})

const FIGURE = { name: 'loads', value: '2 s', ratios: [] }

t.test('figures are rendered as a table, with their aims', async (t) => {
  const table = renderTable([
    { name: 'polls', value: '5 requests/s', ratios: ['1 of a', '2 of b'], cpu: ['7 µs', '1 of a'] },
    { ...FIGURE, aim: { text: '< 3 s', met: true } },
    { ...FIGURE, aim: { text: '< 1 s', met: false } },
  ])
  t.equal(
    table,
    [
      '| figure | measured | ratio | CPU per request | aim | met |',
      '| --- | --- | --- | --- | --- | --- |',
      '| polls | 5 requests/s | 1 of a; 2 of b | 7 µs; 1 of a |  |  |',
      '| loads | 2 s |  |  | < 3 s | yes |',
      '| loads | 2 s |  |  | < 1 s | **no** |',
    ].join('\n'),
  )
})

t.test('a table that does not judge has no last column', async (t) => {
  const figure = { ...FIGURE, aim: { text: '< 1 s', met: false } }
  t.equal(renderTable([figure], COLUMNS.plain).split('\n').at(-1), '| loads | 2 s |  |  | < 1 s |')
})

t.test('an aim is met if all of its ratios are within their limits', async (t) => {
  const least = { of: 'a', ratio: 0.65, atLeast: 0.65 }
  const most = { of: 'b', ratio: 1.2, atMost: 1.2 }
  t.strictSame(aimOf([least, most, { of: 'c', ratio: 0 }]), {
    aim: { text: '≥ 0.65 of a; ≤ 1.2 of b', met: true },
  })
  t.equal(aimOf([least, { ...most, ratio: 1.21 }]).aim?.met, false)
  t.equal(aimOf([{ ...least, ratio: 0.64 }, most]).aim?.met, false)
  t.strictSame(aimOf([{ of: 'c', ratio: 1 }]), {})
})
