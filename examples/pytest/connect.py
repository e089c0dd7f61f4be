from gpudb import GPUdb


def connect(url: str, username: str = "", password: str = "") -> GPUdb:
    options = GPUdb.Options()
    options.encoding = "BINARY"  # or JSON, or SNAPPY where python-snappy is installed
    options.username = username
    options.password = password
    options.disable_failover = True
    options.max_retries = 0
    return GPUdb(host=url, options=options)
