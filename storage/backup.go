package storage

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// A backup is lines of JSON: a header, one line for each record, and an end
// with their count and the SHA-256 of all bytes before it. A record is what
// keys.go lists as kept; what is derived from it is rebuilt by a restore, so
// that a backup made while alignbot works is whole in itself.

// backupFormat and backupVersion are in the header. A restore refuses a newer
// version. Version 1 had no evidence, runs, outcomes or templates, version 2
// nobody who asked again, version 3 no ballots, version 4 no opportunities,
// impacts, rounds and feedback, and no more of an outcome than its record,
// version 5 no sheets and nothing of nudges, version 6 no history of canvases and story
// maps, and version 7 nothing of when people acted.
const (
	backupFormat  = "alignbot-backup"
	backupVersion = 8
)

type backupHeader struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Schema  int       `json:"schema"`
	Created time.Time `json:"created"`
}

type backupRecord struct {
	Kind      string `json:"kind"` // a key of recordKinds, or kindWorkspace
	Workspace string `json:"workspace"`
	ID        string `json:"id,omitempty"`
	// TTL is what was left of its lifetime, in ms; 0 for ever.
	TTL    int64                `json:"ttl,omitempty"`
	Fields map[string]exactText `json:"fields"`
	// Events and Evidence of an idea or a node of a tree, and CheckIns of an
	// outcome, oldest first; of an idea its Runs and Ballots, and who Asked for it
	// again; Answers to a round, by who gave them, and what was said to a sheet. Of
	// sheets, canvases and story maps have Events, too.
	Events   []exactText          `json:"events,omitempty"`
	Evidence []exactText          `json:"evidence,omitempty"`
	Runs     []backupRun          `json:"runs,omitempty"`
	Asked    map[string]exactText `json:"asked,omitempty"`
	Ballots  []backupBallot       `json:"ballots,omitempty"`
	CheckIns []exactText          `json:"check_ins,omitempty"`
	Answers  map[string]exactText `json:"answers,omitempty"`
}

type backupRun struct {
	ID      string               `json:"id"`
	Summary exactText            `json:"summary"`
	Fields  map[string]exactText `json:"fields"`
}

// backupBallot is a ballot with its votes. While an anonymous one runs, the secret
// by which they are joined with people is in Fields: whoever has a backup of that
// time can do so, for as long as they keep it.
type backupBallot struct {
	ID     string               `json:"id"`
	Fields map[string]exactText `json:"fields"`
	Votes  map[string]exactText `json:"votes,omitempty"`
}

type backupEnd struct {
	Kind    string `json:"kind"` // kindEnd
	Records int    `json:"records"`
	SHA256  string `json:"sha256"`
}

const (
	kindWorkspace = "workspace"
	kindEnd       = "end"
)

// recordKinds are the first words of keys that hold records, otherKinds of
// those that are derived, belong to a record, or matter for a moment only.
var (
	recordKinds = map[string]bool{
		"idea": true, "team": true, "outcome": true, "opportunity": true, "impact": true, "round": true, "sheet": true,
		"templates": true, "feedback": true, "drafts": true, "op": true, "out": true,
		"nudge": true, "nudged": true, "acted": true,
	}
	nodeKinds  = map[string]bool{"outcome": true, "opportunity": true, "impact": true}
	otherKinds = map[string]bool{
		"seq": true, "changes": true, "derived": true, "history": true, "evidence": true, "evidence_by": true, "run": true, "runs": true,
		"ballot": true, "votes": true, "polls": true, "asked": true, "asked_at": true, "parked": true, "revisit": true, "wanted": true, "waiting": true,
		"teams": true, "channels": true, "owns": true, "wrote": true, "writers": true, "list": true, "ordered": true, "withdrawn": true, "orphans": true,
		"totals": true, "outcomes": true, "opportunities": true, "impacts": true, "linked": true, "counts": true, "several": true, "together": true, "effects": true,
		"checkins": true, "answers": true, "rounds": true, "spent": true, "tests": true, "outbox": true, "lane": true, "unconfirmed": true, "hold": true,
		"present": true, "nudges": true, "minds": true, "said": true, "listed": true, "journal": true,
		"picture": true, "refused": true, "attended": true, "absence": true, "releases": true,
	}
)

