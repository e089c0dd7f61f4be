/** The response of `/get/job`. */
export interface JobAnswer {
  readonly job_status: 'RUNNING' | 'DONE' | 'ERROR' | 'CANCELLED'
  readonly progress: number
  readonly job_response_str: string
  readonly status_map: Readonly<Record<string, string>>
}

/** The job endpoints of GPUdb in JSON. Replace it with the client that your program uses. */
export class GpudbClient {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async createJob(endpoint: string, request: object): Promise<number> {
    const data_str = JSON.stringify(request)
    const created: { job_id: number } = await this.#call('/create/job', {
      endpoint,
      request_encoding: 'json',
      data_str,
    })
    return created.job_id
  }

  getJob(id: number): Promise<JobAnswer> {
    return this.#call('/get/job', { job_id: id })
  }

  /** Throws an Error with the server's message. */
  async #call<Response>(endpoint: string, request: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    const sent = { method: 'POST', headers, body: JSON.stringify(request) }
    const answer = await fetch(`${this.#url}${endpoint}`, sent)
    const wrapper = JSON.parse(await answer.text())
    if (wrapper.status !== 'OK') throw new Error(wrapper.message)
    return JSON.parse(wrapper.data_str)
  }
}
