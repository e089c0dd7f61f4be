module mockgpudb

go 1.22
