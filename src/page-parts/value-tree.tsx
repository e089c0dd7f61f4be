import { useSignal } from '@preact/signals'
import { toPrintableLines } from '../documents/printable-text.ts'
import { cutText } from '../documents/quote-text.ts'
import { groupedCountText } from '../page-state/grouped-count.ts'
import { isList, type JsonValue } from '../page-state/json-text.ts'
import { toShort } from '../page-state/short-text.ts'

/** The longest text that is shown at once, in characters. */
const MAX_TEXT = 300
/** The most parts of a list or an object that are shown at once. */
const MAX_PARTS = 100
/** Objects below this depth are closed at first. */
const OPEN_DEPTH = 2

/** A value of JSON as a tree whose branches open and close. */
export function ValueTree({
  value,
  depth = 0,
}: {
  readonly value: JsonValue
  readonly depth?: number
}) {
  const isWhole = useSignal(false)
  if (typeof value !== 'object' || value === null) return <Leaf value={value} />
  const parts = isList(value)
    ? value.map((item, index) => [String(index), item] as const)
    : Object.entries(value)
  if (parts.length === 0) return <span class="muted">{isList(value) ? '[]' : '{}'}</span>
  const shown = isWhole.value ? parts : parts.slice(0, MAX_PARTS)
  return (
    <ul class="tree">
      {shown.map(([key, item]) => (
        <Branch key={key} name={key} value={item} depth={depth} />
      ))}
      {shown.length < parts.length && (
        <li>
          <button
            type="button"
            class="button small"
            onClick={() => {
              isWhole.value = true
            }}
          >
            Show {parts.length - shown.length} more
          </button>
        </li>
      )}
    </ul>
  )
}

interface BranchProps {
  readonly name: string
  readonly value: JsonValue
  readonly depth: number
}

function Branch({ name, value, depth }: BranchProps) {
  const isOpen = useSignal(depth < OPEN_DEPTH)
  const label = <span class="key">{toShort(name, MAX_TEXT)}</span>
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return (
      <li>
        {label} <ValueTree value={value} />
      </li>
    )
  }
  return (
    <li>
      <details
        open={isOpen.value}
        onToggle={({ currentTarget }) => {
          isOpen.value = currentTarget.open
        }}
      >
        <summary>
          {label} <span class="muted">{describe(value)}</span>
        </summary>
        {isOpen.value && <ValueTree value={value} depth={depth + 1} />}
      </details>
    </li>
  )
}

function describe(value: object): string {
  const count = Object.keys(value).length
  return Array.isArray(value)
    ? `[${groupedCountText(count, 'item')}]`
    : `{${groupedCountText(count, 'key')}}`
}

function Leaf({ value }: { readonly value: Exclude<JsonValue, object> | null }) {
  const isWhole = useSignal(false)
  if (typeof value !== 'string') return <span class="literal">{String(value)}</span>
  if (value === '') return <span class="muted">""</span>
  if (isWhole.value) return <span class="string">{toPrintableLines(value)}</span>
  return (
    <span class="string">
      {toPrintableLines(cutText(value, MAX_TEXT))}{' '}
      {value.length > MAX_TEXT && (
        <button
          type="button"
          class="button small"
          onClick={() => {
            isWhole.value = true
          }}
        >
          Show all {groupedCountText(value.length, 'character')}
        </button>
      )}
    </span>
  )
}
