package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

// voters is a team of Berlin, and those who are asked in it: U1, U2 …
func voters(n int) (*pipeline.Team, []pipeline.Person) {
	team := payments("U1")
	team.Zone, team.Workdays = "Europe/Berlin", mondayToFriday
	var all []pipeline.Person
	for i := range n {
		all = append(all, pipeline.Person{ID: fmt.Sprintf("U%d", i+1)})
	}
	return team, all
}

// aBallot among six people that started on a Friday at noon.
func aBallot(t testing.TB, typed pipeline.BallotForm) (pipeline.Team, pipeline.Ballot) {
	t.Helper()
	team, asked := voters(6)
	idea := ripe(pipeline.Discovery)
	if typed.Question == pipeline.AskReopen {
		idea.Stage = pipeline.Parked
	}
	b, err := pipeline.StartBallot(pipeline.Policy{}, asked[0], pipeline.Where{Team: team}, idea, typed, asked, false, noon)
	if err != nil {
		t.Fatalf("%v %+v", err, problem(t, err).Fields)
	}
	return *team, b
}

func TestABallotAsItIsOffered(t *testing.T) {
	team, asked := voters(3)
	for stage, want := range map[pipeline.Stage]pipeline.BallotQuestion{
		pipeline.Captured: pipeline.AskPursue, pipeline.Discovery: pipeline.AskPursue,
		pipeline.Validated: pipeline.AskPursue, pipeline.Backlog: pipeline.AskPursue,
		pipeline.Delivered: pipeline.AskPark, pipeline.Learned: pipeline.AskPark,
		pipeline.Parked: pipeline.AskReopen,
	} {
		idea := ripe(stage)
		got, err := pipeline.StartBallot(pipeline.Policy{}, asked[0], pipeline.Where{Team: team}, idea, pipeline.DefaultBallot(*team, idea), asked, false, noon)
		if err != nil {
			t.Errorf("%s: %v", stage, err)
			continue
		}
		if diff := cmp.Diff(pipeline.Ballot{
			Idea: idea.Key, Question: want, Outcome: idea.Outcomes[0], Level: pipeline.OpenBallot,
			Electorate: []string{"U1", "U2", "U3"}, Started: noon, StartedBy: "U1",
			Days: 3, Deadline: time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC),
		}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stage, diff)
		}
		if questions := pipeline.QuestionsAt(stage); questions[0] != want {
			t.Errorf("%s: it offers %v", stage, questions)
		}
		if !got.Running() || !got.Asks("U2") || got.Asks("U4") || got.AdviceInWords() != "" {
			t.Errorf("%+v", got)
		}
	}
	bare := ripe(pipeline.Captured)
	bare.Outcomes = nil
	if got, err := pipeline.StartBallot(pipeline.Policy{}, asked[0], pipeline.Where{Team: team}, bare, pipeline.DefaultBallot(*team, bare), asked, false, noon); err != nil || !got.Outcome.IsZero() {
		t.Errorf("an idea without an outcome: %+v, %v", got.Outcome, err)
	}
}

