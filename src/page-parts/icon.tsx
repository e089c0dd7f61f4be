/** The shapes of icons, in a square of 16 by 16. */
const PATHS = {
  running: 'M8 1.5a6.5 6.5 0 1 1-6.5 6.5M8 4.5V8l2.5 1.5',
  done: 'M2.5 8.5 6.2 12.2 13.5 4',
  error: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  cancelled: 'M8 1.8a6.2 6.2 0 1 0 .01 0M3.8 12.2l8.4-8.4',
  warning: 'M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.4v.4',
  bolt: 'M9.2 1.5 3.5 9h4l-.7 5.5L12.5 7h-4z',
  up: 'M8 13.5v-11M3.5 7 8 2.5 12.5 7',
  down: 'M8 2.5v11M3.5 9 8 13.5 12.5 9',
  half: 'M8 1.8a6.2 6.2 0 1 0 .01 0M8 1.8v12.4',
  pause: 'M5 3v10M11 3v10',
  play: 'M4.5 2.5v11l9-5.5z',
  next: 'M3 3v10l7-5zM13 3v10',
  end: 'M2 3v10l5.5-5zM8 3v10l5.5-5zM14.5 3v10',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  export: 'M8 1.5v8.5M4.5 6.8 8 10.2l3.5-3.4M2.5 13.5h11',
  reset: 'M3 2.5V6h3.5M3.2 6A5.5 5.5 0 1 1 2.5 9',
  release: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.8-1',
} as const

/** The name of an icon. */
export type IconName = keyof typeof PATHS

/** A small drawing next to a text that says the same: screen readers pass over it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="14"
      height="14"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
