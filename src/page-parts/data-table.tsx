import type { ComponentChildren } from 'preact'
import { ScrollRegion } from './scroll-region.tsx'

/** A column: its title, and whether it is right-aligned, or only for wide lists. */
export interface Column {
  readonly title: string
  readonly kind?: string
}

interface DataTableProps {
  readonly caption: string
  readonly columns: readonly Column[]
  readonly children: ComponentChildren
}

/** A table with a scrolling region of its own. */
export function DataTable({ caption, columns, children }: DataTableProps) {
  return (
    <ScrollRegion label={caption}>
      <table>
        <caption class="offscreen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, kind }) => (
              <th key={title} scope="col" class={kind}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </ScrollRegion>
  )
}
