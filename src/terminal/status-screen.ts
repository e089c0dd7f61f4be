import type { TimeSource } from '../clock/time-source.ts'
import { fitText } from './fit-text.ts'
import { type CommandContext, widthOfOutput } from './output.ts'
import { renderStatus } from './render-status.ts'
import { Screen } from './screen.ts'
import type { StatusDocument } from './status-snapshot.ts'

/** How often the time of a running clock is drawn again, in ms. */
const TICK_MS = 1000

/** A status on the screen of a terminal, on which the time of the scope runs. */
export class StatusScreen {
  readonly #context: Pick<CommandContext, 'stdout' | 'paint'>
  readonly #time: TimeSource
  readonly #screen: Screen
  #status: StatusDocument | undefined
  #shownAtMs = 0
  #notice = ''
  #cancelTick: () => void

  constructor({ stdout, paint, time }: Pick<CommandContext, 'stdout' | 'paint' | 'time'>) {
    this.#context = { stdout, paint }
    this.#time = time
    this.#screen = new Screen(stdout)
    this.#cancelTick = this.#startTick()
  }

  /** Shows a status that was just read. */
  show(status: StatusDocument): void {
    this.#status = status
    this.#shownAtMs = this.#time.now()
    this.#notice = ''
    this.#draw()
  }

  /** Shows a line above the last status, until there is a new one. */
  note(line: string): void {
    this.#notice = line
    this.#draw()
  }

  /** Shows again what was on the terminal before. */
  close(): void {
    this.#cancelTick()
    this.#screen.close()
  }

  #startTick(): () => void {
    return this.#time.startTimer(TICK_MS, () => {
      this.#draw()
      this.#cancelTick = this.#startTick()
    })
  }

  #draw(): void {
    const { paint } = this.#context
    const width = widthOfOutput(this.#context)
    const notice = this.#notice === '' ? [] : [paint(fitText(this.#notice, width), 'red'), '']
    const status = this.#status && withTime(this.#status, this.#time.now() - this.#shownAtMs)
    const lines = status === undefined ? [] : renderStatus(status, { width, paint })
    this.#screen.draw([...notice, ...lines])
  }
}

/** A status some time later in real time, if nothing but the time of its scope has changed. */
function withTime(status: StatusDocument, passedMs: number): StatusDocument {
  const { clock } = status
  if (clock === null || clock.mode === 'frozen' || clock.mode === 'auto') return status
  const now_ms = clock.now_ms + Math.floor(passedMs * (clock.scale ?? 1))
  return { ...status, clock: { ...clock, now_ms } }
}
