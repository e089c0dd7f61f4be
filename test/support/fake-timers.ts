import { mock } from 'node:test'
import type { Test } from 'tap'

/** Installs fake timers for one test; they never call back. */
type InstallFakes = (t: Pick<Test, 'teardown'>) => void

// biome-ignore lint/style/noRestrictedGlobals: replaced in the tests
class FakeDate extends Date {
  static override now(): number {
    return 0
  }
}

/** The globals that sinon, Jest and Vitest replace, and their replacements. */
const FAKES: Readonly<Record<string, unknown>> = {
  Date: FakeDate,
  performance: { now: () => -1, timeOrigin: 0 },
  setTimeout: () => 1,
  clearTimeout: () => undefined,
  setInterval: () => 1,
  clearInterval: () => undefined,
  setImmediate: () => 1,
  clearImmediate: () => undefined,
  queueMicrotask: () => undefined,
}

/** Ways to install fake timers, by name. */
export const FAKE_TIMERS: Readonly<Record<string, InstallFakes>> = {
  'replaced globals': (t) => {
    for (const [name, value] of Object.entries(FAKES))
      replace(t, { target: globalThis, name, value })
  },
  'replaced methods': (t) => {
    replace(t, { target: Reflect.get(globalThis, 'Date'), name: 'now', value: () => 0 })
    replace(t, { target: Reflect.get(globalThis, 'performance'), name: 'now', value: () => -1 })
  },
  'the fake timers of node:test': (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'], now: 0 })
    t.teardown(() => mock.timers.reset())
  },
}

function replace(
  t: Pick<Test, 'teardown'>,
  {
    target,
    name,
    value,
  }: { readonly target: object; readonly name: string; readonly value: unknown },
): void {
  const real = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, { configurable: true, writable: true, value })
  t.teardown(() => {
    if (real) Object.defineProperty(target, name, real)
    else Reflect.deleteProperty(target, name)
  })
}
