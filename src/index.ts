export type { ClockSetting } from './clock/clock.ts'
export {
  FixtureError,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './server/start-server.ts'
