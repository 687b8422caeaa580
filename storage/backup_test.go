package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/storage/redistest"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

// dump reads everything but what a backup leaves out, as text per key.
func dump(t testing.TB, db *DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	ctx := t.Context()
	err := db.eachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		return scan(ctx, node, func(keys []string) error {
			for _, key := range keys {
				_, kind, _, _ := recordKey(key)
				if kind == "changes" || kind == "hold" || kind == "derived" || kind == "present" || kind == "nudges" || kind == "attended" || kind == "absence" || kind == "releases" {
					continue
				}
				var value any
				switch kind := node.Type(ctx, key).Val(); kind {
				case "string":
					value = node.Get(ctx, key).Val()
				case "hash":
					value = node.HGetAll(ctx, key).Val()
				case "set":
					members := node.SMembers(ctx, key).Val()
					sort.Strings(members)
					value = members
				case "list":
					value = node.LRange(ctx, key, 0, -1).Val()
				case "zset":
					value = node.ZRangeWithScores(ctx, key, 0, -1).Val()
				default:
					t.Fatalf("%s is a %s", key, kind)
				}
				hasTTL := node.PTTL(ctx, key).Val() > 0
				all[key] = fmt.Sprintf("%v ttl:%v", value, hasTTL)
			}
			return nil
		})
	})
	noError(t, err)
	return all
}

// fill stores some of everything in two workspaces.
func fill(t testing.TB, db *DB, ideas int) {
	t.Helper()
	for _, workspace := range []string{"T1", "T2"} {
		s := db.Workspace(workspace)
		must(s.SetUpTeam(t.Context(), "op-team", payments()))(t)
		for i := range ideas / 2 {
			new := idea(fmt.Sprintf("Idea %d: \"quotes\" <b>, 出力 and \u2028", i))
			new.Author = fmt.Sprint("U", i%50)
			stored := must(s.Capture(t.Context(), fmt.Sprint("op", i), new, Slot{}, card("#")))(t)
			if i%20 == 1 {
				fillIdea(t, s, stored)
			}
			if i%20 == 4 || i%20 == 10 {
				stored = fillParked(t, s, stored)
			}
			if i%10 == 0 {
				stored.Withdrawn, stored.WithdrawnBy = start, "U_ANA"
				must(s.ChangeIdea(t.Context(), fmt.Sprint("op-w", i), stored, Slot{}, pipeline.Event{At: start, By: "U_ANA", What: pipeline.WasWithdrawn}))(t)
			}
		}
		fillBallots(t, s)
		fillTree(t, s, ideas)
		fillSheets(t, s)
		must(s.SaveTemplate(t.Context(), "op-template", "PAY", canvas()))(t)
		must(s.AddOutcome(t.Context(), "op-outcome", outcome("Refunds take a day"), Slot{}, wasAdded))(t)
		noError(t, s.SaveDraft(t.Context(), "U_ANA", Slot{Name: "idea"}, typed("half", time.Time{})))
		noError(t, db.client.HSet(t.Context(), s.tag+"op:bytes", "not UTF-8", "\xff\x00").Err())
		claimed, _, err := s.Claim(t.Context(), 4, lease, 0)
		noError(t, err)
		noError(t, s.Sent(t.Context(), claimed[0], posted))
		noError(t, s.Failed(t.Context(), claimed[1], "channel_not_found"))
		noError(t, s.Unknown(t.Context(), claimed[2], "timeout"))
	}
}