var exportScript = loadScript("export")

// backupBatch is how many keys are read in one round trip; it bounds memory.
const backupBatch = 200

// Backup writes all state of all workspaces. alignbot may go on working
// meanwhile. progress, if not nil, is told how many records are written.
func (db *DB) Backup(ctx context.Context, w io.Writer, progress func(done int)) error {
	if err := db.checkSchema(ctx); err != nil {
		return err
	}
	b := &backupWriter{sum: sha256.New(), out: bufio.NewWriter(w), progress: progress}
	if err := b.line(backupHeader{Format: backupFormat, Version: backupVersion, Schema: Schema, Created: time.Now().UTC()}); err != nil {
		return err
	}
	if err := db.backupWorkspaces(ctx, b); err != nil {
		return err
	}
	err := db.eachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		if err := exportScript.Load(ctx, node).Err(); err != nil {
			return fmt.Errorf("storage: backup: %w", classify(err))
		}
		return scan(ctx, node, func(keys []string) error { return backupKeys(ctx, node, keys, false, b) })
	})
	if err != nil {
		return err
	}
	// Nodes are never taken away, so that those written last hold all that the ideas
	// before are linked to.
	err = db.eachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		return scan(ctx, node, func(keys []string) error { return backupKeys(ctx, node, keys, true, b) })
	})
	if err != nil {
		return err
	}
	sum := hex.EncodeToString(b.sum.Sum(nil))
	if err := b.line(backupEnd{Kind: kindEnd, Records: b.records, SHA256: sum}); err != nil {
		return err
	}
	return b.out.Flush()
}

func (db *DB) backupWorkspaces(ctx context.Context, b *backupWriter) error {
	workspaces, err := db.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, id := range workspaces {
		seq, err := db.client.Get(ctx, tag(id)+"seq").Result()
		if err != nil && err != redis.Nil {
			return fmt.Errorf("storage: backup: %w", classify(err))
		}
		r := backupRecord{Kind: kindWorkspace, Workspace: id, Fields: map[string]exactText{}}
		if seq != "" {
			r.Fields["seq"] = exactText(seq)
		}
		if err := b.record(r); err != nil {
			return err
		}
	}
	return nil
}

