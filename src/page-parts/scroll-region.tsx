import type { ComponentChildren } from 'preact'

interface ScrollRegionProps {
  readonly label?: string
  readonly labelledBy?: string
  readonly class?: string
  readonly children: ComponentChildren
}

/** A part of the page that scrolls by itself where there is room for several. */
export function ScrollRegion({ label, labelledBy, children, ...rest }: ScrollRegionProps) {
  return (
    <section
      class={`scroll ${rest.class ?? ''}`}
      aria-label={label}
      aria-labelledby={labelledBy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll only what can have the focus
      tabIndex={0}
    >
      {children}
    </section>
  )
}
