package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
)

var (
	owner = pipeline.Person{ID: "U1"}
	pay9  = pipeline.Key{Team: "PAY", Number: 9}
	pay12 = pipeline.Key{Team: "PAY", Number: 12}
)

// notNow is a parking as a product owner types it.
func notNow() pipeline.Parking {
	return pipeline.Parking{
		Decision: pipeline.NotNow, Reason: pipeline.WeakEvidence, Why: "Two customers asked.",
		Revisit: pipeline.Revisit{Day: "2027-02-18"},
	}
}

// parked is an idea that was parked from that stage at noon.
func parked(t testing.TB, from pipeline.Stage, typed pipeline.Parking) pipeline.Idea {
	t.Helper()
	idea, _, err := pipeline.Park(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, ripe(from), pipeline.Dossier{}, typed, noon)
	if err != nil {
		t.Fatal(err)
	}
	return idea
}

func TestParkingIsCheckedAllFieldsAtOnce(t *testing.T) {
	const decision, reason, why, superseding, served = pipeline.FieldDecision, pipeline.FieldReason, pipeline.FieldWhy, pipeline.FieldSuperseding, pipeline.FieldServed
	const day, asked, red, test, delivered = pipeline.FieldRevisitDay, pipeline.FieldRevisitAsked, pipeline.FieldRevisitRed, pipeline.FieldRevisitTest, pipeline.FieldRevisitDelivered
	for name, c := range map[string]struct {
		change func(p *pipeline.Parking)
		wrong  []pipeline.Field
	}{
		"as it should be":            {func(p *pipeline.Parking) {}, nil},
		"never":                      {func(p *pipeline.Parking) { p.Decision = pipeline.Never }, nil},
		"failed test":                {func(p *pipeline.Parking) { p.Decision = pipeline.FailedTest }, nil},
		"no decision":                {func(p *pipeline.Parking) { p.Decision = "" }, []pipeline.Field{decision}},
		"a decision nobody knows":    {func(p *pipeline.Parking) { p.Decision = "maybe" }, []pipeline.Field{decision}},
		"a reason nobody knows":      {func(p *pipeline.Parking) { p.Reason = "a feeling" }, []pipeline.Field{reason}},
		"a why nobody can see":       {func(p *pipeline.Parking) { p.Why = " \u200b\n" }, []pipeline.Field{why}},
		"a why of 500 characters":    {func(p *pipeline.Parking) { p.Why = strings.Repeat("ü", 500) }, nil},
		"a why of 501 characters":    {func(p *pipeline.Parking) { p.Why = strings.Repeat("ü", 501) }, []pipeline.Field{why}},
		"a why of 10,000 characters": {func(p *pipeline.Parking) { p.Why = strings.Repeat("x", 10_000) }, []pipeline.Field{why}},
		"superseded":                 {func(p *pipeline.Parking) { p.Decision, p.SupersededBy = pipeline.Superseded, pay9 }, nil},
		"superseded by another team's": {func(p *pipeline.Parking) {
			p.Decision, p.SupersededBy = pipeline.Superseded, pipeline.Key{Team: "SEC", Number: 1}
		}, nil},
		"superseded by nothing":                 {func(p *pipeline.Parking) { p.Decision = pipeline.Superseded }, []pipeline.Field{superseding}},
		"superseded by itself":                  {func(p *pipeline.Parking) { p.Decision, p.SupersededBy = pipeline.Superseded, pay12 }, []pipeline.Field{superseding}},
		"not superseded, yet an idea is named":  {func(p *pipeline.Parking) { p.SupersededBy = pay9 }, []pipeline.Field{superseding}},
		"an outcome it would have served":       {func(p *pipeline.Parking) { p.Outcome = outcomes("PAY", 3)[0] }, nil},
		"another team's outcome":                {func(p *pipeline.Parking) { p.Outcome = outcomes("SEC", 3)[0] }, []pipeline.Field{served}},
		"no time to look again":                 {func(p *pipeline.Parking) { p.Revisit = pipeline.Revisit{} }, []pipeline.Field{day}},
		"a blank day is none":                   {func(p *pipeline.Parking) { p.Revisit.Day = " " }, []pipeline.Field{day}},
		"a day that has passed":                 {func(p *pipeline.Parking) { p.Revisit.Day = "2026-11-19" }, []pipeline.Field{day}},
		"this morning":                          {func(p *pipeline.Parking) { p.Revisit.Day = "2026-11-20" }, []pipeline.Field{day}},
		"tomorrow":                              {func(p *pipeline.Parking) { p.Revisit.Day = "2026-11-21" }, nil},
		"the last day of five years":            {func(p *pipeline.Parking) { p.Revisit.Day = "2031-11-20" }, nil},
		"the day after it":                      {func(p *pipeline.Parking) { p.Revisit.Day = "2031-11-21" }, []pipeline.Field{day}},
		"a day the calendar has not":            {func(p *pipeline.Parking) { p.Revisit.Day = "2027-02-29" }, []pipeline.Field{day}},
		"no day at all, beside a trigger":       {func(p *pipeline.Parking) { p.Revisit.Day, p.Revisit.AskedBy = "soon", 3 }, []pipeline.Field{day}},
		"a trigger without a day":               {func(p *pipeline.Parking) { p.Revisit = pipeline.Revisit{AskedBy: 2} }, nil},
		"asked by 50":                           {func(p *pipeline.Parking) { p.Revisit.AskedBy = 50 }, nil},
		"asked by 51":                           {func(p *pipeline.Parking) { p.Revisit.AskedBy = 51 }, []pipeline.Field{asked}},
		"asked by one":                          {func(p *pipeline.Parking) { p.Revisit.AskedBy = 1 }, []pipeline.Field{asked}},
		"asked by fewer than nobody":            {func(p *pipeline.Parking) { p.Revisit.AskedBy = -2 }, []pipeline.Field{asked}},
		"an outcome that turns red":             {func(p *pipeline.Parking) { p.Revisit = pipeline.Revisit{OutcomeRed: outcomes("PAY", 3)[0]} }, nil},
		"another team's outcome that turns red": {func(p *pipeline.Parking) { p.Revisit.OutcomeRed = outcomes("SEC", 3)[0] }, []pipeline.Field{red}},
		"a test that passes": {func(p *pipeline.Parking) {
			p.Revisit = pipeline.Revisit{TestPassed: pipeline.NamedTest{Idea: pay9, Run: 2}}
		}, nil},
		"a test of its own":                        {func(p *pipeline.Parking) { p.Revisit.TestPassed = pipeline.NamedTest{Idea: pay12, Run: 1} }, nil},
		"a test without its number":                {func(p *pipeline.Parking) { p.Revisit.TestPassed.Idea = pay9 }, []pipeline.Field{test}},
		"a test of no idea":                        {func(p *pipeline.Parking) { p.Revisit.TestPassed.Run = 1 }, []pipeline.Field{test}},
		"another idea that is delivered":           {func(p *pipeline.Parking) { p.Revisit = pipeline.Revisit{Delivered: pay9} }, nil},
		"it is delivered itself":                   {func(p *pipeline.Parking) { p.Revisit.Delivered = pay12 }, []pipeline.Field{delivered}},
		"nothing typed, all that is wrong at once": {func(p *pipeline.Parking) { *p = pipeline.Parking{} }, []pipeline.Field{decision, reason, day, why}},
	} {
		typed := notNow()
		c.change(&typed)
		where := pipeline.Where{Team: payments("U1")}
		idea, event, err := pipeline.Park(pipeline.Policy{}, owner, where, ripe(pipeline.Discovery), pipeline.Dossier{}, typed, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || (err == nil) != (c.wrong == nil) {
			t.Errorf("%s: %v, wrong fields (-want +got):\n%s", name, err, diff)
		}
		if parks := err == nil; parks != (idea.Stage == pipeline.Parked) || parks != (idea.Parking != nil) || parks != (event.What == pipeline.WasParked) {
			t.Errorf("%s: %v, yet it is %s with %+v and %q", name, err, idea.Stage, idea.Parking, event.What)
		}
		_, _, err = pipeline.ParkAgain(pipeline.Policy{}, owner, where, parked(t, pipeline.Captured, notNow()), pipeline.Dossier{}, typed, noon)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" || (err == nil) != (c.wrong == nil) {
			t.Errorf("%s, again: %v, wrong fields (-want +got):\n%s", name, err, diff)
		}
	}
}

