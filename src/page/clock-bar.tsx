import { showDate, showDuration, showTime, showTimeOfDay } from '../clock/show-time.ts'
import { Icon } from '../page-parts/icon.tsx'
import { useStore } from '../page-parts/store-context.ts'
import { Verb } from '../page-parts/verb.tsx'
import { CALLS } from '../page-state/call.ts'
import { rateOf } from '../page-state/clock-time.ts'
import type { ClockDocument } from '../page-state/documents.ts'
import { NextChange } from './next-change.tsx'

/** By how much the buttons move the clock. */
const STEPS = ['1s', '10s', '1m']

/** The time of the scope, how it passes, what happens next, and the verbs that move it. */
export function ClockBar() {
  const { clock, nowMs } = useStore()
  const reading = clock.value
  if (reading === undefined) return null
  const { clock: shown } = reading
  return (
    <section class="clock" aria-label="Clock">
      <div class="clock-time">
        <ClockMode clock={shown} />
        <time class="now" dateTime={`${showTime(shown.now_ms)}Z`}>
          <span class="date">{showDate(nowMs.value)}</span>{' '}
          <span class="time">{showTimeOfDay(nowMs.value)}</span> <span class="zone">UTC</span>
        </time>
      </div>
      <NextChange clock={shown} />
      <ClockVerbs clock={shown} />
    </section>
  )
}

function ClockMode({ clock }: { readonly clock: ClockDocument }) {
  const { mode, scale = 1, poll_advance_ms } = clock
  const text = {
    real: 'real time',
    scaled: `scaled ×${scale}`,
    frozen: 'frozen',
    auto: `auto, +${showDuration(poll_advance_ms)} a poll`,
  }[mode]
  return (
    <span class={`mode ${mode}`}>
      <Icon name={rateOf(clock) > 0 ? 'play' : 'pause'} /> {text}
    </span>
  )
}

function ClockVerbs({ clock }: { readonly clock: ClockDocument }) {
  const isStill = clock.mode === 'frozen'
  const isNothingAhead = clock.next_change_at_ms === null
  return (
    <div class="verbs">
      <Verb
        call={CALLS.setMode(isStill ? 'real' : 'frozen')}
        done={isStill ? 'The clock runs in real time' : 'The clock is frozen'}
      >
        <Icon name={isStill ? 'play' : 'pause'} /> {isStill ? 'Real time' : 'Freeze'}
      </Verb>
      {STEPS.map((by) => (
        <Verb key={by} call={CALLS.advance(by)} done={`Advanced the clock by ${by}`}>
          +{by}
        </Verb>
      ))}
      <Verb
        call={CALLS.next()}
        done="Moved the clock to the next change"
        isDisabled={isNothingAhead}
      >
        <Icon name="next" /> Next
      </Verb>
      <Verb
        call={CALLS.run()}
        done="Ran the clock until nothing is ahead"
        isDisabled={isNothingAhead}
      >
        <Icon name="end" /> Run
      </Verb>
    </div>
  )
}
