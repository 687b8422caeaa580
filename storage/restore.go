package storage

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// RestoreOptions for Restore.
type RestoreOptions struct {
	// DryRun checks everything, the target too, and writes nothing.
	DryRun bool
}

// Summary counts what a backup holds.
type Summary struct {
	// Created is when the backup was made.
	Created time.Time
	// Templates are teams with checklists of their own, Operations the remembered
	// ids of what was done in the last day, and when people did it.
	// Feedback are teams that answered to a suggestion, Sheets records that are kept
	// whole, Nudged people and teams, and days with what became of their nudges.
	Workspaces, Teams, Templates, Feedback, Outcomes, Opportunities, Impacts, Rounds, Sheets, Ideas, Drafts, Outgoing, Operations, Nudged int
}

// Records is the sum of all counts.
func (s Summary) Records() int {
	return s.Workspaces + s.Teams + s.Templates + s.Feedback + s.Outcomes + s.Opportunities + s.Impacts + s.Rounds + s.Sheets +
		s.Ideas + s.Drafts + s.Outgoing + s.Operations + s.Nudged
}

const (
	// restoreLine bounds one line; an idea with a thousand long edits has 50 MB.
	restoreLine  = 256 << 20
	restoreBatch = 100
)

var restoreScript = loadScript("restore")

// Restore reads a backup into a Redis that holds nothing of alignbot. The
// backup is read twice: all of it is checked before the first write. A reader
// that cannot go back is copied into a temporary file. Lifetimes go on where
// they were. A *pipeline.Problem says what is wrong with the backup or the
// target.
func (db *DB) Restore(ctx context.Context, r io.Reader, options RestoreOptions, progress func(done int)) (Summary, error) {
	source, done, err := seekable(r)
	if err != nil {
		return Summary{}, err
	}
	defer done()
	begin, err := source.Seek(0, io.SeekCurrent)
	if err != nil {
		return Summary{}, fmt.Errorf("the backup cannot be read: %w", err)
	}
	summary, err := checkBackup(ctx, source)
	if err != nil {
		return Summary{}, err
	}
	if err := db.checkSchema(ctx); err != nil {
		return Summary{}, err
	}
	if err := db.checkEmpty(ctx); err != nil {
		return Summary{}, err
	}
	if options.DryRun {
		return summary, nil
	}
	if _, err := source.Seek(begin, io.SeekStart); err != nil {
		return Summary{}, fmt.Errorf("the backup cannot be read again: %w", err)
	}
	if err := db.writeBackup(ctx, source, progress); err != nil {
		return Summary{}, &pipeline.Problem{
			Code:  "restore-interrupted",
			What:  "The restore was interrupted, so what is stored is not complete.",
			Safe:  "The backup is unchanged, and alignbot will not start on what was restored so far.",
			Next:  "Empty the database and restore again.",
			Cause: err,
		}
	}
	return summary, nil
}

// seekable copies a reader that cannot go back into a temporary file.
func seekable(r io.Reader) (io.ReadSeeker, func(), error) {
	if s, ok := r.(io.ReadSeeker); ok {
		if _, err := s.Seek(0, io.SeekCurrent); err == nil {
			return s, func() {}, nil
		}
	}
	file, err := os.CreateTemp("", "alignbot-restore-")
	if err != nil {
		return nil, nil, fmt.Errorf("the backup cannot be copied: %w", err)
	}
	remove := func() {
		file.Close()
		os.Remove(file.Name()) // a leftover in the temporary directory does no harm
	}
	if _, err = io.Copy(file, r); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		remove()
		return nil, nil, fmt.Errorf("the backup cannot be copied: %w", err)
	}
	return file, remove, nil
}

func badBackup(format string, args ...any) error {
	return &pipeline.Problem{
		Code: "backup-unusable",
		What: fmt.Sprintf(format, args...),
		Safe: "Nothing was changed.",
		Next: "Use another copy of the backup.",
	}
}

// checkBackup reads all of it: the header, every record, count and checksum.
func checkBackup(ctx context.Context, r io.Reader) (Summary, error) {
	var summary Summary
	lines := bufio.NewReaderSize(r, 1<<20)
	sum := sha256.New()
	for number := 1; ; number++ {
		if err := ctx.Err(); err != nil {
			return Summary{}, err
		}
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return Summary{}, badBackup("The backup ends after line %d without its last line: it is cut off.", number-1)
		}
		if err != nil {
			return Summary{}, fmt.Errorf("the backup cannot be read: %w", err)
		}
		if number == 1 {
			if summary.Created, err = checkHeader(line); err != nil {
				return Summary{}, err
			}
			sum.Write(line)
			continue
		}
		var r backupRecord
		if err := json.Unmarshal(line, &r); err != nil {
			return Summary{}, badBackup("Line %d of the backup cannot be read.", number)
		}
		if r.Kind == kindEnd {
			return summary, checkEnd(line, lines, summary, hex.EncodeToString(sum.Sum(nil)))
		}
		if err := r.check(&summary); err != nil {
			return Summary{}, badBackup("Line %d of the backup cannot be used: %v.", number, err)
		}
		sum.Write(line)
	}
}