// Whether a day is to come is decided by the team's clocks, at nine.
func TestADayIsToComeByTheTeamsClocks(t *testing.T) {
	for _, c := range []struct {
		zone, now, day string
		ok             bool
	}{
		{"UTC", "2026-11-20T08:59:59Z", "2026-11-20", true},
		{"UTC", "2026-11-20T09:00:00Z", "2026-11-20", false},
		{"Pacific/Auckland", "2026-11-19T19:59:59Z", "2026-11-20", true}, // 08:59:59 on the 20th
		{"Pacific/Auckland", "2026-11-19T20:00:00Z", "2026-11-20", false},
		{"America/Los_Angeles", "2026-11-21T05:00:00Z", "2026-11-21", true}, // the 20th at nine in the evening
		{"Pacific/Auckland", "2026-11-20T12:00:00Z", "2031-11-21", true},    // the 21st there
		{"Pacific/Auckland", "2026-11-20T12:00:00Z", "2031-11-22", false},
		{"UTC", "2028-02-29T12:00:00Z", "2033-03-01", true},
		{"UTC", "2028-02-29T12:00:00Z", "2033-03-02", false},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		team, typed := payments("U1"), notNow()
		team.Zone, typed.Revisit.Day = c.zone, c.day
		if _, _, err := pipeline.Park(pipeline.Policy{}, owner, pipeline.Where{Team: team}, ripe(pipeline.Captured), pipeline.Dossier{}, typed, now); (err == nil) != c.ok {
			t.Errorf("%s at %s in %s: %v", c.day, c.now, c.zone, err)
		}
	}
}

