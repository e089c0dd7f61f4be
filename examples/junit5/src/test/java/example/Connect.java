package example;

import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;

final class Connect {
  private Connect() {}

  static GPUdb connect(String url, String username, String password) throws GPUdbException {
    GPUdbBase.Options options = new GPUdbBase.Options()
        .setUsername(username)
        .setPassword(password)
        .setDisableFailover(true);
    return new GPUdb(url, options);
  }
}
