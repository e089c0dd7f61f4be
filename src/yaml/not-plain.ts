/** A text is not of the plain kind that a fast reader knows: the reader of all texts must read it. */
export class NotPlain extends Error {}
