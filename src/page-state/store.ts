import { computed, effect, signal } from '@preact/signals'
import type { Api } from './api.ts'
import { type Call, toCurl } from './call.ts'
import { type ClockReading, timeAt } from './clock-time.ts'
import type { ClockDocument } from './documents.ts'
import { ALL_JOBS, ALL_REQUESTS } from './filters.ts'
import { Lifecycles } from './lifecycles.ts'
import { isSeen, type Lists, listNames, makeLists } from './lists.ts'
import type { Pace } from './live-list.ts'
import type { PagePlace, Selection, Tab } from './page-place.ts'

/** Whether the page receives events. */
export type Connection = 'connecting' | 'live' | 'disconnected'

/** What came of an action, to be shown and read aloud. */
export interface Notice {
  readonly kind: 'done' | 'failed'
  readonly text: string
  /** The command that does the same. */
  readonly curl?: string
  /** A text that was copied. */
  readonly copied?: string
}

/** What a store is made of. */
export interface StoreParts {
  readonly api: Api
  readonly place: PagePlace
  /** Whether the page shows no verbs. */
  readonly isReadOnly: boolean
  /** The time of the machine. */
  readonly pace: Pace
}

/** Everything that the page shows, as signals. Lists are fetched while they are on screen. */
export class Store {
  readonly api: Api
  readonly place: PagePlace
  readonly isReadOnly: boolean
  readonly pace: Pace
  readonly connection = signal<Connection>('connecting')
  /** Whether the page is visible: the tab of the browser is not in the background. */
  readonly isVisible = signal(true)
  readonly version = signal('')
  /** Whether the scope exists: it may not be created yet, or have been removed. */
  readonly exists = signal(true)
  readonly clock = signal<ClockReading | undefined>(undefined)
  /** The time of the scope to show; `tick` moves it. */
  readonly nowMs = signal(0)
  readonly jobFilter = signal(ALL_JOBS)
  readonly requestFilter = signal(ALL_REQUESTS)
  readonly tab = signal<Tab>('requests')
  readonly selection = signal<Selection | undefined>(undefined)
  readonly notice = signal<Notice | undefined>(undefined)
  /** Why a token is asked for; undefined if it is not. */
  readonly tokenPrompt = signal<string | undefined>(undefined)
  readonly lists: Lists
  readonly lifecycles: Lifecycles
  /** The line of the scope in the list of scopes. */
  readonly ownScope = computed(() =>
    this.lists.scopes.document.value?.scopes.find(({ name }) => name === this.place.scope),
  )

  constructor({ api, place, isReadOnly, pace }: StoreParts) {
    this.api = api
    this.place = place
    this.isReadOnly = isReadOnly
    this.pace = pace
    const { jobFilter, requestFilter, selection } = this
    const now = () => this.#scopeNow()
    this.lists = makeLists({ api, jobFilter, requestFilter, selection, pace, now })
    this.lifecycles = new Lifecycles(api)
    this.#connectSignals()
  }

  /** Moves the shown time to that of the scope. */
  tick(): void {
    this.nowMs.value = this.#scopeNow()
  }

  /** Takes a clock that the mock has sent; null if the scope does not exist. */
  setClock(clock: ClockDocument | null): void {
    this.clock.value = clock === null ? undefined : { clock, readAtMs: this.pace.now() }
    this.tick()
  }

  /** Asks for the token, or for another one. */
  askToken(): void {
    this.tokenPrompt.value =
      this.api.token === undefined ? 'This mock requires its token' : 'The mock rejects this token'
  }

  /** The command that makes a call. */
  curlOf(call: Call): string {
    const hasToken = this.api.token !== undefined
    return toCurl(call, { controlUrl: this.place.controlUrl, hasToken })
  }

  #connectSignals(): void {
    const { lists, lifecycles } = this
    effect(() => lifecycles.want(lists.jobs.document.value?.jobs ?? []))
    whenChanged(this.jobFilter, () => lists.jobs.renew())
    whenChanged(this.requestFilter, () => lists.requests.renew())
    whenChanged(this.selection, () => lists.details.renew())
    effect(() => {
      // Nothing is fetched before the first event: the mock may require a token.
      const isConnected = this.connection.value !== 'connecting'
      for (const name of listNames(lists)) {
        const isShown = isSeen(name, { tab: this.tab.value, isVisible: this.isVisible.value })
        lists[name].setShown(isConnected && isShown)
      }
    })
  }

  #scopeNow(): number {
    const reading = this.clock.peek()
    return reading === undefined ? 0 : timeAt(reading, this.pace.now())
  }
}

/** Calls back when a signal gets another value, not for its first one. */
function whenChanged(source: { readonly value: unknown }, callback: () => void): void {
  let isFirst = true
  effect(() => {
    void source.value
    if (!isFirst) callback()
    isFirst = false
  })
}
