// Package storage keeps the state of the pipeline in Redis.
//
// Every change is one Lua script that carries the id of the operation it
// belongs to: it happens whole or not at all, and running it again with the
// same id gives the first result and does nothing more. So a write whose reply
// was lost can always be repeated.
//
// keys.go lists every key with its type, its fields and its lifetime. All keys
// of a workspace carry its hash tag, so that a script touches one slot of a
// cluster.
package storage