// scan gives all keys of alignbot on one server in batches; one key may come
// twice.
func scan(ctx context.Context, node *redis.Client, f func(keys []string) error) error {
	var cursor uint64
	for {
		keys, next, err := node.Scan(ctx, cursor, "ab:*", backupBatch).Result()
		if err != nil {
			return fmt.Errorf("storage: scan: %w", classify(err))
		}
		if err := f(keys); err != nil {
			return err
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// recordKey takes the key of a workspace apart; ok is false for the keys of
// the whole database.
func recordKey(key string) (workspace, kind, id string, ok bool) {
	rest, tagged := strings.CutPrefix(key, "ab:{")
	if !tagged {
		return "", "", "", false
	}
	workspace, rest, _ = strings.Cut(rest, "}:")
	kind, id, _ = strings.Cut(rest, ":")
	return workspace, kind, id, true
}

// backupKeys writes the records among the keys: the nodes of trees, or all others.
func backupKeys(ctx context.Context, node *redis.Client, keys []string, nodes bool, b *backupWriter) error {
	pipe := node.Pipeline()
	var records []backupRecord
	var replies []*redis.Cmd
	for _, key := range keys {
		workspace, kind, id, ok := recordKey(key)
		if !ok || otherKinds[kind] {
			continue
		}
		if !recordKinds[kind] {
			return &pipeline.Problem{
				Code: "backup-unknown-key",
				What: fmt.Sprintf("Redis holds %s, which this version of alignbot does not know, so the backup would not be complete.", key),
				Safe: "Nothing was changed.",
				Next: "Make the backup with the newest alignbot that uses this Redis.",
			}
		}
		if nodeKinds[kind] != nodes {
			continue
		}
		records = append(records, backupRecord{Kind: kind, Workspace: workspace, ID: id})
		replies = append(replies, pipe.EvalSha(ctx, exportScript.Hash(), scriptKeys(tag(workspace)), kind, id))
	}
	if len(records) == 0 {
		return nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("storage: backup: %w", classify(err))
	}
	for i, reply := range replies {
		if err := records[i].fill(reply); err != nil {
			return fmt.Errorf("storage: backup of %s %s: %w", records[i].Kind, records[i].ID, err)
		}
		if len(records[i].Fields) == 0 { // its lifetime ended meanwhile
			continue
		}
		if err := b.record(records[i]); err != nil {
			return err
		}
	}
	return nil
}

// fill takes the reply {ttl, record, events, evidence, runs, asked, ballots,
// check-ins, answers}.
func (r *backupRecord) fill(reply *redis.Cmd) error {
	parts, err := reply.Slice()
	if err != nil {
		return err
	}
	if len(parts) != 9 {
		return &shapeError{"nine values", parts}
	}
	ttl, err := asInt(parts[0])
	if err != nil {
		return err
	}
	r.TTL = int64(max(ttl, 0))
	if r.Fields, err = exactFields(parts[1]); err != nil {
		return err
	}
	if r.Events, err = exactList(parts[2]); err != nil {
		return err
	}
	if r.Evidence, err = exactList(parts[3]); err != nil {
		return err
	}
	if r.CheckIns, err = exactList(parts[7]); err != nil {
		return err
	}
	if r.Answers, err = exactFields(parts[8]); err != nil {
		return err
	}
	runs, isList := parts[4].([]any)
	if !isList || len(runs)%3 != 0 {
		return &shapeError{"a number, a summary and a record for each run", parts[4]}
	}
	for i := 0; i < len(runs); i += 3 {
		texts, err := asTexts(runs[i : i+2])
		if err != nil {
			return err
		}
		run := backupRun{ID: texts[0], Summary: exactText(texts[1])}
		if run.Fields, err = exactFields(runs[i+2]); err != nil {
			return err
		}
		r.Runs = append(r.Runs, run)
	}
	if r.Asked, err = exactFields(parts[5]); err != nil {
		return err
	}
	ballots, isList := parts[6].([]any)
	if !isList || len(ballots)%3 != 0 {
		return &shapeError{"a number, a record and votes for each ballot", parts[6]}
	}
	for i := 0; i < len(ballots); i += 3 {
		var ballot backupBallot
		if ballot.ID, err = asText(ballots[i]); err != nil {
			return err
		}
		if ballot.Fields, err = exactFields(ballots[i+1]); err != nil {
			return err
		}
		if ballot.Votes, err = exactFields(ballots[i+2]); err != nil {
			return err
		}
		r.Ballots = append(r.Ballots, ballot)
	}
	return nil
}

func exactFields(v any) (map[string]exactText, error) {
	fields, err := asRecord(v)
	if err != nil {
		return nil, err
	}
	exact := make(map[string]exactText, len(fields))
	for name, value := range fields {
		exact[name] = exactText(value)
	}
	return exact, nil
}

func exactList(v any) ([]exactText, error) {
	list, err := asTexts(v)
	if err != nil {
		return nil, err
	}
	return named[exactText](list), nil
}

// backupWriter writes lines and adds them up.
type backupWriter struct {
	out      *bufio.Writer
	sum      hash.Hash
	records  int
	progress func(int)
}

func (b *backupWriter) record(r backupRecord) error {
	b.records++
	if b.progress != nil {
		b.progress(b.records)
	}
	return b.line(r)
}

func (b *backupWriter) line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("storage: backup: %w", err)
	}
	text = append(text, '\n')
	b.sum.Write(text)
	if _, err := b.out.Write(text); err != nil {
		return fmt.Errorf("the backup could not be written: %w", err)
	}
	return nil
}

// exactText is a JSON string, or {"base64": …} for bytes that are not UTF-8,
// which JSON could not give back as they were.
type exactText string

func (s exactText) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(s)) {
		return json.Marshal(string(s))
	}
	return json.Marshal(map[string]string{"base64": base64.StdEncoding.EncodeToString([]byte(s))})
}

func (s *exactText) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '{' {
		var coded struct {
			Base64 []byte `json:"base64"`
		}
		err := json.Unmarshal(text, &coded)
		*s = exactText(coded.Base64)
		return err
	}
	return json.Unmarshal(text, (*string)(s))
}