// fillIdea takes an idea to the Product Backlog, with some of everything on it.
func fillIdea(t testing.TB, s *Store, idea pipeline.Idea) {
	t.Helper()
	op := idea.Key.String()
	must(s.AddEvidence(t.Context(), op+"-evidence", idea.Key, note("They call us about it: \"every day\""), Slot{}, moved))(t)
	run := must(s.BeginRun(t.Context(), op+"-run", runOn(idea.Key), running("U_ANA", 1), moved))(t)
	run.Answers = answers("Accountants")
	must(s.ChangeRun(t.Context(), op+"-answer", "U_BEN", run, running("U_BEN", 2), Slot{}, nil))(t)
	idea.Outcomes = []pipeline.OutcomeKey{{Team: "PAY"}}
	_, idea, err := s.AddAndLink(t.Context(), op+"-link", outcome("Invoices are paid sooner"), idea, Slot{}, moved)
	noError(t, err)
	idea.Stage, idea.Staged, idea.Size, idea.Work, idea.Criteria = pipeline.Backlog, start, 5, pipeline.Feature, []string{"It works.", "It is fast."}
	override := moved
	override.What = pipeline.WasOverridden
	must(s.ChangeIdea(t.Context(), op+"-promote", idea, Slot{}, override))(t)
}

// fillParked parks an idea twice, with people who ask for it each time.
func fillParked(t testing.TB, s *Store, idea pipeline.Idea) pipeline.Idea {
	t.Helper()
	for n := range 2 {
		op, p := fmt.Sprint(idea.Key, "-parking", n), parking()
		p.At = start.Add(time.Duration(n) * time.Hour)
		p.Reason = pipeline.ParkReasons()[idea.Key.Number%7]
		idea.Stage, idea.Staged, idea.Parking = pipeline.Parked, p.At, &p
		idea = must(s.ChangeIdea(t.Context(), op, idea, Slot{}, moved))(t)
		for i, user := range []string{"U_ANA", "U_BEN"} {
			proof := note("They asked \"again\"")
			_, _, _, err := s.AskAgain(t.Context(), fmt.Sprint(op, "-ask", i), idea.Key, asking(user), &proof, Slot{}, moved)
			noError(t, err)
		}
	}
	return must(s.Idea(t.Context(), idea.Key))(t)
}

