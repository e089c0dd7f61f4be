module example.com/mock-gpudb/go-test

go 1.22
