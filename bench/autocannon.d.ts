/** What the benchmark uses of autocannon 8, which comes without types. */
declare module 'autocannon' {
  namespace autocannon {
    interface Options {
      readonly url: string
      readonly method: 'POST'
      readonly headers: Readonly<Record<string, string>>
      readonly body: string | Buffer
      /** What differs between the requests, which each connection sends in turn. */
      readonly requests?: readonly { readonly path: string; readonly body?: string }[]
      readonly connections: number
      /** Seconds; of no matter beside an amount. */
      readonly duration?: number
      /** How many requests it sends. */
      readonly amount?: number
      /** How often it looks whether the time is over, in ms. */
      readonly sampleInt: number
    }

    interface Result {
      readonly '2xx': number
      readonly non2xx: number
      readonly errors: number
      /** Seconds, as they were. */
      readonly duration: number
    }
  }

  function autocannon(options: autocannon.Options): Promise<autocannon.Result>

  export = autocannon
}