func TestBackupAndRestoreAreExact(t *testing.T) {
	ideas := 2000
	if os.Getenv("ALIGNBOT_TEST_LARGE") != "" {
		ideas = 100_000
	}
	for name, open := range map[string]func(t *testing.T) (from, to *DB){
		"memory": func(t *testing.T) (*DB, *DB) { return open(t, "memory:"), open(t, "memory:") },
		"redis":  func(t *testing.T) (*DB, *DB) { return open(t, redistest.Start(t)), open(t, redistest.Start(t)) },
		"redis to cluster": func(t *testing.T) (*DB, *DB) {
			return open(t, redistest.Start(t)), open(t, redistest.Cluster(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := ideas
			if name != "redis" {
				n = 100
			}
			from, to := open(t)
			fill(t, from, n)
			path := t.TempDir() + "/backup"
			file := must(os.Create(path))(t)
			defer file.Close()
			began, done := time.Now(), 0
			noError(t, from.Backup(t.Context(), file, func(n int) { done = n }))
			took, size := time.Since(began), must(file.Seek(0, io.SeekCurrent))(t)
			must(file.Seek(0, io.SeekStart))(t)

			dry := must(to.Restore(t.Context(), file, RestoreOptions{DryRun: true}, nil))(t)
			if keys := dump(t, to); len(keys) != 1 { // the schema
				t.Errorf("a dry run wrote %v", keys)
			}
			must(file.Seek(0, io.SeekStart))(t)
			peak := peakMemory()
			began = time.Now()
			summary := must(to.Restore(t.Context(), file, RestoreOptions{}, nil))(t)
			t.Logf("%d records, %d KB: backup %v, restore %v, at most %d MB more of heap", done, size>>10, took, time.Since(began), peak()>>20)
			if dry != summary || summary.Records() != done || summary.Ideas != n || summary.Workspaces != 2 || summary.Teams != 2 || summary.Templates != 2 || summary.Outcomes < 2 || summary.Opportunities != 2 || summary.Impacts != 2 || summary.Rounds != 8 || summary.Feedback != 2 || summary.Outgoing != n+2*10 {
				t.Errorf("dry run %+v, restore %+v, backup of %d", dry, summary, done)
			}
			if diff := cmp.Diff(dump(t, from), dump(t, to)); diff != "" {
				t.Errorf("restored (-original +restored):\n%s", diff)
			}
			one, other := from.Workspace("T1"), to.Workspace("T1")
			if diff := cmp.Diff(must(one.Board(t.Context(), "PAY"))(t), must(other.Board(t.Context(), "PAY"))(t)); diff != "" {
				t.Errorf("board (-original +restored):\n%s", diff)
			}
			for _, user := range []string{"U_BEN", "U_ANA"} {
				if diff := cmp.Diff(must(one.Polls(t.Context(), user, 9))(t), must(other.Polls(t.Context(), user, 9))(t)); diff != "" {
					t.Errorf("polls of %s (-original +restored):\n%s", user, diff)
				}
			}
			for _, p := range must(other.Polls(t.Context(), "U_BEN", 9))(t) {
				again := vote(t, other, p.Ballot, "op-again"+ballotName(p.Ballot.Idea, 2), "U_BEN", pursue)
				if again.Before != true || !p.Voted {
					t.Errorf("after the restore of %s a voter is unknown: %+v", p.Ballot.Level, again)
				}
				if late := vote(t, other, p.Ballot, fmt.Sprint("op-ballot", p.Ballot.Idea.Number-2, "-1-1"), "U_EVE", because); late.First {
					t.Errorf("after the restore of %s a vote is taken twice", p.Ballot.Level)
				}
			}
			added := must(other.AddOutcome(t.Context(), "op-after", outcome("after"), Slot{}, wasAdded))(t)
			if listed := must(one.Outcomes(t.Context(), "PAY"))(t); added.Key.Number != listed[0].Key.Number+1 {
				t.Errorf("after %s the next outcome is %s", listed[0].Key, added.Key)
			}
			next := must(to.Workspace("T1").Capture(t.Context(), "op-after", idea("after"), Slot{}))(t)
			if next.Key.Number != n/2+1 {
				t.Errorf("the next idea is %s", next.Key)
			}
			if _, err := to.Restore(t.Context(), bytes.NewReader(nil), RestoreOptions{}, nil); problemCode(err) != "backup-unusable" {
				t.Errorf("an empty file answers %v", err)
			}
			must(file.Seek(0, io.SeekStart))(t)
			if _, err := to.Restore(t.Context(), file, RestoreOptions{}, nil); problemCode(err) != "restore-not-empty" {
				t.Errorf("a second restore answers %v", err)
			}
		})
	}
}

// peakMemory samples the heap until asked for the most it grew by.
func peakMemory() func() uint64 {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stop, answer := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		var most uint64
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapInuse)
			select {
			case <-stop:
				answer <- most - min(most, before.HeapInuse)
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { close(stop); return <-answer }
}

func problemCode(err error) string {
	var problem *pipeline.Problem
	if errors.As(err, &problem) {
		return problem.Code
	}
	return ""
}

// broken replaces a text in a backup that must have it, and makes the checksum
// right again: what is wrong is seen by reading it.
func broken(from, to string) func(lines []string) []string {
	return func(lines []string) []string {
		whole := strings.Join(lines[:len(lines)-1], "")
		if !strings.Contains(whole, from) {
			panic("the backup has no " + from)
		}
		whole = strings.Replace(whole, from, to, 1)
		end := fmt.Sprintf(`{"kind":"end","records":%d,"sha256":"%x"}`, len(lines)-2, sha256.Sum256([]byte(whole)))
		return append(slices.Collect(strings.Lines(whole)), end+"\n")
	}
}

func TestDamagedBackupsAreRefused(t *testing.T) {
	from := open(t, "memory:")
	fill(t, from, 10)
	var whole bytes.Buffer
	noError(t, from.Backup(t.Context(), &whole, nil))
	lines := strings.SplitAfter(whole.String(), "\n")
	lines = lines[:len(lines)-1]
	for _, c := range []struct {
		name, code string
		change     func(lines []string) []string
	}{
		{"empty", "backup-unusable", func([]string) []string { return nil }},
		{"something else", "backup-unusable", func([]string) []string { return []string{"{}\n"} }},
		{"cut off after a line", "backup-unusable", func(l []string) []string { return l[:len(l)-1] }},
		{"cut off inside a line", "backup-unusable", func(l []string) []string {
			l[len(l)-1] = l[len(l)-1][:20]
			return l
		}},
		{"a line missing", "backup-unusable", func(l []string) []string { return slices.Delete(l, 3, 4) }},
		{"a letter changed", "backup-unusable", func(l []string) []string {
			for i := range l {
				l[i] = strings.Replace(l[i], "Accountants", "accountants", 1)
			}
			return l
		}},
		{"a line that is not JSON", "backup-unusable", func(l []string) []string { l[2] = "nonsense\n"; return l }},
		{"an unknown kind", "backup-unusable", func(l []string) []string {
			l[2] = `{"kind":"sprint","workspace":"T1","id":"S1","fields":{"x":"y"}}` + "\n"
			return l
		}},
		{"evidence that cannot be read", "backup-unusable", broken(`"evidence":["{`, `"evidence":["nonsense{`)},
		{"a parking that cannot be read", "backup-unusable", broken(`"parking":"{`, `"parking":"[`)},
		{"a parking until nobody knows what is delivered", "backup-unusable", broken(`\"delivered\":\"PAY-7\"`, `\"delivered\":\"PAY\"`)},
		{"people counted in no number", "backup-unusable", broken(`"asked":"2"`, `"asked":"two"`)},
		{"nobody who asked", "backup-unusable", broken(`"1 U_ANA":"{`, `"1":"{`)},
		{"what was asked that cannot be read", "backup-unusable", broken(`"1 U_ANA":"{`, `"1 U_ANA":"[`)},
		{"a ballot that cannot be read", "backup-unusable", broken(`"quorum":"50 %"`, `"quorum":"150 %"`)},
		{"a ballot of another idea", "backup-unusable", broken(`"ballots":[{"id":"1"`, `"ballots":[{"id":"7"`)},
		{"a vote that cannot be read", "backup-unusable", broken(`"U_BEN":"{\"choice`, `"U_BEN":"{choice`)},
		{"what is left of votes that cannot be read", "backup-unusable", broken(`"tally":"{`, `"tally":"[`)},
		{"a secret that cannot be read", "backup-unusable", broken(`"secret":"`, `"secret":"x`)},
		{"ballots of a team", "backup-unusable", broken(`"kind":"team"`, `"kind":"team","ballots":[{}]`)},
		{"evidence of a team", "backup-unusable", broken(`"kind":"team"`, `"kind":"team","evidence":["{}"]`)},
		{"a run that cannot be read", "backup-unusable", broken(`"answers":"{`, `"answers":"[`)},
		{"a run of another idea", "backup-unusable", broken(`"idea":"PAY-2"`, `"idea":"PAY-3"`)},
		{"a summary that cannot be read", "backup-unusable", broken(`"summary":"{`, `"summary":"[`)},
		{"a check-in that cannot be read", "backup-unusable", broken(`"check_ins":["{`, `"check_ins":["[`)},
		{"check-ins of an impact", "backup-unusable", broken(`"kind":"impact"`, `"kind":"impact","check_ins":["{}"]`)},
		{"an opportunity that is an outcome", "backup-unusable", broken(`"kind":"opportunity"`, `"kind":"outcome"`)},
		{"an opportunity under nobody knows what", "backup-unusable", broken(`"parent":"PAY-O`, `"parent":"PAY-X`)},
		{"a target that is no number", "backup-unusable", broken(`"target":"-80`, `"target":"few`)},
		{"an effect that cannot be read", "backup-unusable", broken(`"effect":"{`, `"effect":"[`)},
		{"a dismissed node that is none", "backup-unusable", broken(`"dismissed":"PAY-`, `"dismissed":"`)},
		{"feedback that cannot be read", "backup-unusable", broken(` accepted":"`, ` accepted":"many`)},
		{"an answer that cannot be read", "backup-unusable", broken(`"answers":{"U_BEN":"[`, `"answers":{"U_BEN":"{`)},
		{"answers of a team", "backup-unusable", broken(`"kind":"team"`, `"kind":"team","answers":{"x":"[]"}`)},
		{"what is left of answers that cannot be read", "backup-unusable", broken(`"left":"[`, `"left":"{`)},
		{"a round of another team", "backup-unusable", broken(`"kind":"round","workspace":"T1","id":"PAY`, `"kind":"round","workspace":"T1","id":"IDP`)},
		{"an outcome with another key", "backup-unusable", broken(`"key":"PAY-O1"`, `"key":"PAY-O7"`)},
		{"a checklist that cannot be read", "backup-unusable", broken(`"canvas":"1 {`, `"canvas":"one {`)},
		{"something after the end", "backup-unusable", func(l []string) []string { return append(l, "{}\n") }},
		{"a newer format", "backup-newer", func(l []string) []string {
			l[0] = strings.Replace(l[0], `"version":8`, `"version":9`, 1)
			return l
		}},
		{"a newer schema", "backup-newer", func(l []string) []string {
			l[0] = strings.Replace(l[0], `"schema":1`, `"schema":99`, 1)
			return l
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := open(t, "memory:")
			text := strings.Join(c.change(slices.Clone(lines)), "")
			_, err := to.Restore(t.Context(), strings.NewReader(text), RestoreOptions{}, nil)
			if problemCode(err) != c.code {
				t.Errorf("error is %v, want the problem %s", err, c.code)
			}
			if keys := dump(t, to); len(keys) > 1 {
				t.Errorf("it wrote %v", keys)
			}
		})
	}
	t.Run("from a pipe", func(t *testing.T) {
		to := open(t, "memory:")
		must(to.Restore(t.Context(), io.MultiReader(bytes.NewReader(whole.Bytes())), RestoreOptions{}, nil))(t)
		if diff := cmp.Diff(dump(t, from), dump(t, to)); diff != "" {
			t.Errorf("(-original +restored):\n%s", diff)
		}
	})
	t.Run("a key of a newer version", func(t *testing.T) {
		noError(t, from.client.Set(t.Context(), "ab:{T1}:sprint:S1", "x", 0).Err())
		if err := from.Backup(t.Context(), io.Discard, nil); problemCode(err) != "backup-unknown-key" {
			t.Errorf("error is %v", err)
		}
	})
}

// TestRestoringARecordTwiceIsRestoringItOnce: the counts of a restored idea are
// those of one idea, whatever is repeated and in whatever order.
func TestRestoringARecordTwiceIsRestoringItOnce(t *testing.T) {
	from := open(t, "memory:")
	fill(t, from, 100)
	var whole bytes.Buffer
	noError(t, from.Backup(t.Context(), &whole, nil))
	lines := slices.Collect(strings.Lines(whole.String()))
	header, records, end := lines[0], lines[1:len(lines)-1], lines[len(lines)-1]
	turned := slices.Clone(records)
	slices.Reverse(turned)
	text := header + strings.Join(records, "") + strings.Join(turned, "") + end
	to := open(t, "memory:")
	noError(t, to.writeBackup(t.Context(), strings.NewReader(text), nil))
	want, got := dump(t, from), dump(t, to)
	delete(want, "ab:schema")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-original +restored):\n%s", diff)
	}
}

