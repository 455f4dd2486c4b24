// Kortakoer computes what Swedish regions are paid for shortening health-care
// queues, and writes the workbook that the payment is made from.
package main

import (
	"os"
	"runtime/debug"
)

func main() {
	// A run is over in milliseconds: collecting less often saves some of it.
	debug.SetGCPercent(200)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
