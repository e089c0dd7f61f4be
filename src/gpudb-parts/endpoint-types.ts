import type { JobValue } from '../jobs/job.ts'

/** An Avro map; its keys are strings. */
type Dictionary<Value> = Readonly<Record<string, Value>>

/**
 * The records of every endpoint as TypeScript types. Generated from the schemas by
 * `npm run generate`; a test fails if this file is out of date.
 */
export interface EndpointTypes {
  '/admin/add/host': {
    request: {
      host_address: string
      options: Dictionary<string>
    }
    response: {
      added_host: string
      info: Dictionary<string>
    }
  }
  '/admin/add/ranks': {
    request: {
      hosts: readonly string[]
      config_params: readonly Dictionary<string>[]
      options: Dictionary<string>
    }
    response: {
      added_ranks: readonly string[]
      info: Dictionary<string>
    }
  }
  '/admin/alter/configuration': {
    request: {
      config_string: string
      options: Dictionary<string>
    }
    response: {
      status: string
      info: Dictionary<string>
    }
  }
  '/admin/alter/host': {
    request: {
      host: string
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/alter/jobs': {
    request: {
      job_ids: readonly bigint[]
      action: string
      options: Dictionary<string>
    }
    response: {
      job_ids: readonly bigint[]
      action: string
      status: readonly string[]
      info: Dictionary<string>
    }
  }
  '/admin/alter/shards': {
    request: {
      version: bigint
      use_index: boolean
      rank: readonly number[]
      tom: readonly number[]
      index: readonly number[]
      backup_map_list: readonly number[]
      backup_map_values: readonly (readonly number[])[]
      options: Dictionary<string>
    }
    response: {
      version: bigint
      info: Dictionary<string>
    }
  }
  '/admin/backup/begin': {
    request: {
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/backup/end': {
    request: {
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/ha/offline': {
    request: {
      offline: boolean
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/ha/refresh': {
    request: {
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/offline': {
    request: {
      offline: boolean
      options: Dictionary<string>
    }
    response: {
      is_offline: boolean
      info: Dictionary<string>
    }
  }
  '/admin/rebalance': {
    request: {
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/remove/host': {
    request: {
      host: string
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/remove/ranks': {
    request: {
      ranks: readonly string[]
      options: Dictionary<string>
    }
    response: {
      removed_ranks: readonly string[]
      info: Dictionary<string>
    }
  }
  '/admin/repair/table': {
    request: {
      table_names: readonly string[]
      table_types: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      repair_status: readonly string[]
      info: Dictionary<string>
    }
  }
  '/admin/send/alert': {
    request: {
      message: string
      label: string
      log_level: string
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/show/alerts': {
    request: {
      num_alerts: number
      options: Dictionary<string>
    }
    response: {
      timestamps: readonly string[]
      types: readonly string[]
      params: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/admin/show/cluster/operations': {
    request: {
      history_index: number
      options: Dictionary<string>
    }
    response: {
      history_index: number
      history_size: number
      in_progress: boolean
      start_time: string
      end_time: string
      endpoint: string
      endpoint_schema: string
      overall_status: string
      user_stopped: boolean
      percent_complete: number
      dry_run: boolean
      messages: readonly string[]
      add_ranks: boolean
      add_ranks_status: string
      ranks_being_added: readonly number[]
      rank_hosts: readonly string[]
      add_ranks_percent_complete: number
      remove_ranks: boolean
      remove_ranks_status: string
      ranks_being_removed: readonly number[]
      remove_ranks_percent_complete: number
      rebalance: boolean
      rebalance_unsharded_data: boolean
      rebalance_unsharded_data_status: string
      unsharded_rebalance_percent_complete: number
      rebalance_sharded_data: boolean
      shard_array_version: bigint
      rebalance_sharded_data_status: string
      num_shards_changing: number
      sharded_rebalance_percent_complete: number
      info: Dictionary<string>
    }
  }
  '/admin/show/configuration': {
    request: {
      options: Dictionary<string>
    }
    response: {
      config_string: string
      info: Dictionary<string>
    }
  }
  '/admin/show/jobs': {
    request: {
      options: Dictionary<string>
    }
    response: {
      job_id: readonly bigint[]
      status: readonly string[]
      endpoint_name: readonly string[]
      time_received: readonly bigint[]
      auth_id: readonly string[]
      source_ip: readonly string[]
      query_text: readonly string[]
      user_data: readonly string[]
      flags: readonly string[]
      info: Dictionary<string>
    }
  }
  '/admin/show/shards': {
    request: {
      options: Dictionary<string>
    }
    response: {
      version: bigint
      rank: readonly number[]
      tom: readonly number[]
      info: Dictionary<string>
    }
  }
  '/admin/shutdown': {
    request: {
      exit_type: string
      authorization: string
      options: Dictionary<string>
    }
    response: {
      exit_status: string
      info: Dictionary<string>
    }
  }
  '/admin/switchover': {
    request: {
      processes: readonly string[]
      destinations: readonly string[]
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/admin/verifydb': {
    request: {
      options: Dictionary<string>
    }
    response: {
      verified_ok: boolean
      error_list: readonly string[]
      orphaned_tables_total_size: bigint
      info: Dictionary<string>
    }
  }
  '/aggregate/convexhull': {
    request: {
      table_name: string
      x_column_name: string
      y_column_name: string
      options: Dictionary<string>
    }
    response: {
      x_vector: readonly number[]
      y_vector: readonly number[]
      count: number
      is_valid: boolean
      info: Dictionary<string>
    }
  }
  '/aggregate/groupby': {
    request: {
      table_name: string
      column_names: readonly string[]
      offset: bigint
      limit: bigint
      encoding: string
      options: Dictionary<string>
    }
    response: {
      response_schema_str: string
      binary_encoded_response: Buffer
      json_encoded_response: string
      total_number_of_records: bigint
      has_more_records: boolean
      info: Dictionary<string>
    }
  }
  '/aggregate/histogram': {
    request: {
      table_name: string
      column_name: string
      start: number
      end: number
      interval: number
      options: Dictionary<string>
    }
    response: {
      counts: readonly number[]
      start: number
      end: number
      info: Dictionary<string>
    }
  }
  '/aggregate/kmeans': {
    request: {
      table_name: string
      column_names: readonly string[]
      k: number
      tolerance: number
      options: Dictionary<string>
    }
    response: {
      means: readonly (readonly number[])[]
      counts: readonly bigint[]
      rms_dists: readonly number[]
      count: bigint
      rms_dist: number
      tolerance: number
      num_iters: number
      info: Dictionary<string>
    }
  }
  '/aggregate/minmax': {
    request: {
      table_name: string
      column_name: string
      options: Dictionary<string>
    }
    response: {
      min: number
      max: number
      info: Dictionary<string>
    }
  }
  '/aggregate/minmax/geometry': {
    request: {
      table_name: string
      column_name: string
      options: Dictionary<string>
    }
    response: {
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      info: Dictionary<string>
    }
  }
  '/aggregate/statistics': {
    request: {
      table_name: string
      column_name: string
      stats: string
      options: Dictionary<string>
    }
    response: {
      stats: Dictionary<number>
      info: Dictionary<string>
    }
  }
  '/aggregate/statistics/byrange': {
    request: {
      table_name: string
      select_expression: string
      column_name: string
      value_column_name: string
      stats: string
      start: number
      end: number
      interval: number
      options: Dictionary<string>
    }
    response: {
      stats: Dictionary<readonly number[]>
      info: Dictionary<string>
    }
  }
  '/aggregate/unique': {
    request: {
      table_name: string
      column_name: string
      offset: bigint
      limit: bigint
      encoding: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      response_schema_str: string
      binary_encoded_response: Buffer
      json_encoded_response: string
      has_more_records: boolean
      info: Dictionary<string>
    }
  }
  '/aggregate/unpivot': {
    request: {
      table_name: string
      column_names: readonly string[]
      variable_column_name: string
      value_column_name: string
      pivoted_columns: readonly string[]
      encoding: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      response_schema_str: string
      binary_encoded_response: Buffer
      json_encoded_response: string
      total_number_of_records: bigint
      has_more_records: boolean
      info: Dictionary<string>
    }
  }
  '/alter/backup': {
    request: {
      backup_name: string
      action: string
      value: string
      datasink_name: string
      options: Dictionary<string>
    }
    response: {
      backup_name: string
      backup_id: bigint
      total_bytes: bigint
      total_files: bigint
      total_number_of_records: bigint
      info: Dictionary<string>
    }
  }
  '/alter/credential': {
    request: {
      credential_name: string
      credential_updates_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      credential_name: string
      info: Dictionary<string>
    }
  }
  '/alter/datasink': {
    request: {
      name: string
      datasink_updates_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      updated_properties_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/alter/datasource': {
    request: {
      name: string
      datasource_updates_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      updated_properties_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/alter/directory': {
    request: {
      directory_name: string
      directory_updates_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      directory_name: string
      info: Dictionary<string>
    }
  }
  '/alter/environment': {
    request: {
      environment_name: string
      action: string
      value: string
      options: Dictionary<string>
    }
    response: {
      environment_name: string
      info: Dictionary<string>
    }
  }
  '/alter/graph': {
    request: {
      graph_name: string
      action: string
      action_arg: string
      options: Dictionary<string>
    }
    response: {
      action: string
      action_arg: string
      info: Dictionary<string>
    }
  }
  '/alter/model': {
    request: {
      model_name: string
      action: string
      value: string
      options: Dictionary<string>
    }
    response: {
      model_name: string
      action: string
      value: string
      info: Dictionary<string>
    }
  }
  '/alter/resourcegroup': {
    request: {
      name: string
      tier_attributes: Dictionary<Dictionary<string>>
      ranking: string
      adjoining_resource_group: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/alter/role': {
    request: {
      name: string
      action: string
      value: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/alter/schema': {
    request: {
      schema_name: string
      action: string
      value: string
      options: Dictionary<string>
    }
    response: {
      schema_name: string
      info: Dictionary<string>
    }
  }
  '/alter/system/properties': {
    request: {
      property_updates_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      updated_properties_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/alter/table': {
    request: {
      table_name: string
      action: string
      value: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      action: string
      value: string
      type_id: string
      type_definition: string
      properties: Dictionary<readonly string[]>
      label: string
      info: Dictionary<string>
    }
  }
  '/alter/table/columns': {
    request: {
      table_name: string
      column_alterations: readonly Dictionary<string>[]
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_id: string
      type_definition: string
      properties: Dictionary<readonly string[]>
      label: string
      column_alterations: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/alter/table/metadata': {
    request: {
      table_names: readonly string[]
      metadata_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      metadata_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/alter/tablemonitor': {
    request: {
      topic_id: string
      monitor_updates_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      topic_id: string
      info: Dictionary<string>
    }
  }
  '/alter/tier': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/alter/user': {
    request: {
      name: string
      action: string
      value: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/alter/user/reveal': {
    request: {
      user_name: string
      password: string
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/alter/video': {
    request: {
      path: string
      options: Dictionary<string>
    }
    response: {
      path: string
      info: Dictionary<string>
    }
  }
  '/alter/wal': {
    request: {
      table_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/append/records': {
    request: {
      table_name: string
      source_table_name: string
      field_map: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      table_name: string
      info: Dictionary<string>
    }
  }
  '/chat/completions': {
    request: {
      messages: readonly Dictionary<JobValue>[]
    }
    response: {
      id: string
      object: string
      created: bigint
      model: string
      choices: readonly {
        index: number
        message: {
          role: string
          content: string
        }
        finish_reason: string
      }[]
      usage: {
        prompt_tokens: number
        completion_tokens: number
        total_tokens: number
      }
      prompt: string
    }
  }
  '/check/table': {
    request: {
      table_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      ids: readonly string[]
      locations: readonly string[]
      errors: readonly string[]
      info: Dictionary<string>
    }
  }
  '/clear/statistics': {
    request: {
      table_name: string
      column_name: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      column_name: string
      info: Dictionary<string>
    }
  }
  '/clear/table': {
    request: {
      table_name: string
      authorization: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      info: Dictionary<string>
    }
  }
  '/clear/tablemonitor': {
    request: {
      topic_id: string
      options: Dictionary<string>
    }
    response: {
      topic_id: string
      info: Dictionary<string>
    }
  }
  '/clear/tables': {
    request: {
      table_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      tables: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/clear/trigger': {
    request: {
      trigger_id: string
      options: Dictionary<string>
    }
    response: {
      trigger_id: string
      info: Dictionary<string>
    }
  }
  '/collect/statistics': {
    request: {
      table_name: string
      column_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      table_name: string
      column_names: readonly string[]
      info: Dictionary<string>
    }
  }
  '/create/backup': {
    request: {
      backup_name: string
      backup_type: string
      backup_objects_map: Dictionary<string>
      datasink_name: string
      options: Dictionary<string>
    }
    response: {
      backup_name: string
      backup_id: bigint
      copied_bytes: bigint
      copied_files: bigint
      copied_records: bigint
      total_number_of_records: bigint
      info: Dictionary<string>
    }
  }
  '/create/catalog': {
    request: {
      name: string
      table_format: string
      location: string
      type: string
      credential: string
      datasource: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/create/container/registry': {
    request: {
      registry_name: string
      uri: string
      credential: string
      options: Dictionary<string>
    }
    response: {
      registry_name: string
      entity_id: number
      info: Dictionary<string>
    }
  }
  '/create/credential': {
    request: {
      credential_name: string
      type: string
      identity: string
      secret: string
      options: Dictionary<string>
    }
    response: {
      credential_name: string
      info: Dictionary<string>
    }
  }
  '/create/datasink': {
    request: {
      name: string
      destination: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/create/datasource': {
    request: {
      name: string
      location: string
      user_name: string
      password: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/create/deltatable': {
    request: {
      delta_table_name: string
      table_name: string
      options: Dictionary<string>
    }
    response: {
      delta_table_name: string
      info: Dictionary<string>
    }
  }
  '/create/directory': {
    request: {
      directory_name: string
      options: Dictionary<string>
    }
    response: {
      directory_name: string
      info: Dictionary<string>
    }
  }
  '/create/environment': {
    request: {
      environment_name: string
      options: Dictionary<string>
    }
    response: {
      environment_name: string
      info: Dictionary<string>
    }
  }
  '/create/graph': {
    request: {
      graph_name: string
      directed_graph: boolean
      nodes: readonly string[]
      edges: readonly string[]
      weights: readonly string[]
      restrictions: readonly string[]
      options: Dictionary<string>
    }
    response: {
      result: boolean
      num_nodes: bigint
      num_edges: bigint
      edges_ids: readonly bigint[]
      info: Dictionary<string>
    }
  }
  '/create/job': {
    request: {
      endpoint: string
      request_encoding: string
      data: Buffer
      data_str: string
      options: Dictionary<string>
    }
    response: {
      job_id: bigint
      info: Dictionary<string>
    }
  }
  '/create/jointable': {
    request: {
      join_table_name: string
      table_names: readonly string[]
      column_names: readonly string[]
      expressions: readonly string[]
      options: Dictionary<string>
    }
    response: {
      join_table_name: string
      count: bigint
      info: Dictionary<string>
    }
  }
  '/create/materializedview': {
    request: {
      table_name: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      view_id: string
      info: Dictionary<string>
    }
  }
  '/create/proc': {
    request: {
      proc_name: string
      execution_mode: string
      files: Dictionary<Buffer>
      command: string
      args: readonly string[]
      options: Dictionary<string>
    }
    response: {
      proc_name: string
      info: Dictionary<string>
    }
  }
  '/create/projection': {
    request: {
      table_name: string
      projection_name: string
      column_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      projection_name: string
      info: Dictionary<string>
    }
  }
  '/create/resourcegroup': {
    request: {
      name: string
      tier_attributes: Dictionary<Dictionary<string>>
      ranking: string
      adjoining_resource_group: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/create/role': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/create/schema': {
    request: {
      schema_name: string
      options: Dictionary<string>
    }
    response: {
      schema_name: string
      info: Dictionary<string>
    }
  }
  '/create/statetable': {
    request: {
      table_name: string
      input_table_name: string
      init_table_name: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      info: Dictionary<string>
    }
  }
  '/create/table': {
    request: {
      table_name: string
      type_id: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_id: string
      is_collection: boolean
      info: Dictionary<string>
    }
  }
  '/create/table/external': {
    request: {
      table_name: string
      filepaths: readonly string[]
      modify_columns: Dictionary<Dictionary<string>>
      create_table_options: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_id: string
      type_definition: string
      type_label: string
      type_properties: Dictionary<readonly string[]>
      count_inserted: bigint
      count_skipped: bigint
      count_updated: bigint
      info: Dictionary<string>
      files: readonly string[]
    }
  }
  '/create/tablemonitor': {
    request: {
      table_name: string
      options: Dictionary<string>
    }
    response: {
      topic_id: string
      table_name: string
      type_schema: string
      info: Dictionary<string>
    }
  }
  '/create/trigger/byarea': {
    request: {
      request_id: string
      table_names: readonly string[]
      x_column_name: string
      x_vector: readonly number[]
      y_column_name: string
      y_vector: readonly number[]
      options: Dictionary<string>
    }
    response: {
      trigger_id: string
      info: Dictionary<string>
    }
  }
  '/create/trigger/byrange': {
    request: {
      request_id: string
      table_names: readonly string[]
      column_name: string
      min: number
      max: number
      options: Dictionary<string>
    }
    response: {
      trigger_id: string
      info: Dictionary<string>
    }
  }
  '/create/type': {
    request: {
      type_definition: string
      label: string
      properties: Dictionary<readonly string[]>
      options: Dictionary<string>
    }
    response: {
      type_id: string
      type_definition: string
      label: string
      properties: Dictionary<readonly string[]>
      info: Dictionary<string>
    }
  }
  '/create/union': {
    request: {
      table_name: string
      table_names: readonly string[]
      input_column_names: readonly (readonly string[])[]
      output_column_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      table_name: string
      info: Dictionary<string>
    }
  }
  '/create/user/external': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/create/user/internal': {
    request: {
      name: string
      password: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/create/user/reveal': {
    request: {
      user_name: string
      password: string
      first_name: string
      last_name: string
      email: string
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/create/video': {
    request: {
      attribute: string
      begin: string
      duration_seconds: number
      end: string
      frames_per_second: number
      style: string
      path: string
      style_parameters: string
      options: Dictionary<string>
    }
    response: {
      job_id: bigint
      path: string
      info: Dictionary<string>
    }
  }
  '/delete/directory': {
    request: {
      directory_name: string
      options: Dictionary<string>
    }
    response: {
      directory_name: string
      info: Dictionary<string>
    }
  }
  '/delete/files': {
    request: {
      file_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      file_names: readonly string[]
      info: Dictionary<string>
    }
  }
  '/delete/graph': {
    request: {
      graph_name: string
      options: Dictionary<string>
    }
    response: {
      result: boolean
      info: Dictionary<string>
    }
  }
  '/delete/proc': {
    request: {
      proc_name: string
      options: Dictionary<string>
    }
    response: {
      proc_name: string
      info: Dictionary<string>
    }
  }
  '/delete/records': {
    request: {
      table_name: string
      expressions: readonly string[]
      options: Dictionary<string>
    }
    response: {
      count_deleted: bigint
      counts_deleted: readonly bigint[]
      info: Dictionary<string>
    }
  }
  '/delete/resourcegroup': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/delete/role': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/delete/user': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/download/files': {
    request: {
      file_names: readonly string[]
      read_offsets: readonly bigint[]
      read_lengths: readonly bigint[]
      options: Dictionary<string>
    }
    response: {
      file_names: readonly string[]
      file_data: readonly Buffer[]
      info: Dictionary<string>
    }
  }
  '/drop/backup': {
    request: {
      backup_name: string
      datasink_name: string
      options: Dictionary<string>
    }
    response: {
      backup_name: string
      backup_names: readonly string[]
      info: Dictionary<string>
    }
  }
  '/drop/catalog': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/drop/container/registry': {
    request: {
      registry_name: string
      options: Dictionary<string>
    }
    response: {
      registry_name: string
      info: Dictionary<string>
    }
  }
  '/drop/credential': {
    request: {
      credential_name: string
      options: Dictionary<string>
    }
    response: {
      credential_name: string
      info: Dictionary<string>
    }
  }
  '/drop/datasink': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/drop/datasource': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      info: Dictionary<string>
    }
  }
  '/drop/environment': {
    request: {
      environment_name: string
      options: Dictionary<string>
    }
    response: {
      environment_name: string
      info: Dictionary<string>
    }
  }
  '/drop/model': {
    request: {
      model_name: string
      options: Dictionary<string>
    }
    response: {
      model_name: string
      info: Dictionary<string>
    }
  }
  '/drop/schema': {
    request: {
      schema_name: string
      options: Dictionary<string>
    }
    response: {
      schema_name: string
      info: Dictionary<string>
    }
  }
  '/evaluate/model': {
    request: {
      model_name: string
      replicas: number
      deployment_mode: string
      source_table: string
      destination_table: string
      options: Dictionary<string>
    }
    response: {
      model_name: string
      destination_table: string
      info: Dictionary<string>
    }
  }
  '/execute/proc': {
    request: {
      proc_name: string
      params: Dictionary<string>
      bin_params: Dictionary<Buffer>
      input_table_names: readonly string[]
      input_column_names: Dictionary<readonly string[]>
      output_table_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      run_id: string
      info: Dictionary<string>
    }
  }
  '/execute/sql': {
    request: {
      statement: string
      offset: bigint
      limit: bigint
      encoding: string
      request_schema_str: string
      data: readonly Buffer[]
      options: Dictionary<string>
    }
    response: {
      count_affected: bigint
      response_schema_str: string
      binary_encoded_response: Buffer
      json_encoded_response: string
      total_number_of_records: bigint
      has_more_records: boolean
      paging_table: string
      info: Dictionary<string>
    }
  }
  '/export/query/metrics': {
    request: {
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/export/records/tofiles': {
    request: {
      table_name: string
      filepath: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      count_exported: bigint
      count_skipped: bigint
      files: readonly string[]
      last_timestamp: bigint
      data_text: readonly string[]
      data_bytes: readonly Buffer[]
      info: Dictionary<string>
    }
  }
  '/export/records/totable': {
    request: {
      table_name: string
      remote_query: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      count_inserted: bigint
      count_skipped: bigint
      count_updated: bigint
      info: Dictionary<string>
    }
  }
  '/filter': {
    request: {
      table_name: string
      view_name: string
      expression: string
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/byarea': {
    request: {
      table_name: string
      view_name: string
      x_column_name: string
      x_vector: readonly number[]
      y_column_name: string
      y_vector: readonly number[]
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/byarea/geometry': {
    request: {
      table_name: string
      view_name: string
      column_name: string
      x_vector: readonly number[]
      y_vector: readonly number[]
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/bybox': {
    request: {
      table_name: string
      view_name: string
      x_column_name: string
      min_x: number
      max_x: number
      y_column_name: string
      min_y: number
      max_y: number
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/bybox/geometry': {
    request: {
      table_name: string
      view_name: string
      column_name: string
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/bygeometry': {
    request: {
      table_name: string
      view_name: string
      column_name: string
      input_wkt: string
      operation: string
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/bylist': {
    request: {
      table_name: string
      view_name: string
      column_values_map: Dictionary<readonly string[]>
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/byradius': {
    request: {
      table_name: string
      view_name: string
      x_column_name: string
      x_center: number
      y_column_name: string
      y_center: number
      radius: number
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/byradius/geometry': {
    request: {
      table_name: string
      view_name: string
      column_name: string
      x_center: number
      y_center: number
      radius: number
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/byrange': {
    request: {
      table_name: string
      view_name: string
      column_name: string
      lower_bound: number
      upper_bound: number
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/byseries': {
    request: {
      table_name: string
      view_name: string
      track_id: string
      target_track_ids: readonly string[]
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/bystring': {
    request: {
      table_name: string
      view_name: string
      expression: string
      mode: string
      column_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
      stats_data: Buffer
    }
  }
  '/filter/bytable': {
    request: {
      table_name: string
      view_name: string
      column_name: string
      source_table_name: string
      source_table_column_name: string
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/filter/byvalue': {
    request: {
      table_name: string
      view_name: string
      is_string: boolean
      value: number
      value_str: string
      column_name: string
      options: Dictionary<string>
    }
    response: {
      count: bigint
      info: Dictionary<string>
    }
  }
  '/get/graph/entities': {
    request: {
      graph_name: string
      offset: bigint
      limit: bigint
      options: Dictionary<string>
    }
    response: {
      result: boolean
      entities_int: readonly bigint[]
      entities_string: readonly string[]
      entities_double: readonly number[]
      entities_weight: readonly number[]
      labels: readonly string[]
      info: Dictionary<string>
    }
  }
  '/get/job': {
    request: {
      job_id: bigint
      options: Dictionary<string>
    }
    response: {
      endpoint: string
      job_status: string
      running: boolean
      progress: number
      successful: boolean
      response_encoding: string
      job_response: Buffer
      job_response_str: string
      status_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/get/records': {
    request: {
      table_name: string
      offset: bigint
      limit: bigint
      encoding: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_name: string
      type_schema: string
      records_binary: readonly Buffer[]
      records_json: readonly string[]
      total_number_of_records: bigint
      has_more_records: boolean
      info: Dictionary<string>
    }
  }
  '/get/records/bycolumn': {
    request: {
      table_name: string
      column_names: readonly string[]
      offset: bigint
      limit: bigint
      encoding: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      response_schema_str: string
      binary_encoded_response: Buffer
      json_encoded_response: string
      total_number_of_records: bigint
      has_more_records: boolean
      info: Dictionary<string>
    }
  }
  '/get/records/byseries': {
    request: {
      table_name: string
      world_table_name: string
      offset: number
      limit: number
      encoding: string
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      type_names: readonly string[]
      type_schemas: readonly string[]
      list_records_binary: readonly (readonly Buffer[])[]
      list_records_json: readonly (readonly string[])[]
      info: Dictionary<string>
    }
  }
  '/get/records/fromcollection': {
    request: {
      table_name: string
      offset: bigint
      limit: bigint
      encoding: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_names: readonly string[]
      records_binary: readonly Buffer[]
      records_json: readonly string[]
      record_ids: readonly string[]
      info: Dictionary<string>
    }
  }
  '/get/records/json': {
    request: {
      table_name: string
      column_names: string
      offset: bigint
      limit: bigint
      expression: string
      order_by: string
      having: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      column_headers: readonly string[]
      column_datatypes: readonly string[]
      records: readonly Dictionary<JobValue>[]
      total_number_of_records: bigint
      has_more_records: boolean
    }
  }
  '/get/vectortile': {
    request: {
      table_names: readonly string[]
      column_names: readonly string[]
      layers: Dictionary<readonly string[]>
      tile_x: number
      tile_y: number
      zoom: number
      options: Dictionary<string>
    }
    response: {
      encoded_data: string
      info: Dictionary<string>
    }
  }
  '/grant/permission': {
    request: {
      principal: string
      object: string
      object_type: string
      permission: string
      options: Dictionary<string>
    }
    response: {
      principal: string
      object: string
      object_type: string
      permission: string
      info: Dictionary<string>
    }
  }
  '/grant/permission/credential': {
    request: {
      name: string
      permission: string
      credential_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      credential_name: string
      info: Dictionary<string>
    }
  }
  '/grant/permission/datasource': {
    request: {
      name: string
      permission: string
      datasource_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      datasource_name: string
      info: Dictionary<string>
    }
  }
  '/grant/permission/directory': {
    request: {
      name: string
      permission: string
      directory_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      directory_name: string
      info: Dictionary<string>
    }
  }
  '/grant/permission/proc': {
    request: {
      name: string
      permission: string
      proc_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      proc_name: string
      info: Dictionary<string>
    }
  }
  '/grant/permission/system': {
    request: {
      name: string
      permission: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      info: Dictionary<string>
    }
  }
  '/grant/permission/table': {
    request: {
      name: string
      permission: string
      table_name: string
      filter_expression: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      table_name: string
      filter_expression: string
      info: Dictionary<string>
    }
  }
  '/grant/role': {
    request: {
      role: string
      member: string
      options: Dictionary<string>
    }
    response: {
      role: string
      member: string
      info: Dictionary<string>
    }
  }
  '/has/permission': {
    request: {
      principal: string
      object: string
      object_type: string
      permission: string
      options: Dictionary<string>
    }
    response: {
      principal: string
      object: string
      object_type: string
      permission: string
      has_permission: boolean
      filters: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/has/proc': {
    request: {
      proc_name: string
      options: Dictionary<string>
    }
    response: {
      proc_name: string
      proc_exists: boolean
      info: Dictionary<string>
    }
  }
  '/has/role': {
    request: {
      principal: string
      role: string
      options: Dictionary<string>
    }
    response: {
      principal: string
      role: string
      has_role: boolean
      info: Dictionary<string>
    }
  }
  '/has/schema': {
    request: {
      schema_name: string
      options: Dictionary<string>
    }
    response: {
      schema_name: string
      schema_exists: boolean
      info: Dictionary<string>
    }
  }
  '/has/table': {
    request: {
      table_name: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      table_exists: boolean
      info: Dictionary<string>
    }
  }
  '/has/type': {
    request: {
      type_id: string
      options: Dictionary<string>
    }
    response: {
      type_id: string
      type_exists: boolean
      info: Dictionary<string>
    }
  }
  '/import/model': {
    request: {
      model_name: string
      registry_name: string
      container: string
      run_function: string
      model_type: string
      options: Dictionary<string>
    }
    response: {
      model_name: string
      entity_id: number
      info: Dictionary<string>
    }
  }
  '/insert/records': {
    request: {
      table_name: string
      list: readonly Buffer[]
      list_str: readonly string[]
      list_encoding: string
      options: Dictionary<string>
    }
    response: {
      record_ids: readonly string[]
      count_inserted: number
      count_updated: number
      info: Dictionary<string>
    }
  }
  '/insert/records/fromfiles': {
    request: {
      table_name: string
      filepaths: readonly string[]
      modify_columns: Dictionary<Dictionary<string>>
      create_table_options: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_id: string
      type_definition: string
      type_label: string
      type_properties: Dictionary<readonly string[]>
      count_inserted: bigint
      count_skipped: bigint
      count_updated: bigint
      info: Dictionary<string>
      files: readonly string[]
    }
  }
  '/insert/records/frompayload': {
    request: {
      table_name: string
      data_text: string
      data_bytes: Buffer
      modify_columns: Dictionary<Dictionary<string>>
      create_table_options: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_id: string
      type_definition: string
      type_label: string
      type_properties: Dictionary<readonly string[]>
      count_inserted: bigint
      count_skipped: bigint
      count_updated: bigint
      info: Dictionary<string>
    }
  }
  '/insert/records/fromquery': {
    request: {
      table_name: string
      remote_query: string
      modify_columns: Dictionary<Dictionary<string>>
      create_table_options: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      table_name: string
      type_id: string
      type_definition: string
      type_label: string
      type_properties: Dictionary<readonly string[]>
      count_inserted: bigint
      count_skipped: bigint
      count_updated: bigint
      info: Dictionary<string>
    }
  }
  '/insert/records/json': {
    request: {
      table_name: string
      records: readonly Dictionary<JobValue>[]
      options: Dictionary<string>
    }
    response: {
      table_name: string
      count_inserted: bigint
      count_skipped: bigint
      count_updated: bigint
      info: Dictionary<string>
    }
  }
  '/insert/records/random': {
    request: {
      table_name: string
      count: bigint
      options: Dictionary<Dictionary<number>>
    }
    response: {
      table_name: string
      count: bigint
      info: Dictionary<string>
    }
  }
  '/insert/symbol': {
    request: {
      symbol_id: string
      symbol_format: string
      symbol_data: Buffer
      options: Dictionary<string>
    }
    response: {
      symbol_id: string
      info: Dictionary<string>
    }
  }
  '/kill/proc': {
    request: {
      run_id: string
      options: Dictionary<string>
    }
    response: {
      run_ids: readonly string[]
      info: Dictionary<string>
    }
  }
  '/list/graph': {
    request: {
      graph_name: string
      options: Dictionary<string>
    }
    response: {
      result: boolean
      graph_names: readonly string[]
      num_nodes: readonly bigint[]
      num_edges: readonly bigint[]
      info: Dictionary<string>
    }
  }
  '/lock/table': {
    request: {
      table_name: string
      lock_type: string
      options: Dictionary<string>
    }
    response: {
      lock_type: string
      info: Dictionary<string>
    }
  }
  '/match/graph': {
    request: {
      graph_name: string
      sample_points: readonly string[]
      solve_method: string
      solution_table: string
      options: Dictionary<string>
    }
    response: {
      result: boolean
      match_score: number
      info: Dictionary<string>
    }
  }
  '/modify/graph': {
    request: {
      graph_name: string
      nodes: readonly string[]
      edges: readonly string[]
      weights: readonly string[]
      restrictions: readonly string[]
      options: Dictionary<string>
    }
    response: {
      result: boolean
      num_nodes: bigint
      num_edges: bigint
      edges_ids: readonly bigint[]
      info: Dictionary<string>
    }
  }
  '/query/graph': {
    request: {
      graph_name: string
      queries: readonly string[]
      restrictions: readonly string[]
      adjacency_table: string
      rings: number
      options: Dictionary<string>
    }
    response: {
      result: boolean
      adjacency_list_int_array: readonly bigint[]
      adjacency_list_string_array: readonly string[]
      adjacency_list_wkt_array: readonly string[]
      info: Dictionary<string>
    }
  }
  '/repartition/graph': {
    request: {
      graph_name: string
      options: Dictionary<string>
    }
    response: {
      result: boolean
      info: Dictionary<string>
    }
  }
  '/reserve/resource': {
    request: {
      component: string
      name: string
      action: string
      bytes_requested: bigint
      owner_id: bigint
      options: Dictionary<string>
    }
    response: {
      component: string
      name: string
      reservation: bigint
      info: Dictionary<string>
    }
  }
  '/restore/backup': {
    request: {
      backup_name: string
      restore_objects_map: Dictionary<string>
      datasource_name: string
      options: Dictionary<string>
    }
    response: {
      backup_name: string
      backup_id: bigint
      restored_bytes: bigint
      restored_files: bigint
      restored_records: bigint
      restored_objects: Dictionary<string>
      renamed_objects: Dictionary<string>
      failed_objects: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/revoke/permission': {
    request: {
      principal: string
      object: string
      object_type: string
      permission: string
      options: Dictionary<string>
    }
    response: {
      principal: string
      object: string
      object_type: string
      permission: string
      info: Dictionary<string>
    }
  }
  '/revoke/permission/credential': {
    request: {
      name: string
      permission: string
      credential_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      credential_name: string
      info: Dictionary<string>
    }
  }
  '/revoke/permission/datasource': {
    request: {
      name: string
      permission: string
      datasource_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      datasource_name: string
      info: Dictionary<string>
    }
  }
  '/revoke/permission/directory': {
    request: {
      name: string
      permission: string
      directory_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      directory_name: string
      info: Dictionary<string>
    }
  }
  '/revoke/permission/proc': {
    request: {
      name: string
      permission: string
      proc_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      proc_name: string
      info: Dictionary<string>
    }
  }
  '/revoke/permission/system': {
    request: {
      name: string
      permission: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      info: Dictionary<string>
    }
  }
  '/revoke/permission/table': {
    request: {
      name: string
      permission: string
      table_name: string
      options: Dictionary<string>
    }
    response: {
      name: string
      permission: string
      table_name: string
      info: Dictionary<string>
    }
  }
  '/revoke/role': {
    request: {
      role: string
      member: string
      options: Dictionary<string>
    }
    response: {
      role: string
      member: string
      info: Dictionary<string>
    }
  }
  '/show/backup': {
    request: {
      backup_name: string
      datasource_name: string
      options: Dictionary<string>
    }
    response: {
      backup_name: string
      backup_description: readonly Dictionary<string>[]
      backup_ids: readonly Dictionary<string>[]
      backup_contents: readonly Dictionary<string>[]
      deleted_backup_ids: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/container/registry': {
    request: {
      registry_name: string
      options: Dictionary<string>
    }
    response: {
      registry_name: string
      registry_names: readonly string[]
      entity_ids: readonly number[]
      uri_list: readonly string[]
      credential_list: readonly string[]
      info: Dictionary<string>
    }
  }
  '/show/credential': {
    request: {
      credential_name: string
      options: Dictionary<string>
    }
    response: {
      credential_names: readonly string[]
      credential_types: readonly string[]
      credential_identities: readonly string[]
      credentials: readonly string[]
      additional_info: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/datasink': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      datasink_names: readonly string[]
      destination_types: readonly string[]
      additional_info: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/datasource': {
    request: {
      name: string
      options: Dictionary<string>
    }
    response: {
      datasource_names: readonly string[]
      storage_provider_types: readonly string[]
      additional_info: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/directories': {
    request: {
      directory_name: string
      options: Dictionary<string>
    }
    response: {
      directories: readonly string[]
      users: readonly string[]
      creation_times: readonly bigint[]
      data_usages: readonly bigint[]
      data_limits: readonly bigint[]
      permissions: readonly string[]
      info: Dictionary<string>
    }
  }
  '/show/environment': {
    request: {
      environment_name: string
      options: Dictionary<string>
    }
    response: {
      environment_names: readonly string[]
      packages: readonly (readonly string[])[]
      info: Dictionary<string>
    }
  }
  '/show/files': {
    request: {
      paths: readonly string[]
      options: Dictionary<string>
    }
    response: {
      file_names: readonly string[]
      sizes: readonly bigint[]
      users: readonly string[]
      creation_times: readonly bigint[]
      info: Dictionary<string>
    }
  }
  '/show/functions': {
    request: {
      names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      function_names: readonly string[]
      return_types: readonly string[]
      parameters: readonly (readonly string[])[]
      optional_parameter_count: readonly number[]
      flags: readonly number[]
      type_schemas: readonly string[]
      properties: readonly Dictionary<readonly string[]>[]
      info: Dictionary<string>
    }
  }
  '/show/graph': {
    request: {
      graph_name: string
      options: Dictionary<string>
    }
    response: {
      result: boolean
      load: readonly number[]
      memory: readonly bigint[]
      graph_names: readonly string[]
      graph_server_ids: readonly number[]
      graph_owner_user_names: readonly string[]
      graph_owner_resource_groups: readonly string[]
      directed: readonly boolean[]
      num_nodes: readonly bigint[]
      num_edges: readonly bigint[]
      num_bytes: readonly bigint[]
      resource_capacity: readonly bigint[]
      is_persisted: readonly boolean[]
      is_partitioned: readonly boolean[]
      is_sync_db: readonly boolean[]
      has_insert_table_monitor: readonly boolean[]
      original_request: readonly string[]
      info: Dictionary<string>
    }
  }
  '/show/graph/grammar': {
    request: {
      options: Dictionary<string>
    }
    response: {
      result: boolean
      components_json: string
      info: Dictionary<string>
    }
  }
  '/show/model': {
    request: {
      model_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      model_names: readonly string[]
      entity_ids: readonly number[]
      input_schemas: readonly string[]
      output_schemas: readonly string[]
      registry_list: readonly string[]
      container_list: readonly string[]
      run_function_list: readonly string[]
      deployments: readonly string[]
      options: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/proc': {
    request: {
      proc_name: string
      options: Dictionary<string>
    }
    response: {
      proc_names: readonly string[]
      execution_modes: readonly string[]
      files: readonly Dictionary<Buffer>[]
      commands: readonly string[]
      args: readonly (readonly string[])[]
      options: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/proc/status': {
    request: {
      run_id: string
      options: Dictionary<string>
    }
    response: {
      proc_names: Dictionary<string>
      params: Dictionary<Dictionary<string>>
      bin_params: Dictionary<Dictionary<Buffer>>
      input_table_names: Dictionary<readonly string[]>
      input_column_names: Dictionary<Dictionary<readonly string[]>>
      output_table_names: Dictionary<readonly string[]>
      options: Dictionary<Dictionary<string>>
      overall_statuses: Dictionary<string>
      statuses: Dictionary<Dictionary<string>>
      messages: Dictionary<Dictionary<string>>
      results: Dictionary<Dictionary<Dictionary<string>>>
      bin_results: Dictionary<Dictionary<Dictionary<Buffer>>>
      output: Dictionary<Dictionary<Dictionary<readonly string[]>>>
      timings: Dictionary<Dictionary<Dictionary<bigint>>>
      info: Dictionary<string>
    }
  }
  '/show/resource/objects': {
    request: {
      options: Dictionary<string>
    }
    response: {
      rank_objects: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/show/resource/statistics': {
    request: {
      options: Dictionary<string>
    }
    response: {
      statistics_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/show/resourcegroups': {
    request: {
      names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      groups: readonly Dictionary<string>[]
      rank_usage: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/show/schema': {
    request: {
      schema_name: string
      options: Dictionary<string>
    }
    response: {
      schema_name: string
      schema_names: readonly string[]
      schema_tables: readonly (readonly string[])[]
      additional_info: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/security': {
    request: {
      names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      types: Dictionary<string>
      roles: Dictionary<readonly string[]>
      permissions: Dictionary<readonly Dictionary<string>[]>
      resource_groups: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/show/sql/proc': {
    request: {
      procedure_name: string
      options: Dictionary<string>
    }
    response: {
      procedure_names: readonly string[]
      procedure_definitions: readonly string[]
      additional_info: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/statistics': {
    request: {
      table_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      stastistics_map: readonly (readonly Dictionary<string>[])[]
      info: Dictionary<string>
    }
  }
  '/show/system/properties': {
    request: {
      options: Dictionary<string>
    }
    response: {
      property_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/show/system/status': {
    request: {
      options: Dictionary<string>
    }
    response: {
      status_map: Dictionary<string>
      info: Dictionary<string>
    }
  }
  '/show/system/timing': {
    request: {
      options: Dictionary<string>
    }
    response: {
      endpoints: readonly string[]
      time_in_ms: readonly number[]
      jobIds: readonly string[]
      info: Dictionary<string>
    }
  }
  '/show/table': {
    request: {
      table_name: string
      options: Dictionary<string>
    }
    response: {
      table_name: string
      table_names: readonly string[]
      table_descriptions: readonly (readonly string[])[]
      type_ids: readonly string[]
      type_schemas: readonly string[]
      type_labels: readonly string[]
      properties: readonly Dictionary<readonly string[]>[]
      additional_info: readonly Dictionary<string>[]
      sizes: readonly bigint[]
      full_sizes: readonly bigint[]
      join_sizes: readonly number[]
      total_size: bigint
      total_full_size: bigint
      info: Dictionary<string>
    }
  }
  '/show/table/metadata': {
    request: {
      table_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      metadata_maps: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/tablemonitors': {
    request: {
      monitor_ids: readonly string[]
      options: Dictionary<string>
    }
    response: {
      monitor_ids: readonly string[]
      table_names: readonly string[]
      events: readonly string[]
      increasing_columns: readonly string[]
      filter_expressions: readonly string[]
      join_table_names: readonly string[]
      join_column_names: readonly string[]
      join_expressions: readonly string[]
      refresh_method: readonly string[]
      refresh_period: readonly string[]
      refresh_start_time: readonly string[]
      datasink_names: readonly string[]
      max_consecutive_failures: readonly number[]
      failed_notifications_table_names: readonly string[]
      statuses: readonly string[]
      additional_info: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/show/tables/bytype': {
    request: {
      type_id: string
      label: string
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      info: Dictionary<string>
    }
  }
  '/show/triggers': {
    request: {
      trigger_ids: readonly string[]
      options: Dictionary<string>
    }
    response: {
      trigger_map: Dictionary<Dictionary<string>>
      info: Dictionary<string>
    }
  }
  '/show/types': {
    request: {
      type_id: string
      label: string
      options: Dictionary<string>
    }
    response: {
      type_ids: readonly string[]
      type_schemas: readonly string[]
      labels: readonly string[]
      properties: readonly Dictionary<readonly string[]>[]
      info: Dictionary<string>
    }
  }
  '/show/video': {
    request: {
      paths: readonly string[]
      options: Dictionary<string>
    }
    response: {
      creation_times: readonly string[]
      elapsed_render_time_seconds: readonly bigint[]
      job_ids: readonly bigint[]
      paths: readonly string[]
      rendered_bytes: readonly bigint[]
      rendered_frames: readonly bigint[]
      rendered_percents: readonly bigint[]
      requests: readonly string[]
      status: readonly string[]
      ttls: readonly bigint[]
      info: Dictionary<string>
    }
  }
  '/show/wal': {
    request: {
      table_names: readonly string[]
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      sizes: readonly (readonly bigint[])[]
      capacities: readonly bigint[]
      uncommitted: readonly (readonly bigint[])[]
      settings: readonly Dictionary<string>[]
      info: Dictionary<string>
    }
  }
  '/solve/graph': {
    request: {
      graph_name: string
      weights_on_edges: readonly string[]
      restrictions: readonly string[]
      solver_type: string
      source_nodes: readonly string[]
      destination_nodes: readonly string[]
      solution_table: string
      options: Dictionary<string>
    }
    response: {
      result: boolean
      result_per_destination_node: readonly number[]
      info: Dictionary<string>
    }
  }
  '/update/records': {
    request: {
      table_name: string
      expressions: readonly string[]
      new_values_maps: readonly Dictionary<string | null>[]
      records_to_insert: readonly Buffer[]
      records_to_insert_str: readonly string[]
      record_encoding: string
      options: Dictionary<string>
    }
    response: {
      count_updated: bigint
      counts_updated: readonly bigint[]
      count_inserted: bigint
      counts_inserted: readonly bigint[]
      info: Dictionary<string>
    }
  }
  '/upload/files': {
    request: {
      file_names: readonly string[]
      file_data: readonly Buffer[]
      options: Dictionary<string>
    }
    response: {
      info: Dictionary<string>
    }
  }
  '/upload/files/fromurl': {
    request: {
      file_names: readonly string[]
      urls: readonly string[]
      options: Dictionary<string>
    }
    response: {
      successful_file_names: readonly string[]
      successful_urls: readonly string[]
      info: Dictionary<string>
    }
  }
  '/verify/backup': {
    request: {
      backup_name: string
      datasource_name: string
      options: Dictionary<string>
    }
    response: {
      backup_name: string
      backup_names: readonly string[]
      backup_ids: readonly (readonly bigint[])[]
      errors: readonly (readonly string[])[]
      info: Dictionary<string>
    }
  }
  '/visualize/getfeatureinfo': {
    request: {
      table_names: readonly string[]
      x_column_names: readonly string[]
      y_column_names: readonly string[]
      geometry_column_names: readonly string[]
      query_column_names: readonly (readonly string[])[]
      projection: string
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      x: number
      y: number
      radius: number
      limit: bigint
      encoding: string
      options: Dictionary<string>
    }
    response: {
      table_names: readonly string[]
      type_schemas: readonly string[]
      records_binary: readonly Buffer[]
      records_json: readonly string[]
      geojson_encoded_response: string
      text_encoded_response: string
      info: Dictionary<string>
    }
  }
  '/visualize/image': {
    request: {
      table_names: readonly string[]
      world_table_names: readonly string[]
      x_column_name: string
      y_column_name: string
      symbol_column_name: string
      geometry_column_name: string
      track_ids: readonly (readonly string[])[]
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      projection: string
      bg_color: bigint
      style_options: Dictionary<readonly string[]>
      options: Dictionary<string>
    }
    response: {
      width: number
      height: number
      bg_color: bigint
      image_data: Buffer
      info: Dictionary<string>
    }
  }
  '/visualize/image/chart': {
    request: {
      table_name: string
      x_column_names: readonly string[]
      y_column_names: readonly string[]
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      bg_color: string
      style_options: Dictionary<readonly string[]>
      options: Dictionary<string>
    }
    response: {
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      bg_color: string
      image_data: Buffer
      axes_info: Dictionary<readonly string[]>
      info: Dictionary<string>
    }
  }
  '/visualize/image/classbreak': {
    request: {
      table_names: readonly string[]
      world_table_names: readonly string[]
      x_column_name: string
      y_column_name: string
      symbol_column_name: string
      geometry_column_name: string
      track_ids: readonly (readonly string[])[]
      cb_attr: string
      cb_vals: readonly string[]
      cb_pointcolor_attr: string
      cb_pointcolor_vals: readonly string[]
      cb_pointalpha_attr: string
      cb_pointalpha_vals: readonly string[]
      cb_pointsize_attr: string
      cb_pointsize_vals: readonly string[]
      cb_pointshape_attr: string
      cb_pointshape_vals: readonly string[]
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      projection: string
      bg_color: bigint
      style_options: Dictionary<readonly string[]>
      options: Dictionary<string>
      cb_transparency_vec: readonly number[]
    }
    response: {
      width: number
      height: number
      bg_color: bigint
      image_data: Buffer
      info: Dictionary<string>
    }
  }
  '/visualize/image/contour': {
    request: {
      table_names: readonly string[]
      x_column_name: string
      y_column_name: string
      value_column_name: string
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      projection: string
      style_options: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      width: number
      height: number
      bg_color: bigint
      image_data: Buffer
      grid_data: Buffer
      fill_n0: number
      fill_nn: number
      min_level: number
      max_level: number
      samples_used: bigint
      info: Dictionary<string>
    }
  }
  '/visualize/image/heatmap': {
    request: {
      table_names: readonly string[]
      x_column_name: string
      y_column_name: string
      value_column_name: string
      geometry_column_name: string
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      projection: string
      style_options: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      width: number
      height: number
      bg_color: bigint
      image_data: Buffer
      info: Dictionary<string>
    }
  }
  '/visualize/image/labels': {
    request: {
      table_name: string
      x_column_name: string
      y_column_name: string
      x_offset: string
      y_offset: string
      text_string: string
      font: string
      text_color: string
      text_angle: string
      text_scale: string
      draw_box: string
      draw_leader: string
      line_width: string
      line_color: string
      fill_color: string
      leader_x_column_name: string
      leader_y_column_name: string
      filter: string
      min_x: number
      max_x: number
      min_y: number
      max_y: number
      width: number
      height: number
      projection: string
      options: Dictionary<string>
    }
    response: {
      width: number
      height: number
      bg_color: bigint
      image_data: Buffer
      info: Dictionary<string>
    }
  }
  '/visualize/isochrone': {
    request: {
      graph_name: string
      source_node: string
      max_solution_radius: number
      weights_on_edges: readonly string[]
      restrictions: readonly string[]
      num_levels: number
      generate_image: boolean
      levels_table: string
      style_options: Dictionary<string>
      solve_options: Dictionary<string>
      contour_options: Dictionary<string>
      options: Dictionary<string>
    }
    response: {
      width: number
      height: number
      bg_color: bigint
      image_data: Buffer
      info: Dictionary<string>
      solve_info: Dictionary<string>
      contour_info: Dictionary<string>
    }
  }
}
