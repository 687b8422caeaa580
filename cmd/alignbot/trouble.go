package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"alignbot/bot"
	"alignbot/pipeline"
	"alignbot/storage"
)

// inWords turns an error of package storage into one that says which Redis is
// meant, what is wrong with it and what to do. safe is what the person need not
// worry about. Other errors stay as they are.
func (s RedisSettings) inWords(err error, safe string) error {
	var problem *pipeline.Problem
	switch {
	case errors.As(err, &problem) && problem.Code == "restore-not-empty":
		return &pipeline.Problem{
			Code: problem.Code,
			What: "A backup is restored only where alignbot has stored nothing yet, and " + s.name() + " holds data of alignbot.",
			Safe: problem.Safe, Next: problem.Next, Cause: err,
		}
	case !errors.Is(err, storage.ErrUnavailable):
		return err
	case problem != nil: // a restore that was interrupted says what that means
		what, _ := s.trouble(problem.Cause)
		return &pipeline.Problem{Code: problem.Code, What: what + " " + problem.What, Safe: problem.Safe, Next: problem.Next, Cause: err}
	}
	what, next := s.trouble(err)
	return &pipeline.Problem{Code: "redis-away", What: what, Safe: safe, Next: next, Cause: err}
}

// trouble says why Redis cannot be used, and what to do about it.
func (s RedisSettings) trouble(err error) (what, next string) {
	cause := beneath(err)
	if errors.Is(cause, context.Canceled) {
		return s.name() + " was not waited for, because alignbot was told to end.", "Start it again when you like."
	}
	for _, refusal := range refusals {
		if strings.Contains(cause.Error(), refusal.code) {
			return s.name() + " " + refusal.means + " (" + refusal.code + ").", refusal.next
		}
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(cause, &certificate) {
		return s.name() + " shows a certificate that this machine does not trust (" + certificate.Err.Error() + ").",
			"Name the file of the authority that made it in SSL_CERT_FILE, or correct redis.url."
	}
	var network net.Error
	if errors.As(cause, &network) || errors.Is(cause, io.EOF) || errors.Is(cause, io.ErrUnexpectedEOF) {
		return s.name() + " cannot be reached (" + because(cause) + ").", "Start it, or correct redis.url."
	}
	return s.name() + " cannot be used (" + because(cause) + ").", "Start it, or correct redis.url; alignbot doctor looks closer."
}

// refusals are the words with which Redis says that it is there and does not
// do what is asked.
// https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
var refusals = []struct{ code, means, next string }{
	{"NOAUTH", "wants a password", "Put user and password before the host in redis.url: redis://USER:PASSWORD@HOST:6379."},
	{"WRONGPASS", "does not take this user and password", "Correct them in redis.url; they go before the host: redis://USER:PASSWORD@HOST:6379."},
	{"NOPERM", "does not allow its user what alignbot needs", "Give the user of redis.url all keys that begin with ab: and the commands on them (ACL)."},
	{"READONLY", "is a read-only replica", "Set redis.url to its master, or to its Sentinels."},
	{"NOREPLICAS", "has fewer replicas than it was told to wait for", "Start them, or lower min-replicas-to-write of Redis."},
	{"LOADING", "is still reading its files", "Try again in a moment."},
	{"MISCONF", "cannot write its files", "Look into Redis' own log: its disk may be full or not writable."},
	{"OOM", "is full", "Give it more memory (maxmemory); nothing is lost, what could not be saved was refused."},
	{"CLUSTERDOWN", "is a Cluster that is not whole", "Bring its missing masters back."},
}

// beneath is what storage.ErrUnavailable was made from.
func beneath(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil || !errors.Is(err, storage.ErrUnavailable) {
			return err
		}
		err = next
	}
}

// because is a failure of the network in few words, without the addresses that
// go around them.
func because(err error) string {
	var (
		number syscall.Errno
		name   *net.DNSError
		late   net.Error
	)
	switch {
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &name):
		return name.Err
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it closes the connection"
	}
	return err.Error()
}

// name is how people know the Redis that is meant: its address, without user
// and password.
func (s RedisSettings) name() string {
	scheme, rest, _ := strings.Cut(s.URL.Reveal(), ":")
	rest, _, _ = strings.Cut(strings.TrimPrefix(rest, "//"), "?")
	if scheme == "embedded" {
		return "Redis in " + rest
	}
	if scheme == "unix" {
		return "Redis at " + rest
	}
	authority, path, _ := strings.Cut(rest, "/")
	hosts := authority[strings.LastIndex(authority, "@")+1:]
	if strings.HasSuffix(scheme, "+sentinel") {
		master, _, _ := strings.Cut(path, "/")
		return "Redis " + master + " of the Sentinels at " + hosts
	}
	return "Redis at " + hosts
}

// stopEviction is what to do about a Redis that drops keys.
const stopEviction = "Set maxmemory-policy to noeviction, in redis.conf or at your provider; or accept that ideas can be lost, with redis.allow_eviction: true."

// namingSetting names the setting that lets the bot start on a Redis that drops
// keys: the bot does not know the names of settings.
func namingSetting(err error) error {
	var (
		stop    *bot.Stop
		problem *pipeline.Problem
	)
	if errors.As(err, &stop) && errors.As(err, &problem) && problem.Code == "redis-evicts" {
		return &bot.Stop{Cause: stop.Cause, Fix: stopEviction, Err: err}
	}
	return err
}
