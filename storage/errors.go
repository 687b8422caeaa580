package storage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// ErrUnavailable says that Redis could not do what was asked: it is away, too
// slow, full, read-only, or without the replicas asked for. The result of a
// write that ended so is unknown; repeating it with the same operation id is
// safe.
var ErrUnavailable = errors.New("the storage (Redis) cannot be used right now")

// ErrRunsChanged says that somebody began another run of the idea meanwhile.
var ErrRunsChanged = errors.New("another run was begun meanwhile")

// ErrNotFound says that what was asked for is not stored.
var ErrNotFound = errors.New("not stored")

// ErrStale says that an outbox entry was claimed again since; the late answer
// changed nothing.
var ErrStale = errors.New("this attempt to send is not the latest one")

// ConflictError says that somebody changed the idea since the version a change
// was made from. Nothing was written.
type ConflictError struct {
	// Current is the idea as it is now.
	Current pipeline.Idea
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s was changed meanwhile and is at version %d", e.Current.Key, e.Current.Version)
}

// NotParkedError says that an idea is not parked, so that nobody can ask for it
// again. Nothing was written.
type NotParkedError struct {
	// Current is the idea as it is now.
	Current pipeline.Idea
}

func (e *NotParkedError) Error() string {
	return fmt.Sprintf("%s is at stage %q and not parked", e.Current.Key, e.Current.Stage)
}

// TeamConflictError says that somebody changed the team since the version a
// change was made from. Nothing was written.
type TeamConflictError struct {
	// Current is the team as it is now.
	Current pipeline.Team
}

func (e *TeamConflictError) Error() string {
	return fmt.Sprintf("team %s was changed meanwhile and is at version %d", e.Current.Key, e.Current.Version)
}

// LoadError says that the Product Backlog changed since a gate was asked whether
// there is room. Nothing was written.
type LoadError struct {
	// Current is what stands in it now.
	Current pipeline.Load
}

func (e *LoadError) Error() string {
	return fmt.Sprintf("the Product Backlog changed meanwhile and has %d ideas with %d points", e.Current.Ideas, e.Current.Points)
}

// RunConflictError says that somebody changed the run since the version a change
// was made from. Nothing was written.
type RunConflictError struct {
	// Current is the run as it is now.
	Current pipeline.Run
}

func (e *RunConflictError) Error() string {
	return fmt.Sprintf("run %d of %s was changed meanwhile and is at version %d", e.Current.ID, e.Current.Idea, e.Current.Version)
}

// TemplateConflictError says that somebody changed or removed the team's
// checklist since the version a change was made from. Nothing was written.
type TemplateConflictError struct {
	Team pipeline.TeamKey
	ID   pipeline.TemplateID
	// Current is the team's own checklist as it is now; the zero value when it
	// has none.
	Current pipeline.Template
}

func (e *TemplateConflictError) Error() string {
	return fmt.Sprintf("the checklist %s of team %s was changed meanwhile and is at version %d", e.ID, e.Team, e.Current.Version)
}

// TakenError says that a team's key or channel is in use. Nothing was written.
type TakenError struct {
	// Field is pipeline.FieldKey or FieldChannel.
	Field pipeline.Field
	// Team that uses it.
	Team pipeline.Team
}

// FieldChannel names a team's channel in a TakenError.
const FieldChannel pipeline.Field = "channel"

func (e *TakenError) Error() string {
	return fmt.Sprintf("the %s is in use by team %s", e.Field, e.Team.Key)
}

// unavailable keeps the cause of ErrUnavailable.
type unavailable struct{ cause error }

func (e *unavailable) Error() string        { return ErrUnavailable.Error() + ": " + e.cause.Error() }
func (e *unavailable) Is(target error) bool { return target == ErrUnavailable }
func (e *unavailable) Unwrap() error        { return e.cause }

// classify marks the errors that mean "not now".
func classify(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) {
		return err
	}
	if isConnection(err) || isRefusal(err) {
		return &unavailable{cause: err}
	}
	return err
}

// isConnection tells whether an answer may have been lost on the way.
func isConnection(err error) bool {
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &network) || errors.As(err, &certificate) || errors.As(err, &record) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, redis.ErrPoolTimeout) || errors.Is(err, redis.ErrPoolExhausted) || errors.Is(err, redis.ErrClosed) ||
		errors.Is(err, net.ErrClosed)
}

// refusals are the error codes with which Redis itself says "not now".
// https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
var refusals = []string{
	"OOM", "READONLY", "NOREPLICAS", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK",
	"MISCONF", "BUSY", "UNBLOCKED", "NOAUTH", "WRONGPASS", "NOPERM", "UNKILLABLE", "EXECABORT",
}

// isMoving tells whether Redis did not run a script because its slot is moving to
// another node of a Cluster.
func isMoving(err error) bool {
	return redis.HasErrorPrefix(err, "TRYAGAIN") || redis.HasErrorPrefix(err, "ASK")
}

func isRefusal(err error) bool {
	var answer redis.Error
	if !errors.As(err, &answer) {
		return strings.Contains(err.Error(), "redis: all sentinels specified in configuration are unreachable")
	}
	code, _, _ := strings.Cut(answer.Error(), " ")
	for _, refusal := range refusals {
		// Before 7.0, Redis put the code of an error inside a script into
		// the middle of a sentence.
		if code == refusal || strings.Contains(answer.Error(), "-"+refusal+" ") {
			return true
		}
	}
	return strings.HasPrefix(answer.Error(), "ERR max number of clients reached")
}
