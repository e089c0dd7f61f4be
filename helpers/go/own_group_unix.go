//go:build unix

package mockgpudb

import (
	"os/exec"
	"syscall"
)

const isUnix = true

// ownGroup lets a command live on when the terminal interrupts the test, so that it can be ended with
// its children: commands such as npx do not forward signals.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
