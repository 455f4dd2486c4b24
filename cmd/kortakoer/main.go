// Kortakoer computes what Swedish regions are paid for shortening health-care
// queues, and writes the workbook that the payment is made from.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
