export type { ClockSetting } from './clock/clock.ts'
export { FixtureError } from './fixtures/load-fixtures.ts'
export { type RunningServer, type ServerOptions, startServer } from './server/start-server.ts'
