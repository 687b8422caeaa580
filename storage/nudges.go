package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"alignbot/pipeline"
)

// Who is nudged when. Somebody is a person, "@U123", or a team, "PAY". They stand in
// a list by when to look whether their nudge is due, which is from when something
// begins to wait for them until a look finds that nothing does. So the cost of a day
// follows what waits, not what is stored.

// KindNudge and KindTeamNudge are the kinds of the entries that send a nudge. Their
// Args are day (local, "2026-11-20") and until (Unix ms): when it is too late for it.
// Nothing to say any more is a drawing that is skipped.
const (
	KindNudge     = "nudge"      // to User; Subject is the user id
	KindTeamNudge = "nudge.team" // in Channel; Subject is the team's key
)

// NudgesAtOnce is how many nudges wait in the outbox at most. What it is decided by is
// then seconds old when they are sent; everybody else stands in the list.
const NudgesAtOnce = 100

// DueLook is somebody whom this process must look at now.
type DueLook struct {
	Who   string
	fence string
	// Settings of a person; TeamSettings of a team.
	Settings     pipeline.NudgeSettings
	TeamSettings pipeline.TeamNudges
	// Teams in which something waits for a person, or the team.
	Teams []pipeline.TeamKey
	// Waits tells whether anything does. NextWait is when something else begins to;
	// the zero time for never.
	Waits    bool
	NextWait time.Time
	// Due is the moment that the look before found; zero for none, and Since is when
	// something began to wait then. LastDay is the newest local day that has its nudge,
	// and LastAt when that was planned.
	Due     time.Time
	Since   time.Time
	LastDay string
	LastAt  time.Time
	// Zone is the person's time zone as it was last known; "" when it never was.
	Zone string
}

// User is the person's id; "" for a team.
func (d DueLook) User() string {
	user, isUser := strings.CutPrefix(d.Who, "@")
	if !isUser {
		return ""
	}
	return user
}

// Looked is what a look came to.
type Looked struct {
	Look DueLook
	Plan pipeline.NudgePlan
	// Zone of the person, which is kept; "" keeps the one that was known.
	Zone string
	// Channel of a team.
	Channel string
}

var (
	claimNudgesScript = loadScript("claim_nudges")
	planNudgesScript  = loadScript("plan_nudges")
	wakeNudgesScript  = loadScript("wake_nudges")
	peopleDueScript   = loadScript("people_due")
	nudgedScript      = loadScript("nudged")
	nudgesLateScript  = loadScript("nudges_late")
)

// askedLists are the lists of sheets in which a person finds what asks them, by kind.
// What product owners are asked needs none: they are looked at every day.
var askedLists = []any{forensics.kind + " " + forensicsAsked, reviews.kind + " " + reviewsAsked}

// ClaimNudges takes up to n people and teams to look at, for as long as the lease; now
// is by the store's clock. None are given while the outbox has no room for the nudges of
// n, see NudgesAtOnce. Where there are none, wait is how long to wait before claiming
// again, at most a minute; zero while only the outbox is full.
func (s *Store) ClaimNudges(ctx context.Context, n int, lease time.Duration) (looks []DueLook, now time.Time, wait time.Duration, err error) {
	reply, err := s.write(ctx, claimNudgesScript, append([]any{"nudges:" + rand.Text(), n, lease.Milliseconds(), NudgesAtOnce}, askedLists...)...)
	if err != nil {
		return nil, time.Time{}, 0, err
	}
	fail := func(err error) ([]DueLook, time.Time, time.Duration, error) {
		return nil, time.Time{}, 0, fmt.Errorf("storage: claim nudges: %w", err)
	}
	if len(reply) < 2 {
		return fail(&shapeError{"a time and a wait", reply})
	}
	at, err := asInt(reply[0])
	if err != nil {
		return fail(err)
	}
	ms, err := asInt(reply[1])
	if err != nil {
		return fail(err)
	}
	for _, item := range reply[2:] {
		look, err := dueLookOf(item)
		if err != nil {
			return fail(err)
		}
		looks = append(looks, look)
	}
	return looks, time.UnixMilli(int64(at)).UTC(), time.Duration(ms) * time.Millisecond, nil
}