func TestWhatIsKeptOfAParking(t *testing.T) {
	later := noon.Add(time.Hour)
	before := ripe(pipeline.Backlog)
	typed := pipeline.Parking{
		Decision: pipeline.Superseded, Reason: pipeline.Duplicate, Why: " Same\n\u202eneed. ", SupersededBy: pay9, Outcome: outcomes("PAY", 3)[0],
		Revisit:  pipeline.Revisit{Day: "2027-02-18", AskedBy: 3, OutcomeRed: outcomes("PAY", 4)[0], TestPassed: pipeline.NamedTest{Idea: pay9, Run: 2}, Delivered: pay9},
		OnBehalf: "U7",
		// What people cannot type is set, whatever stands here.
		From: pipeline.Learned, Ballot: 2, By: "U_FORGED", At: noon.AddDate(-1, 0, 0), CameBack: noon,
	}
	after, event, err := pipeline.Park(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, before, pipeline.Dossier{}, typed, later)
	if err != nil {
		t.Fatal(err)
	}
	want := typed
	want.Why, want.From, want.Ballot, want.By, want.At, want.CameBack = "Same need.", pipeline.Backlog, 0, "U1", later, time.Time{}
	idea := before
	idea.Stage, idea.Staged, idea.Changed, idea.Parking = pipeline.Parked, later, later, &want
	if diff := cmp.Diff(idea, after); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(pipeline.Event{
		At: later, By: "U1", What: pipeline.WasParked, From: pipeline.Backlog, To: pipeline.Parked, Why: "Same need.", OnBehalf: "U7",
		About: "superseded by PAY-9: duplicate",
		Changes: []pipeline.Change{
			{Field: "decision", To: "superseded"}, {Field: "reason", To: "duplicate"}, {Field: "superseding", To: "PAY-9"}, {Field: "served", To: "PAY-O3"},
			{Field: "revisit-day", To: "2027-02-18"}, {Field: "revisit-asked", To: "3"}, {Field: "revisit-red", To: "PAY-O4"},
			{Field: "revisit-test", To: "checklist 2 of PAY-9"}, {Field: "revisit-delivered", To: "PAY-9"},
		},
	}, event); diff != "" {
		t.Error(diff)
	}
	if before.Stage != pipeline.Backlog || before.Parking != nil {
		t.Errorf("the idea as it was is %+v", before)
	}
}

func TestParkingForOneselfIsOnNobodysBehalf(t *testing.T) {
	typed := notNow()
	typed.OnBehalf = owner.ID
	if idea := parked(t, pipeline.Captured, typed); idea.Parking.OnBehalf != "" {
		t.Error(idea.Parking)
	}
}

