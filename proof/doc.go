// Package proof measures alignbot as people meet it: the program as a process of
// its own, on a Redis of its own, against a local Slack in which people act. It
// holds tests only; make bench prints its table.
package proof
