//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the most memory that a process that has ended, or one of its
// children, had resident, in bytes; 0 if that is not known.
func peak(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	most := int64(usage.Maxrss) //nolint:unconvert // 32 bits on some machines
	if runtime.GOOS == "darwin" {
		return most
	}
	return most << 10
}
