package storage

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed scripts
var scriptFiles embed.FS

// script is one file of scripts/ with what it uses of the libraries its first line
// names, and of those that they use.
type script struct {
	name, source string
	*redis.Script
}

func loadScript(name string) script {
	var whole strings.Builder
	addScript(&whole, map[string]bool{}, name+".lua")
	source := withoutUnused(whole.String())
	return script{name: name, source: source, Script: redis.NewScript(source)}
}

// addScript adds a file behind the libraries it uses, each of them once.
func addScript(whole *strings.Builder, added map[string]bool, path string) {
	if added[path] {
		return
	}
	added[path] = true
	source := readScript(path)
	first, _, _ := strings.Cut(source, "\n")
	if uses, found := strings.CutPrefix(first, "-- uses: "); found {
		for _, library := range strings.Fields(uses) {
			addScript(whole, added, "lib/"+library+".lua")
		}
	}
	whole.WriteString(stripComments(source))
}

func readScript(path string) string {
	text, err := scriptFiles.ReadFile("scripts/" + path)
	if err != nil {
		panic(fmt.Sprintf("storage: the program was built without a script: %v", err))
	}
	return string(text)
}

// stripComments drops whole lines of comment, which only a reader needs.
func stripComments(source string) string {
	var kept strings.Builder
	for line := range strings.Lines(source) {
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "--") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// movePause is the time between two tries while a slot moves.
const movePause = 25 * time.Millisecond

// do runs one operation against Redis: within the timeout, repeated once when
// the connection broke and for as long as there is time while its slot moves,
// measured, its error classified. What it runs must be safe to repeat.
func (db *DB) do(ctx context.Context, name string, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, db.timeout)
	defer cancel()
	start := time.Now()
	err := try(ctx)
	if err != nil && isConnection(err) && ctx.Err() == nil {
		err = try(ctx)
	}
	for isMoving(err) && sleep(ctx, movePause) {
		err = try(ctx)
	}
	err = classify(err)
	if observe := db.observer.Load(); observe != nil {
		(*observe)(name, time.Since(start), err)
	}
	if err != nil {
		return fmt.Errorf("storage: %s: %w", name, err)
	}
	return nil
}

// sleep waits; false when ctx ended meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// read runs a script that changes nothing.
func (s *Store) read(ctx context.Context, sc script, args ...any) ([]any, error) {
	return s.run(ctx, sc, 0, args)
}

// write runs a script that changes something and waits for as many replicas as
// were asked for.
func (s *Store) write(ctx context.Context, sc script, args ...any) ([]any, error) {
	return s.run(ctx, sc, s.db.waitReplicas, args)
}

func (s *Store) run(ctx context.Context, sc script, replicas int, args []any) ([]any, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	return s.db.run(ctx, sc, s.tag, replicas, args)
}

// scriptKeys are the keys that a script names: the beginning of all keys it makes, and
// another of the same slot. Neither is ever stored. While a slot moves to another node
// of a Cluster, Redis runs nothing that names several keys of which one is missing
// (TRYAGAIN), so that no script runs where only some of its keys have arrived.
// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#multi-keys-operations
func scriptKeys(beginning string) []string { return []string{beginning, beginning + "~"} }

func (db *DB) run(ctx context.Context, sc script, key string, replicas int, args []any) ([]any, error) {
	var reply []any
	if isTogether(ctx) && replicas == 0 {
		return db.runTogether(ctx, sc, key, args)
	}
	err := db.do(ctx, sc.name, func(ctx context.Context) (err error) {
		if replicas == 0 {
			reply, err = sc.Run(ctx, db.client, scriptKeys(key), args...).Slice()
			return err
		}
		reply, err = db.runAndWait(ctx, sc, key, replicas, args)
		return err
	})
	return reply, err
}

// The functions below take replies of scripts apart. A reply of another shape
// than its script promises is an error of ours, reported, never a panic.

// shapeError says that a script answered in a way it does not promise.
type shapeError struct {
	want string
	got  any
}

func (e *shapeError) Error() string { return fmt.Sprintf("expected %s, got %T", e.want, e.got) }

func asText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return "", &shapeError{"text", v}
}

func asInt(v any) (int, error) {
	switch v := v.(type) {
	case int64:
		return int(v), nil
	case string:
		return strconv.Atoi(v)
	}
	return 0, &shapeError{"a number", v}
}

func asTexts(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, &shapeError{"a list", v}
	}
	texts := make([]string, len(list))
	for i, item := range list {
		var err error
		if texts[i], err = asText(item); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// asRecord reads {field, value, …}.
func asRecord(v any) (map[string]string, error) {
	flat, ok := v.([]any)
	if !ok || len(flat)%2 != 0 {
		return nil, &shapeError{"pairs of field and value", v}
	}
	record := make(map[string]string, len(flat)/2)
	for i := 0; i < len(flat); i += 2 {
		field, err := asText(flat[i])
		if err != nil {
			return nil, err
		}
		if record[field], err = asText(flat[i+1]); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// asStatus reads {status, field, value, …}.
func asStatus(reply []any) (status string, record map[string]string, err error) {
	if len(reply) == 0 {
		return "", nil, &shapeError{"a status", reply}
	}
	if status, err = asText(reply[0]); err != nil {
		return "", nil, err
	}
	record, err = asRecord(reply[1:])
	return status, record, err
}
