// Package proof measures alignbot as people meet it: the program as a process of
// its own, on a Redis of its own, against a local Slack in which people act; and
// injects every fault of the matrix while they do. It holds tests only; make bench
// and make faults print its tables.
package proof