func TestWhatABallotFormRefuses(t *testing.T) {
	ok := pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot}
	type form = pipeline.BallotForm
	type fields = []pipeline.Field
	for name, c := range map[string]struct {
		change func(*form)
		asked  int
		stage  pipeline.Stage
		wrong  fields
	}{
		"as it is":                           {func(*form) {}, 6, pipeline.Discovery, nil},
		"nothing chosen":                     {func(f *form) { *f = form{} }, 0, pipeline.Discovery, fields{pipeline.FieldElectorate, pipeline.FieldLevel, pipeline.FieldQuestion}},
		"an outcome of its own":              {func(f *form) { f.Outcome = outcomes("PAY", 3)[0] }, 6, pipeline.Discovery, nil},
		"an outcome it is not linked to":     {func(f *form) { f.Outcome = outcomes("PAY", 4)[0] }, 6, pipeline.Discovery, fields{pipeline.FieldOutcome}},
		"to reopen what is not parked":       {func(f *form) { f.Question = pipeline.AskReopen }, 6, pipeline.Discovery, fields{pipeline.FieldQuestion}},
		"to reopen what is parked":           {func(f *form) { f.Question = pipeline.AskReopen }, 6, pipeline.Parked, nil},
		"to pursue what is parked":           {func(*form) {}, 6, pipeline.Parked, fields{pipeline.FieldQuestion}},
		"to park what is parked":             {func(f *form) { f.Question = pipeline.AskPark }, 6, pipeline.Parked, fields{pipeline.FieldQuestion}},
		"to pursue what is delivered":        {func(*form) {}, 6, pipeline.Delivered, fields{pipeline.FieldQuestion}},
		"to park what is delivered":          {func(f *form) { f.Question = pipeline.AskPark }, 6, pipeline.Delivered, nil},
		"alone":                              {func(*form) {}, 1, pipeline.Discovery, fields{pipeline.FieldElectorate}},
		"two":                                {func(*form) {}, 2, pipeline.Discovery, nil},
		"two thousand":                       {func(*form) {}, 2000, pipeline.Discovery, nil},
		"one more":                           {func(*form) {}, 2001, pipeline.Discovery, fields{pipeline.FieldElectorate}},
		"three, anonymous":                   {func(f *form) { f.Level = pipeline.Anonymous }, 3, pipeline.Discovery, fields{pipeline.FieldElectorate}},
		"four, anonymous":                    {func(f *form) { f.Level = pipeline.Anonymous }, 4, pipeline.Discovery, nil},
		"anonymous with running results":     {func(f *form) { f.Level, f.ShowResults = pipeline.Anonymous, true }, 6, pipeline.Discovery, fields{pipeline.FieldShowResults}},
		"confidential with running results":  {func(f *form) { f.Level, f.ShowResults = pipeline.Confidential, true }, 6, pipeline.Discovery, nil},
		"one day":                            {func(f *form) { f.Days = "1" }, 6, pipeline.Discovery, nil},
		"twenty days":                        {func(f *form) { f.Days = " 20 " }, 6, pipeline.Discovery, nil},
		"no day":                             {func(f *form) { f.Days = "0" }, 6, pipeline.Discovery, fields{pipeline.FieldDays}},
		"twenty-one days":                    {func(f *form) { f.Days = "21" }, 6, pipeline.Discovery, fields{pipeline.FieldDays}},
		"days that are none":                 {func(f *form) { f.Days = "soon" }, 6, pipeline.Discovery, fields{pipeline.FieldDays}},
		"a quorum of all":                    {func(f *form) { f.Quorum = "6" }, 6, pipeline.Discovery, nil},
		"a quorum of more than all":          {func(f *form) { f.Quorum = "7" }, 6, pipeline.Discovery, fields{pipeline.FieldQuorum}},
		"the whole":                          {func(f *form) { f.Quorum = "100 %" }, 6, pipeline.Discovery, nil},
		"more than the whole":                {func(f *form) { f.Quorum = "101 %" }, 6, pipeline.Discovery, fields{pipeline.FieldQuorum}},
		"a quorum that is none":              {func(f *form) { f.Quorum = "most" }, 6, pipeline.Discovery, fields{pipeline.FieldQuorum}},
		"a rule":                             {func(f *form) { f.Approve, f.Object = "6", "6" }, 6, pipeline.Discovery, nil},
		"a rule without objections":          {func(f *form) { f.Approve = "1" }, 6, pipeline.Discovery, nil},
		"a rule that nobody has to approve":  {func(f *form) { f.Approve, f.Object = "0", "1" }, 6, pipeline.Discovery, fields{pipeline.FieldApprove}},
		"objections alone are no rule":       {func(f *form) { f.Object = "1" }, 6, pipeline.Discovery, fields{pipeline.FieldApprove}},
		"a rule that cannot be met":          {func(f *form) { f.Approve, f.Object = "7", "7" }, 6, pipeline.Discovery, fields{pipeline.FieldApprove, pipeline.FieldObject}},
		"a rule of less than nothing":        {func(f *form) { f.Approve, f.Object = "-1", "-1" }, 6, pipeline.Discovery, fields{pipeline.FieldApprove, pipeline.FieldObject}},
		"a number beyond all numbers":        {func(f *form) { f.Approve, f.Quorum = strings.Repeat("9", 30), strings.Repeat("9", 30) }, 6, pipeline.Discovery, fields{pipeline.FieldApprove, pipeline.FieldQuorum}},
		"guests where they are not admitted": {func(f *form) { f.Guests = true }, 6, pipeline.Discovery, fields{pipeline.FieldGuests}},
	} {
		team, asked := voters(c.asked)
		typed := ok
		c.change(&typed)
		_, err := pipeline.StartBallot(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{Team: team}, ripe(c.stage), typed, asked, false, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhoStartsABallot(t *testing.T) {
	typed := pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot}
	idea, withdrawn := ripe(pipeline.Discovery), ripe(pipeline.Discovery)
	withdrawn.Withdrawn = noon
	for name, c := range map[string]struct {
		change  func(*pipeline.Team)
		who     pipeline.Person
		idea    pipeline.Idea
		running bool
		want    string
	}{
		"a product owner":                       {func(*pipeline.Team) {}, pipeline.Person{ID: "U1"}, idea, false, ""},
		"a member":                              {func(*pipeline.Team) {}, pipeline.Person{ID: "U2"}, idea, false, "not-permitted"},
		"a member where the team lets them":     {func(t *pipeline.Team) { t.MembersStartBallots = true }, pipeline.Person{ID: "U2"}, idea, false, ""},
		"a guest where the team lets members":   {func(t *pipeline.Team) { t.MembersStartBallots = true }, pipeline.Person{ID: "U2", Guest: true}, idea, false, "not-permitted"},
		"a workspace admin":                     {func(*pipeline.Team) {}, pipeline.Person{ID: "U2", Admin: true}, idea, false, "not-permitted"},
		"while one runs":                        {func(*pipeline.Team) {}, pipeline.Person{ID: "U1"}, idea, true, "ballot-running"},
		"on what was withdrawn":                 {func(*pipeline.Team) {}, pipeline.Person{ID: "U1"}, withdrawn, false, "idea-withdrawn"},
		"in another team":                       {func(t *pipeline.Team) { t.Key = "WEB" }, pipeline.Person{ID: "U1"}, idea, false, "not-permitted"},
		"from outside a private team":           {func(t *pipeline.Team) { t.Private, t.MembersStartBallots = true, true }, pipeline.Person{ID: "U2"}, idea, true, "not-permitted"},
		"a product owner who was deactivated":   {func(*pipeline.Team) {}, pipeline.Person{ID: "U1", Deactivated: true}, idea, false, "not-permitted"},
		"a member learns nothing of withdrawal": {func(*pipeline.Team) {}, pipeline.Person{ID: "U2"}, withdrawn, false, "not-permitted"},
	} {
		team, asked := voters(4)
		c.change(team)
		_, err := pipeline.StartBallot(pipeline.Policy{}, c.who, pipeline.Where{Team: team}, c.idea, typed, asked, c.running, noon)
		if got := problemCode(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if _, err := pipeline.StartBallot(pipeline.Policy{}, pipeline.Person{ID: "U1"}, pipeline.Where{}, idea, typed, nil, false, noon); problemCode(err) != "not-permitted" {
		t.Errorf("without a team: %v", err)
	}
}

func TestGuestsVoteWhereTheyWereChosen(t *testing.T) {
	team, asked := voters(3)
	asked = append(asked, pipeline.Person{ID: "G1", Guest: true}, pipeline.Person{ID: "B1", Bot: true})
	for guests, want := range map[bool][]string{false: {"U1", "U2", "U3"}, true: {"G1", "U1", "U2", "U3"}} {
		b, err := pipeline.StartBallot(pipeline.Policy{Guests: true}, asked[0], pipeline.Where{Team: team}, ripe(pipeline.Discovery),
			pipeline.BallotForm{Question: pipeline.AskPark, Level: pipeline.Confidential, Guests: guests}, asked, false, noon)
		if diff := cmp.Diff(want, b.Electorate); err != nil || diff != "" || b.Guests != guests {
			t.Errorf("guests chosen %v: %v\n%s", guests, err, diff)
		}
	}
}

func TestTheDeadlineIsTheEndOfAWorkdayAsClocksShowIt(t *testing.T) {
	for name, c := range map[string]struct {
		zone, from, days, want string
	}{
		"three workdays from a Friday":         {"Europe/Berlin", "2026-11-20T12:00:00Z", "", "2026-11-25T16:00:00Z"},
		"over the end of summer time":          {"Europe/Berlin", "2026-10-23T12:00:00Z", "1", "2026-10-26T16:00:00Z"},
		"over its beginning":                   {"Europe/Berlin", "2026-03-27T12:00:00Z", "1", "2026-03-30T15:00:00Z"},
		"started at night":                     {"Europe/Berlin", "2026-11-19T22:59:00Z", "1", "2026-11-20T16:00:00Z"},
		"started a minute later, the next day": {"Europe/Berlin", "2026-11-19T23:00:00Z", "1", "2026-11-23T16:00:00Z"},
		"started on a Sunday":                  {"America/New_York", "2026-11-22T15:00:00Z", "1", "2026-11-23T22:00:00Z"},
		"twenty workdays":                      {"Asia/Kathmandu", "2026-11-20T12:00:00Z", "20", "2026-12-18T11:15:00Z"},
	} {
		team, asked := voters(3)
		team.Zone = c.zone
		from, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		b, err := pipeline.StartBallot(pipeline.Policy{}, asked[0], pipeline.Where{Team: team}, ripe(pipeline.Discovery),
			pipeline.BallotForm{Question: pipeline.AskPursue, Level: pipeline.OpenBallot, Days: c.days}, asked, false, from)
		if got := b.Deadline.Format(time.RFC3339); err != nil || got != c.want {
			t.Errorf("%s: %s, want %s (%v)", name, got, c.want, err)
		}
	}
	team, _ := voters(0)
	if team.BallotDays = 7; team.DaysToVote() != 7 || pipeline.DefaultBallot(*team, ripe(pipeline.Captured)).Days != "7" {
		t.Error("the team's own days are not offered")
	}
	for days, ok := range map[int]bool{-1: false, 0: true, 1: true, 20: true, 21: false} {
		team := pipeline.DefaultTeam("C1", "payments", pipeline.Person{ID: "U1", Zone: "UTC"})
		team.BallotDays = days
		if _, err := pipeline.CheckTeam(team); (problemField(err, pipeline.FieldBallotDays) == "") != ok {
			t.Errorf("%d days to vote: %v", days, err)
		}
	}
}

func TestThoseWhoHaveNotVotedAreRemindedAfterFourFifths(t *testing.T) {
	b := pipeline.Ballot{Started: noon, Deadline: noon.Add(100 * time.Hour)}
	if got := b.RemindAt(); !got.Equal(noon.Add(80 * time.Hour)) {
		t.Errorf("%s", got.Sub(noon))
	}
}

func TestEveryLevelPrintsItsPromise(t *testing.T) {
	for _, level := range pipeline.Confidentialities() {
		if words := level.Promise(); !strings.HasPrefix(strings.ToLower(words), string(level)+":") {
			t.Errorf("%s: %q", level, words)
		}
	}
	if words := pipeline.Confidentiality("").Promise(); words != "" {
		t.Errorf("no level promises %q", words)
	}
}
