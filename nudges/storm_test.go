package nudges_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage/redistest"
)

// stormScale is how many times faster than Slack the local one is: all of Slack's
// limits are that much higher. A machine must be able to send a hundred a second.
const stormScale = 10

// stormPeople are as many as make the test take twenty seconds, or ten thousand.
func stormPeople() int {
	if os.Getenv("ALIGNBOT_TEST_LARGE") != "" {
		return 10_000
	}
	return 1_500
}

// crowd is the sample workspace with n people more, all in one channel, where it is
// morning.
func crowd(n int) (slacksim.Workspace, []string) {
	w := slacksim.Sample()
	channel := slacksim.Channel{ID: "C0CROWD", Name: "crowd", Members: []string{w.App.BotUser}}
	var ids []string
	for i := range n {
		id := fmt.Sprintf("U0P%d", i)
		w.People = append(w.People, slacksim.Person{ID: id, Name: fmt.Sprintf("p%d", i), TZ: morning()})
		channel.Members = append(channel.Members, id)
		ids = append(ids, id)
	}
	w.Channels = append(w.Channels, channel)
	for i := range w.People {
		w.People[i].TZ = morning()
	}
	return w, ids
}

// scaled are Slack's limits, all higher by a factor; what may come at once is not.
func scaled(by float64) *slacksim.Limits {
	l := slacksim.DefaultLimits()
	for _, r := range []*slacksim.Rate{&l.Tier1, &l.Tier2, &l.Tier3, &l.Tier4, &l.Special, &l.Workspace} {
		r.PerMinute *= by
	}
	return &l
}

// Many people are due at the same minute; Slack takes so many messages a
// minute, and answers 429 to what is more. Two processes send, one of them is killed in
// the middle. Everybody gets one, but for those whose message was on its way then, of
// whom nobody knows; and it takes hardly longer than Slack's limits.
func TestManyNudgesWhileAProcessIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("sends many messages; left out by -short")
	}
	w := newStorm(t)
	doomed, survivor := w.process(), w.process()
	began := time.Now()
	w.eventually("half of them have theirs", 3*time.Minute, func() bool { return len(w.posts()) >= len(w.people)/2 })
	kill(t, doomed)
	most := 0
	w.eventually("everybody's is settled", 3*time.Minute, func() bool {
		most = max(most, memory(t, survivor))
		late, err := w.store.LateNudges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return late.Number == 0 && late.Waiting == 0 && len(w.posts()) >= len(w.people)-10
	})
	t.Logf("settled after %s; the survivor kept at most %d MB", time.Since(began).Round(time.Millisecond), most)
	if most > 200 {
		t.Errorf("the survivor kept %d MB", most)
	}
	w.onceEach()
	w.rate()
}

// storm is a world of many people who are due in a moment.
type storm struct {
	*world
	people []string
}

func newStorm(t *testing.T) *storm {
	t.Helper()
	workspace, people := crowd(stormPeople())
	s := &storm{newWorld(t, slacksim.Options{Workspace: workspace, Limits: scaled(stormScale), LedgerSize: 1_000_000}, redistest.Start(t)), people}
	s.team()
	for i, some := range slices.Collect(slices.Chunk(people, 100)) {
		s.ask(fmt.Sprint("test/round/", i), some...)
	}
	s.usedBefore()
	if n := s.due(time.Now().Add(10 * time.Second)); n < len(people) {
		t.Fatalf("%d are due", n)
	}
	return s
}

// onceEach: everybody has one nudge, and what is stored agrees with what Slack took.
func (s *storm) onceEach() {
	s.t.Helper()
	posts, states := s.posts(), s.states()
	counts := map[pipeline.NudgeState]int{}
	for _, user := range s.people {
		due := states["@"+user]
		counts[due.State]++
		switch n := len(posts[user]); {
		case n > 1:
			s.t.Errorf("%s was sent %d", user, n)
		case due.State == pipeline.NudgeSent && n != 1:
			s.t.Errorf("%s is said to have theirs, and Slack took %d", user, n)
		case due.State == "":
			s.t.Errorf("%s is lost", user)
		case due.State != pipeline.NudgeSent && due.State != pipeline.NudgeUnknown:
			s.t.Errorf("%s is %+v", user, due)
		}
	}
	// As many as one process sends at the same time.
	if counts[pipeline.NudgeUnknown] > 4 {
		s.t.Errorf("of %d nobody knows", counts[pipeline.NudgeUnknown])
	}
	s.t.Logf("of %d: %v", len(s.people), counts)
}

// rate compares how long it took with how long Slack's limit makes it take.
func (s *storm) rate() {
	s.t.Helper()
	limit := scaled(stormScale).Workspace
	var times []time.Time
	for _, entries := range s.posts() {
		for _, e := range entries {
			times = append(times, e.At)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	took := times[len(times)-1].Sub(times[0])
	ideal := time.Duration(float64(len(times)-limit.Burst) / (limit.PerMinute / 60) * float64(time.Second))
	refused := len(s.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall && e.Method == "chat.postMessage" && e.Error == "ratelimited"
	}))
	share := 100 * ideal.Seconds() / took.Seconds()
	s.t.Logf("%d messages in %s, which is %.1f %% of the rate that the limits allow; Slack answered 429 to %d more", len(times), took.Round(time.Millisecond), share, refused)
	if least := leastRate(); share < least {
		s.t.Errorf("%.1f %% of the rate that the limits allow, want %.0f", share, least)
	}
}

// leastRate is the share of Slack's rate that must be reached: by many messages 95 %;
// by few, of which the moment of the kill is a good part, and beside other tests,
// half.
func leastRate() float64 {
	if os.Getenv("ALIGNBOT_TEST_LARGE") != "" {
		return 95
	}
	return 50
}