// restoredText restores a backup of so many lines of records, without its last
// line.
func restoredText(t *testing.T, lines ...string) (*Store, Summary) {
	t.Helper()
	text := strings.Join(lines, "\n") + "\n"
	text += fmt.Sprintf(`{"kind":"end","records":%d,"sha256":"%x"}`, len(lines)-1, sha256.Sum256([]byte(text))) + "\n"
	to := open(t, "memory:")
	summary := must(to.Restore(t.Context(), strings.NewReader(text), RestoreOptions{}, nil))(t)
	return to.Workspace("T1"), summary
}

// TestABackupOfTheSecondVersionIsRestored: what is parked in it was parked by a
// mere move, and nobody asked for it again.
func TestABackupOfTheSecondVersionIsRestored(t *testing.T) {
	s, _ := restoredText(t,
		`{"format":"alignbot-backup","version":2,"schema":1,"created":"2026-11-20T09:30:00Z"}`,
		`{"kind":"workspace","workspace":"T1","fields":{"seq":"2"}}`,
		`{"kind":"team","workspace":"T1","id":"PAY","fields":{"key":"PAY","name":"Payments","channel":"C_PAY","owners":"U_ANA","zone":"UTC","workdays":"1","sprint_weeks":"2","created":"1795167000000","created_by":"U_ANA","version":"1","ideas":"1"}}`,
		`{"kind":"idea","workspace":"T1","id":"PAY-1","fields":{"key":"PAY-1","order":"1","stage_order":"2","version":"2","title":"Kept","stage":"parked","staged":"1795167000000","author":"U_ANA","created":"1795167000000"},"events":["{\"at\":1795167000000,\"by\":\"U_ANA\",\"what\":\"captured\"}"],"evidence":["{\"note\":\"x\",\"strength\":\"opinion\",\"by\":\"U_ANA\",\"at\":1795167000000}"]}`,
	)
	parked := List{Team: "PAY", Stage: pipeline.Parked}
	page := must(s.Page(t.Context(), parked, 1, 10))(t)
	if page.Total != 1 || page.Ideas[0].Parking != nil || page.AskedBy != nil {
		t.Fatalf("parked are %+v", page)
	}
	key := page.Ideas[0].Key
	if _, people, _, err := s.AskAgain(t.Context(), "op1", key, asking("U_BEN"), nil, Slot{}, moved); err != nil || people != 1 {
		t.Errorf("asked for by %d, %v", people, err)
	}
	parked.MostAsked = true
	if page := must(s.Page(t.Context(), parked, 1, 10))(t); page.AskedBy[key] != 1 {
		t.Errorf("asked for are %+v", page)
	}
	change(t, s, "op2", waitingFor(page.Ideas[0], pipeline.Revisit{AskedBy: 2}, start))
	if page := must(s.Page(t.Context(), parked, 1, 10))(t); page.Total != 0 {
		t.Errorf("parked again, asked for are %+v", page)
	}
}