func TestParkingAgainKeepsTheTrail(t *testing.T) {
	where := pipeline.Where{Team: payments("U1", "U2")}
	first := parked(t, pipeline.Validated, notNow())
	back, _, ok := pipeline.ComeBack(*where.Team, first, pipeline.RevisitFacts{}, noon.AddDate(0, 4, 0))
	if !ok {
		t.Fatal("it did not come back")
	}
	now := noon.AddDate(0, 5, 0)
	typed := notNow()
	typed.Decision, typed.Why, typed.Revisit = pipeline.Never, "Still two.", pipeline.Revisit{Day: "2027-09-01", AskedBy: 5}
	again, event, err := pipeline.ParkAgain(pipeline.Policy{}, pipeline.Person{ID: "U2"}, where, back, pipeline.Dossier{}, typed, now)
	if err != nil {
		t.Fatal(err)
	}
	want := typed
	want.From, want.By, want.At = pipeline.Validated, "U2", now
	idea := back
	idea.Changed, idea.Parking = now, &want
	if diff := cmp.Diff(idea, again); diff != "" {
		t.Errorf("it stays parked since then, and may come back once more:\n%s", diff)
	}
	if diff := cmp.Diff(pipeline.Event{
		At: now, By: "U2", What: pipeline.WasParked, From: pipeline.Parked, To: pipeline.Parked, Why: "Still two.", About: "never: weak evidence",
		Changes: []pipeline.Change{
			{Field: "decision", From: "not now", To: "never"}, {Field: "revisit-day", From: "2027-02-18", To: "2027-09-01"}, {Field: "revisit-asked", To: "5"},
		},
	}, event); diff != "" {
		t.Error(diff)
	}
	if first.Parking.Decision != pipeline.NotNow || !first.Parking.CameBack.IsZero() || back.Parking.Decision != pipeline.NotNow {
		t.Errorf("former parkings were changed: %+v, %+v", first.Parking, back.Parking)
	}
}

func TestReopening(t *testing.T) {
	later := noon.Add(time.Hour)
	before := parked(t, pipeline.Backlog, notNow())
	after, event, err := pipeline.Reopen(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, before, pipeline.Dossier{}, " Ten asked\nby now. ", "U7", later)
	if err != nil {
		t.Fatal(err)
	}
	idea := before
	idea.Stage, idea.Staged, idea.Changed, idea.Parking = pipeline.Discovery, later, later, nil
	if diff := cmp.Diff(idea, after); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(pipeline.Event{
		At: later, By: "U1", What: pipeline.WasReopened, From: pipeline.Parked, To: pipeline.Discovery, Why: "Ten asked by now.", OnBehalf: "U7",
		About: "not now: weak evidence",
	}, event); diff != "" {
		t.Error(diff)
	}
	// An older version could store one without its record.
	bare := ripe(pipeline.Parked)
	if after, event, err := pipeline.Reopen(pipeline.Policy{}, owner, pipeline.Where{Team: payments("U1")}, bare, pipeline.Dossier{}, "x", "", later); err != nil || after.Stage != pipeline.Discovery || event.About != "" {
		t.Errorf("%+v, %+v, %v", after, event, err)
	}
}

// Every stage and role, whatever else: who may not learns nothing more, what is
// withdrawn stays, and only what is parked is parked again, reopened or asked
// for again.
func TestWhoMayParkAndReopenWhat(t *testing.T) {
	deeds := map[string]func(p pipeline.Person, where pipeline.Where, idea pipeline.Idea) (pipeline.Idea, pipeline.Event, error){
		"park": func(p pipeline.Person, where pipeline.Where, idea pipeline.Idea) (pipeline.Idea, pipeline.Event, error) {
			return pipeline.Park(pipeline.Policy{Guests: true}, p, where, idea, pipeline.Dossier{}, notNow(), noon)
		},
		"park again": func(p pipeline.Person, where pipeline.Where, idea pipeline.Idea) (pipeline.Idea, pipeline.Event, error) {
			return pipeline.ParkAgain(pipeline.Policy{Guests: true}, p, where, idea, pipeline.Dossier{}, notNow(), noon)
		},
		"reopen": func(p pipeline.Person, where pipeline.Where, idea pipeline.Idea) (pipeline.Idea, pipeline.Event, error) {
			return pipeline.Reopen(pipeline.Policy{Guests: true}, p, where, idea, pipeline.Dossier{}, "Ten asked.", "", noon)
		},
		"ask": func(p pipeline.Person, where pipeline.Where, idea pipeline.Idea) (pipeline.Idea, pipeline.Event, error) {
			_, event, err := pipeline.Ask(pipeline.Policy{Guests: true}, p, where, idea, pipeline.Asked{}, noon)
			return idea, event, err
		},
	}
	done, refused := 0, 0
	for deed, do := range deeds {
		for _, stage := range pipeline.Stages() {
			for _, role := range pipeline.Roles() {
				for _, withdrawn := range []bool{false, true} {
					for _, foreign := range []bool{false, true} {
						team := payments("U9")
						if role == pipeline.RoleProductOwner {
							team = payments("U1")
						}
						if foreign {
							team.Key = "SEC"
						}
						idea := ripe(stage)
						if stage == pipeline.Parked {
							idea = parked(t, pipeline.Discovery, notNow())
						}
						if withdrawn {
							idea.Withdrawn = noon
						}
						may := role == pipeline.RoleProductOwner
						if deed == "ask" {
							may = may || role == pipeline.RoleMember || role == pipeline.RoleAdmin || role == pipeline.RoleGuest
						}
						want := ""
						switch isParked := stage == pipeline.Parked; {
						case foreign || !may:
							want = "not-permitted"
						case withdrawn:
							want = "idea-withdrawn"
						case deed == "park" && isParked:
							want = "stage-reached"
						case deed != "park" && !isParked:
							want = "not-parked"
						}
						name := fmt.Sprintf("%s %s by a %s, withdrawn %v, of another team %v", deed, stage, role, withdrawn, foreign)
						after, event, err := do(person(role), pipeline.Where{Team: team, InChannel: true}, idea)
						if want == "" {
							done++
							if err != nil || event.What == "" || event.By != "U1" {
								t.Errorf("%s: %+v, %v", name, event, err)
							}
							continue
						}
						refused++
						if p := problem(t, err); p.Code != want || foreign && strings.Contains(p.Error(), "PAY") {
							t.Errorf("%s: %q, want %q: %v", name, p.Code, want, p)
						}
						if diff := cmp.Diff(idea, after); diff != "" || event.What != "" {
							t.Errorf("%s was refused, yet there is %+v and\n%s", name, event, diff)
						}
					}
				}
			}
		}
	}
	if done == 0 || refused == 0 {
		t.Errorf("%d done, %d refused", done, refused)
	}
}

