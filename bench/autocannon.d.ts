/** The part of autocannon 8 that the benchmark uses; the package has no types. */
declare module 'autocannon' {
  namespace autocannon {
    interface Options {
      readonly url: string
      readonly method: 'POST'
      readonly headers: Readonly<Record<string, string>>
      readonly body: string | Buffer
      /** The differences between the requests, which each connection sends in turn. */
      readonly requests?: readonly { readonly path: string; readonly body?: string }[]
      readonly connections: number
      /** In seconds; ignored if there is an amount. */
      readonly duration?: number
      /** The number of requests. */
      readonly amount?: number
      /** The interval of checks for the end of the duration, in ms. */
      readonly sampleInt: number
    }

    interface Result {
      readonly '2xx': number
      readonly non2xx: number
      readonly errors: number
      /** The actual duration in seconds. */
      readonly duration: number
    }
  }

  function autocannon(options: autocannon.Options): Promise<autocannon.Result>

  export = autocannon
}