// TestABackupOfTheFourthVersionIsRestored: of its outcomes there is a statement
// alone, and what is linked to them was not kept as a set.
func TestABackupOfTheFourthVersionIsRestored(t *testing.T) {
	s, summary := restoredText(t,
		`{"format":"alignbot-backup","version":4,"schema":1,"created":"2026-11-20T09:30:00Z"}`,
		`{"kind":"workspace","workspace":"T1","fields":{"seq":"2"}}`,
		`{"kind":"team","workspace":"T1","id":"PAY","fields":{"key":"PAY","name":"Payments","channel":"C_PAY","owners":"U_ANA","zone":"UTC","workdays":"1","sprint_weeks":"2","created":"1795167000000","created_by":"U_ANA","version":"1","ideas":"1","outcomes":"1"}}`,
		`{"kind":"idea","workspace":"T1","id":"PAY-1","fields":{"key":"PAY-1","order":"1","version":"2","title":"Kept","stage":"captured","outcomes":"PAY-O1","author":"U_ANA","created":"1795167000000"}}`,
		`{"kind":"outcome","workspace":"T1","id":"PAY-O1","fields":{"key":"PAY-O1","statement":"First","created":"1795167000000","created_by":"U_ANA","version":"1"}}`,
	)
	want := outcome("First")
	want.Key.Number, want.Version = 1, 1
	facts := must(s.Tree(t.Context(), "PAY"))(t)
	if diff := cmp.Diff([]pipeline.Outcome{want}, facts.Nodes.Outcomes); diff != "" || summary.Outcomes != 1 {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if facts.Ideas[want.Key].Count() != 1 || facts.Orphans.Count() != 0 {
		t.Errorf("the tree is %+v", facts)
	}
	if next := must(s.AddOutcome(t.Context(), "op", outcome("Next"), Slot{}, wasAdded))(t); next.Key.Number != 2 {
		t.Errorf("the next outcome is %s", next.Key)
	}
}

// TestABackupOfTheFirstVersionIsRestored: it has no evidence, runs, outcomes or
// templates, and its ideas none of the fields for them.
func TestABackupOfTheFirstVersionIsRestored(t *testing.T) {
	s, summary := restoredText(t,
		`{"format":"alignbot-backup","version":1,"schema":1,"created":"2026-11-20T09:30:00Z"}`,
		`{"kind":"workspace","workspace":"T1","fields":{"seq":"2"}}`,
		`{"kind":"team","workspace":"T1","id":"PAY","fields":{"key":"PAY","name":"Payments","channel":"C_PAY","owners":"U_ANA","zone":"UTC","workdays":"1","sprint_weeks":"2","created":"1795167000000","created_by":"U_ANA","version":"1","ideas":"2"}}`,
		`{"kind":"idea","workspace":"T1","id":"PAY-1","fields":{"key":"PAY-1","order":"1","version":"1","title":"Kept","stage":"captured","author":"U_ANA","created":"1795167000000","changed":"1795167000000"},"events":["{\"at\":1795167000000,\"by\":\"U_ANA\",\"what\":\"captured\"}"]}`,
		`{"kind":"drafts","workspace":"T1","id":"U_ANA","ttl":1000000,"fields":{"idea":"1795167000000  {}"}}`,
	)
	if summary.Ideas != 1 || summary.Teams != 1 || summary.Drafts != 1 {
		t.Errorf("%+v", summary)
	}
	kept := must(s.Page(t.Context(), List{Team: "PAY", Orphans: true}, 1, 10))(t)
	if len(kept.Ideas) != 1 || kept.Ideas[0].Staged != start {
		t.Errorf("orphans are %+v", kept)
	}
	if next := capture(t, s, "op1", "next"); next.Key.Number != 3 {
		t.Errorf("the next idea is %s", next.Key)
	}
}

func TestAnInterruptedRestoreIsNotUsed(t *testing.T) {
	from, to := open(t, "memory:"), open(t, "memory:")
	fill(t, from, 500)
	var whole bytes.Buffer
	noError(t, from.Backup(t.Context(), &whole, nil))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := to.Restore(ctx, bytes.NewReader(whole.Bytes()), RestoreOptions{}, func(int) { cancel() })
	if problemCode(err) != "restore-interrupted" {
		t.Errorf("error is %v", err)
	}
	if err := to.Ready(t.Context()); problemCode(err) != "restore-incomplete" {
		t.Errorf("Ready answers %v", err)
	}
	if _, err := to.Workspace("T1").Teams(t.Context()); problemCode(err) != "restore-incomplete" {
		t.Errorf("Teams answers %v", err)
	}
}

// FuzzCheckBackup: whatever is in a file, checking it neither panics nor
// accepts more than it counts.
func FuzzCheckBackup(f *testing.F) {
	header, err := json.Marshal(backupHeader{Format: backupFormat, Version: backupVersion, Schema: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(header, '\n'))
	f.Add([]byte(string(header) + "\n" + `{"kind":"workspace","workspace":"T1","fields":{"seq":"1"}}` + "\n" + `{"kind":"end","records":1,"sha256":""}` + "\n"))
	f.Add([]byte(string(header) + "\n" + `{"kind":"op","workspace":"T1","id":"x","fields":{"y":{"base64":"/w=="}}}` + "\n"))
	for _, record := range []string{
		`{"kind":"idea","workspace":"T1","id":"PAY-1","fields":{"key":"PAY-1","order":"1","version":"1","outcomes":"PAY-O1","parking":"{\"test\":\"PAY-1:2\"}","asked":"1","criteria":"[\"x\"]","for:do":"1"},` +
			`"ballots":[{"id":"1","fields":{"idea":"PAY-1","id":"1","version":"1","deadline":"1","level":"anonymous","secret":"ab","quorum":"5"},"votes":{"ff":"{}"}},{"id":"2","fields":{"tally":"{}"}}],` +
			`"asked":{"1 U_ANA":"{}"},"evidence":["{\"note\":\"x\"}"],"runs":[{"id":"1","summary":"{}","fields":{"idea":"PAY-1","id":"1","version":"1","template":"{}","answers":"{\"a\":{}}","tests":"1"}}]}`,
		`{"kind":"outcome","workspace":"T1","id":"PAY-O1","fields":{"key":"PAY-O1","version":"1"}}`,
		`{"kind":"outcome","workspace":"T1","id":"PAY-O2","fields":{"key":"PAY-O2","parent":"PAY-O1","target":"1 2026-11-20","latest":"{\"number\":1,\"place\":1}"},"check_ins":["{\"number\":1,\"place\":1}"],"events":["{}"]}`,
		`{"kind":"opportunity","workspace":"T1","id":"PAY-P1","fields":{"key":"PAY-P1","parent":"PAY-O1"},"evidence":["{}"]}`,
		`{"kind":"impact","workspace":"T1","id":"PAY-I1","fields":{"key":"PAY-I1","parent":"PAY-O1"}}`,
		`{"kind":"round","workspace":"T1","id":"PAY:1","fields":{"team":"PAY","id":"1","version":"1","deadline":"1","questions":"[\"x\"]","secret":"ab","anonymous":"1","experiment":"{}"},"answers":{"U1":"[\"x\"]"}}`,
		`{"kind":"feedback","workspace":"T1","id":"PAY","fields":{"PAY-O1 accepted":"1"}}`,
		`{"kind":"templates","workspace":"T1","id":"PAY","fields":{"x":"1 {\"items\":[{}]}"}}`,
	} {
		f.Add([]byte(string(header) + "\n" + record + "\n"))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		summary, err := checkBackup(t.Context(), bytes.NewReader(text))
		if err == nil && summary.Records() > bytes.Count(text, []byte("\n")) {
			t.Errorf("counted %d records", summary.Records())
		}
	})
}

// Ideas are linked to new outcomes while the backup is made: what they are
// linked to is in it.
func TestABackupHoldsTheOutcomesOfItsIdeas(t *testing.T) {
	db := open(t, redistest.Start(t))
	s := withTeam(t, db)
	var ideas []pipeline.Idea
	for n := range 600 {
		ideas = append(ideas, capture(t, s, fmt.Sprint("op", n), fmt.Sprint("Idea ", n)))
	}
	var file bytes.Buffer
	next := 0
	noError(t, db.Backup(t.Context(), &file, func(done int) {
		if done%10 != 0 || next >= len(ideas) {
			return
		}
		idea := ideas[next]
		next += 5
		idea.Outcomes = []pipeline.OutcomeKey{{Team: "PAY"}}
		outcome := pipeline.Outcome{Key: pipeline.OutcomeKey{Team: "PAY"}, Statement: "Fewer calls", Created: start, CreatedBy: "U_ANA"}
		_, _, err := s.AddAndLink(t.Context(), fmt.Sprint("link", next), outcome, idea, Slot{}, moved)
		noError(t, err)
	}))
	target := open(t, redistest.Start(t))
	must(target.Restore(t.Context(), &file, RestoreOptions{}, nil))(t)
	restored := target.Workspace(strings.TrimSuffix(strings.TrimPrefix(s.tag, "ab:{"), "}:"))
	linked := 0
	for _, idea := range ideas {
		got := must(restored.Idea(t.Context(), idea.Key))(t)
		if len(got.Outcomes) == 0 {
			continue
		}
		linked++
		if outcomes := must(restored.OutcomesByKey(t.Context(), got.Outcomes))(t); len(outcomes) == 0 {
			t.Errorf("%s is linked to %v, which the backup does not hold", idea.Key, got.Outcomes)
		}
	}
	if linked == 0 {
		t.Error("no idea was linked while the backup was made: this proves nothing")
	}
}