// dueLookOf reads {who, fence, record, settings, teams, waits, next}.
func dueLookOf(item any) (DueLook, error) {
	parts, isList := item.([]any)
	if !isList || len(parts) != 7 {
		return DueLook{}, &shapeError{"a look at somebody", item}
	}
	texts, err := asTexts([]any{parts[0], parts[1], parts[5], parts[6]})
	if err != nil {
		return DueLook{}, err
	}
	record, err := asRecord(parts[2])
	if err != nil {
		return DueLook{}, err
	}
	settings, err := asRecord(parts[3])
	if err != nil {
		return DueLook{}, err
	}
	teams, err := asTexts(parts[4])
	if err != nil {
		return DueLook{}, err
	}
	r := reader{record: record}
	d := DueLook{
		Who: texts[0], fence: texts[1], Waits: texts[2] == "1", Teams: named[pipeline.TeamKey](teams),
		Due: r.time("due"), Since: r.time("since"), LastDay: record["day"], LastAt: r.time("at"), Zone: record["zone"],
	}
	next := reader{record: map[string]string{"next": texts[3]}}
	d.NextWait = next.time("next")
	if user := d.User(); user != "" {
		state, err := nudgeSettings.sheetOf(settingsOf(d.Who).String(), settings)
		if err != nil {
			return DueLook{}, err
		}
		d.Settings, d.Settings.User = state.Sheet, user
	} else {
		state, err := teamNudgeSettings.sheetOf(settingsOf(d.Who).String(), settings)
		if err != nil {
			return DueLook{}, err
		}
		d.TeamSettings, d.TeamSettings.Team = state.Sheet, pipeline.TeamKey(d.Who)
	}
	return d, errors.Join(r.err, next.err)
}

// PlanNudges keeps what looks came to, and adds what is to be sent to the outbox.
// Nobody gets two nudges for one local day, however many processes look. stale are
// those whose lease ended and who were looked at by another process meanwhile;
// nothing is kept of these.
func (s *Store) PlanNudges(ctx context.Context, looked []Looked) (stale []string, err error) {
	var args []any
	for _, l := range looked {
		due := l.Look.Due
		if due.IsZero() {
			due = l.Plan.Due
		}
		args = append(args, l.Look.Who, l.Look.fence, string(l.Plan.Step), l.Plan.Day, l.Plan.Why, or0(formatTime(due)),
			formatTime(l.Plan.Look), formatTime(l.Plan.Due), l.Zone)
		if args, err = appendOutgoing(args, []Outgoing{l.entry()}); err != nil {
			return nil, err
		}
	}
	reply, err := s.write(ctx, planNudgesScript, args...)
	if err != nil {
		return nil, err
	}
	if stale, err = asTexts(reply); err != nil {
		return nil, fmt.Errorf("storage: plan nudges: %w", err)
	}
	return stale, nil
}

func or0(text string) string {
	if text == "" {
		return "0"
	}
	return text
}

// entry that sends the nudge.
func (l Looked) entry() Outgoing {
	e := Outgoing{
		ID: "nudge:" + l.Look.Who + ":" + l.Plan.Day, Kind: KindTeamNudge, Subject: l.Look.Who, Channel: l.Channel,
		Args: map[string]string{"day": l.Plan.Day, "until": formatTime(l.Plan.Until)},
	}
	if user := l.Look.User(); user != "" {
		e.Kind, e.Subject, e.User = KindNudge, user, user
	}
	return e
}

// PeopleDue gives the user ids of at most most people who are to be looked at within a
// minute, the first ones first.
func (s *Store) PeopleDue(ctx context.Context, most int) ([]string, error) {
	reply, err := s.read(ctx, peopleDueScript, most)
	if err != nil {
		return nil, err
	}
	users, err := asTexts(reply)
	if err != nil {
		return nil, fmt.Errorf("storage: people due: %w", err)
	}
	return users, nil
}