func TestWhatIsSaidWhenItIsNotParkedOrIsAlready(t *testing.T) {
	where := pipeline.Where{Team: payments("U1")}
	_, _, twice := pipeline.Park(pipeline.Policy{}, owner, where, parked(t, pipeline.Captured, notNow()), pipeline.Dossier{}, notNow(), noon)
	_, _, again := pipeline.ParkAgain(pipeline.Policy{}, owner, where, ripe(pipeline.Backlog), pipeline.Dossier{}, notNow(), noon)
	_, _, reopen := pipeline.Reopen(pipeline.Policy{}, owner, where, ripe(pipeline.Backlog), pipeline.Dossier{}, "x", "", noon)
	_, _, ask := pipeline.Ask(pipeline.Policy{}, owner, where, ripe(pipeline.Learned), pipeline.Asked{}, noon)
	_, _, silent := pipeline.Reopen(pipeline.Policy{}, owner, where, parked(t, pipeline.Captured, notNow()), pipeline.Dossier{}, "\u200b", "", noon)
	_, _, member := pipeline.Park(pipeline.Policy{}, pipeline.Person{ID: "U2"}, where, ripe(pipeline.Captured), pipeline.Dossier{}, notNow(), noon)
	gone := ripe(pipeline.Captured)
	gone.Withdrawn = noon
	_, _, withdrawn := pipeline.Park(pipeline.Policy{}, owner, where, gone, pipeline.Dossier{}, notNow(), noon)
	for want, err := range map[string]error{
		"PAY-12 is parked already. Nothing was changed. Reopen it, or park it again with a new date.":                                   twice,
		"PAY-12 is in the Product Backlog, not parked, so there is nothing to park again. Nothing was changed.":                         again,
		"PAY-12 is in the Product Backlog, not parked, so there is nothing to reopen. Nothing was changed.":                             reopen,
		"PAY-12 is learned, not parked, so nobody needs to ask for it again. Nothing was changed. Add what you know to it as evidence.": ask,
		"PAY-12 stays parked for now. Nothing was lost. Say in a line why. It is kept with the idea.":                                   silent,
		"What becomes of an idea is decided by the team's product owners. Ask one of them.":                                             member,
		"PAY-12 was withdrawn, so it cannot be parked. Everything in it is kept. Bring it back first.":                                  withdrawn,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestIdeasThatAParkingNames(t *testing.T) {
	sec1 := pipeline.Key{Team: "SEC", Number: 1}
	at := func(stage pipeline.Stage) pipeline.Idea {
		idea := ripe(stage)
		idea.Key = pay9
		return idea
	}
	gone := at(pipeline.Captured)
	gone.Withdrawn = noon
	round := at(pipeline.Parked)
	round.Parking = &pipeline.Parking{Decision: pipeline.Superseded, SupersededBy: pay12}
	elsewhere := at(pipeline.Parked)
	elsewhere.Parking = &pipeline.Parking{Decision: pipeline.Superseded, SupersededBy: sec1}

	superseded := pipeline.Parking{SupersededBy: pay9}
	delivered := pipeline.Parking{Revisit: pipeline.Revisit{Delivered: pay9}}
	tested := pipeline.Parking{Revisit: pipeline.Revisit{TestPassed: pipeline.NamedTest{Idea: pay9, Run: 1}}}
	all := pipeline.Parking{SupersededBy: pay9, Revisit: pipeline.Revisit{Delivered: sec1, TestPassed: pipeline.NamedTest{Idea: sec1, Run: 1}}}
	for name, c := range map[string]struct {
		typed pipeline.Parking
		found []pipeline.Idea
		wrong []pipeline.Field
	}{
		"none":                                {notNow(), nil, nil},
		"a test of its own":                   {pipeline.Parking{Revisit: pipeline.Revisit{TestPassed: pipeline.NamedTest{Idea: pay12, Run: 1}}}, nil, nil},
		"one that takes its place":            {superseded, []pipeline.Idea{at(pipeline.Captured)}, nil},
		"a parked one that does":              {superseded, []pipeline.Idea{elsewhere}, nil},
		"one that it took the place of":       {superseded, []pipeline.Idea{round}, []pipeline.Field{pipeline.FieldSuperseding}},
		"one that was withdrawn":              {superseded, []pipeline.Idea{gone}, []pipeline.Field{pipeline.FieldSuperseding}},
		"one to be delivered":                 {delivered, []pipeline.Idea{at(pipeline.Backlog)}, nil},
		"one that was delivered":              {delivered, []pipeline.Idea{at(pipeline.Delivered)}, []pipeline.Field{pipeline.FieldRevisitDelivered}},
		"one that was learned from":           {delivered, []pipeline.Idea{at(pipeline.Learned)}, []pipeline.Field{pipeline.FieldRevisitDelivered}},
		"one that is never delivered":         {delivered, []pipeline.Idea{gone}, []pipeline.Field{pipeline.FieldRevisitDelivered}},
		"one that is tested":                  {tested, []pipeline.Idea{at(pipeline.Discovery)}, nil},
		"all that cannot be seen, at once":    {all, nil, []pipeline.Field{pipeline.FieldRevisitDelivered, pipeline.FieldRevisitTest, pipeline.FieldSuperseding}},
		"what can be seen beside what cannot": {all, []pipeline.Idea{at(pipeline.Backlog)}, []pipeline.Field{pipeline.FieldRevisitDelivered, pipeline.FieldRevisitTest}},
	} {
		found := map[pipeline.Key]pipeline.Idea{}
		for _, idea := range c.found {
			found[idea.Key] = idea
		}
		err := pipeline.CheckNamed(ripe(pipeline.Discovery), c.typed, found)
		if diff := cmp.Diff(c.wrong, wrongFields(err)); diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestTheStoryOfAParking(t *testing.T) {
	whole := notNow()
	whole.From, whole.Outcome, whole.Ballot = pipeline.Backlog, outcomes("PAY", 3)[0], 2
	whole.Revisit.AskedBy = 3
	replaced := pipeline.Parking{
		Decision: pipeline.Superseded, Reason: pipeline.Duplicate, SupersededBy: pay9, From: pipeline.Captured, Revisit: pipeline.Revisit{Delivered: pay9},
	}
	for want, p := range map[string]pipeline.Parking{
		"Parked from the Product Backlog, not now: weak evidence. It would have served PAY-O3. A ballot advised it. It is looked at again on 18 Feb 2027, or when 3 different people ask for it again.": whole,
		"Parked from the captured ideas, superseded by PAY-9: duplicate. It is looked at again when PAY-9 is delivered.":                                                                                replaced,
		"Parked, not now: weak evidence. It is looked at again on 18 Feb 2027.":                                                                                                                         notNow(),
	} {
		if got := p.Story(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestEveryReasonAndDecisionReadsWithItsIdea(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range pipeline.ParkDecisions() {
		for _, r := range pipeline.ParkReasons() {
			typed := notNow()
			typed.Decision, typed.Reason = d, r
			if d == pipeline.Superseded {
				typed.SupersededBy = pay9
			}
			verdict := parked(t, pipeline.Captured, typed).Parking.Verdict()
			if seen[verdict] || !strings.HasPrefix(verdict, string(d)) || !strings.HasSuffix(verdict, ": "+string(r)) {
				t.Error(verdict)
			}
			seen[verdict] = true
		}
	}
}
