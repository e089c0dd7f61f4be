module example.com/mock-gpudb/go-test

go 1.22

require mockgpudb v0.0.0

replace mockgpudb => ../../helpers/go