// LookAgain has it looked anew when the nudge of people is due: their time zone may have
// changed in Slack. Who waits for nothing is not looked at.
func (s *Store) LookAgain(ctx context.Context, users ...string) error {
	var who []any
	for _, user := range users {
		who = append(who, "@"+user)
	}
	_, err := s.write(ctx, wakeNudgesScript, who...)
	return err
}

// Nudged gives what became of every nudge that was due on a local day,
// "2026-11-20", by who it was for. It is kept for forty days.
func (s *Store) Nudged(ctx context.Context, day string) ([]pipeline.NudgeDue, error) {
	found := map[string]pipeline.NudgeDue{} // a scan may give one twice
	for cursor := "0"; ; {
		reply, err := s.read(ctx, nudgedScript, day, cursor, 1000)
		if err != nil {
			return nil, err
		}
		texts, err := asTexts(reply)
		if err != nil || len(texts)%2 != 1 {
			return nil, fmt.Errorf("storage: nudged: %w", errors.Join(err, &shapeError{"a cursor and pairs", reply}))
		}
		for i := 1; i < len(texts); i += 2 {
			due, err := nudgeDueOf(texts[i], day, texts[i+1])
			if err != nil {
				return nil, fmt.Errorf("storage: nudged: %w", err)
			}
			found[due.Who] = due
		}
		if cursor = texts[0]; cursor == "0" {
			break
		}
	}
	list := make([]pipeline.NudgeDue, 0, len(found))
	for _, due := range found {
		list = append(list, due)
	}
	slices.SortFunc(list, func(a, b pipeline.NudgeDue) int { return strings.Compare(a.Who, b.Who) })
	return list, nil
}

// FirstToAudit tells whether nobody has audited the nudges of a day before. Whoever is
// the first does it.
func (s *Store) FirstToAudit(ctx context.Context, day string) (first bool, err error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	name, token := s.tag+"nudges:audited:"+day, rand.Text()
	err = s.db.do(ctx, "first to audit", func(ctx context.Context) error {
		if err := s.db.client.SetNX(ctx, name, token, auditedKept).Err(); err != nil {
			return err
		}
		// It may have been this very call, whose reply was lost.
		held, err := s.db.client.Get(ctx, name).Result()
		first = held == token
		return err
	})
	return first, err
}

// auditedKept is for how long it is known that a day was audited.
const auditedKept = 7 * 24 * time.Hour

// nudgeDueOf reads "STATE at due why".
func nudgeDueOf(who, day, text string) (pipeline.NudgeDue, error) {
	words := strings.SplitN(text, " ", 4)
	if len(words) != 4 {
		return pipeline.NudgeDue{}, fmt.Errorf("%q says nothing about the nudge of %s on %s", text, who, day)
	}
	r := reader{record: map[string]string{"key": who, "at": words[1], "due": words[2]}}
	return pipeline.NudgeDue{Who: who, Day: day, State: pipeline.NudgeState(words[0]), At: r.time("at"), Due: r.time("due"), Why: words[3]}, r.err
}

// LateNudges are those who should have been looked at by now.
type LateNudges struct {
	// Now is by the store's clock.
	Now time.Time
	// People and teams that are late, and since when the first of them is; zero for
	// none.
	Number int
	Since  time.Time
	// Waiting is how many nudges wait in the outbox: as long as it is full, others
	// wait.
	Waiting int
}

// LateNudges counts them.
func (s *Store) LateNudges(ctx context.Context) (LateNudges, error) {
	reply, err := s.read(ctx, nudgesLateScript)
	if err != nil {
		return LateNudges{}, err
	}
	texts, err := asTexts(reply)
	if err != nil || len(texts) != 4 {
		return LateNudges{}, fmt.Errorf("storage: late nudges: %w", errors.Join(err, &shapeError{"four values", reply}))
	}
	r := reader{record: map[string]string{"now": texts[0], "number": texts[1], "since": texts[2], "out": texts[3]}}
	return LateNudges{Now: r.time("now"), Number: int(r.int("number")), Since: r.time("since"), Waiting: int(r.int("out"))}, r.err
}