func checkHeader(line []byte) (created time.Time, err error) {
	var header backupHeader
	if json.Unmarshal(line, &header) != nil || header.Format != backupFormat {
		return time.Time{}, badBackup("This is not a backup of alignbot.")
	}
	if header.Version > backupVersion || header.Schema > Schema {
		return time.Time{}, &pipeline.Problem{
			Code: "backup-newer",
			What: fmt.Sprintf("The backup was made by a newer alignbot (format %d, schema %d; this one knows %d and %d).", header.Version, header.Schema, backupVersion, Schema),
			Safe: "Nothing was changed.",
			Next: "Restore it with that version, or a later one.",
		}
	}
	return header.Created, nil
}

func checkEnd(line []byte, rest *bufio.Reader, summary Summary, sum string) error {
	var end backupEnd
	if err := json.Unmarshal(line, &end); err != nil {
		return badBackup("The last line of the backup cannot be read.")
	}
	if end.Records != summary.Records() {
		return badBackup("The backup should have %d records and has %d.", end.Records, summary.Records())
	}
	if end.SHA256 != sum {
		return badBackup("The backup was changed or damaged since it was made: its checksum differs.")
	}
	if _, err := rest.ReadByte(); !errors.Is(err, io.EOF) {
		return badBackup("Something follows the last line of the backup.")
	}
	return nil
}

// readLine reads a line with its end, of at most restoreLine bytes.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if err == nil && line == nil {
			return part, nil
		}
		if line = append(line, part...); len(line) > restoreLine {
			return nil, fmt.Errorf("a line is longer than %d MB", restoreLine>>20)
		}
		switch {
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, io.EOF // every line has an end
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// checkEmpty refuses a database in which alignbot has stored something.
func (db *DB) checkEmpty(ctx context.Context) error {
	return db.eachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		return scan(ctx, node, func(keys []string) error {
			for _, key := range keys {
				if _, _, _, ok := recordKey(key); ok {
					return &pipeline.Problem{
						Code: "restore-not-empty",
						What: "A backup is restored only into a Redis in which alignbot has stored nothing yet; this one holds " + key + ".",
						Safe: "Nothing was changed.",
						Next: "Use an empty database, or make a backup of this one and then empty it.",
					}
				}
			}
			return nil
		})
	})
}

// writeBackup writes a checked backup.
func (db *DB) writeBackup(ctx context.Context, r io.Reader, progress func(int)) error {
	err := db.do(ctx, "restore begin", func(ctx context.Context) error {
		return db.client.Set(ctx, keyRestoring, time.Now().UTC().Format(time.RFC3339), 0).Err()
	})
	if err != nil {
		return err
	}
	err = db.eachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		return restoreScript.Load(ctx, node).Err()
	})
	if err != nil {
		return classify(err)
	}
	lines := bufio.NewReaderSize(r, 1<<20)
	if _, err := readLine(lines); err != nil { // the header
		return err
	}
	done := 0
	for ended := false; !ended; {
		pipe := db.client.Pipeline()
		for pipe.Len() < restoreBatch {
			line, err := readLine(lines)
			if err != nil {
				return err
			}
			var r backupRecord
			if err := json.Unmarshal(line, &r); err != nil {
				return err
			}
			if ended = r.Kind == kindEnd; ended {
				break
			}
			if r.Kind == kindWorkspace {
				pipe.SAdd(ctx, keyWorkspaces, r.Workspace)
			}
			pipe.EvalSha(ctx, restoreScript.Hash(), scriptKeys(tag(r.Workspace)), r.args()...)
			done++
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return classify(err)
		}
		if progress != nil {
			progress(done)
		}
	}
	return db.do(ctx, "restore end", func(ctx context.Context) error {
		return db.client.Del(ctx, keyRestoring).Err()
	})
}

// args of restore.lua.
func (r backupRecord) args() []any {
	args := appendFields([]any{r.Kind, r.ID, r.TTL}, r.Fields)
	switch r.Kind {
	case kindWorkspace:
		return append(args, derived)
	case "outcome", "opportunity", "impact":
		return appendLists(args, r.Events, r.Evidence, r.CheckIns)
	case "round":
		return appendFields(args, r.Answers)
	case "sheet":
		return appendLists(appendFields(args, r.Answers), r.Events)
	case "idea":
	default:
		return args
	}
	args = appendFields(appendLists(args, r.Events, r.Evidence), r.Asked)
	var runs []any
	for _, run := range r.Runs {
		runs = appendFields(append(runs, run.ID, string(run.Summary)), run.Fields)
	}
	args = append(append(args, len(runs)), runs...)
	var ballots []any
	for _, ballot := range r.Ballots {
		ballots = appendFields(appendFields(append(ballots, ballot.ID), ballot.Fields), ballot.Votes)
	}
	return append(append(args, len(ballots)), ballots...)
}

// appendLists adds, for each list, how many values follow, and these.
func appendLists(args []any, lists ...[]exactText) []any {
	for _, list := range lists {
		args = append(args, len(list))
		for _, text := range list {
			args = append(args, string(text))
		}
	}
	return args
}

// appendFields adds how many values follow, and field, value, …
func appendFields(args []any, fields map[string]exactText) []any {
	args = append(args, 2*len(fields))
	for name, value := range fields {
		args = append(args, name, string(value))
	}
	return args
}
